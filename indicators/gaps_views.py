"""The gaps by partner, discipline and setting: a page, and a card for the record of a partner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from indicators.charts.gap import gap_chart
from indicators.charts.page import holds_charts
from indicators.gap_words import GAPS, how
from indicators.gaps_board import Line, gaps_board, gaps_of_partners
from indicators.models import STEERING, SavedView
from indicators.sharing.view_acts import view_acts
from partners.filter_bar import filter_bar
from partners.period_choice import PeriodChoice
from partners.scope import Scope
from triangle.access import Request, roles
from triangle.periods import local_day

LINES_ON_A_PAGE = 25
LINES_DRAWN = 12
LEAST_REACH = 1.0  # points each side of 0


@require_safe
@roles(*STEERING)
@holds_charts
def show(request: Request) -> HttpResponse:
    scope = Scope.from_query(request.GET, user=request.user)
    choice = PeriodChoice.from_query(request.GET, today=local_day(timezone.now()))
    if request.htmx and not request.htmx.history_restore_request:
        board = gaps_of_partners(scope, choice)
        return render(request, "indicators/_gaps.html", {"board": board, "how": how(board)})
    board = gaps_board(scope, choice)
    page = Paginator(board.partners, LINES_ON_A_PAGE).get_page(request.GET.get("page"))
    acts = view_acts(request.user, page=SavedView.Page.GAPS, scope=scope, choice=choice)
    context = {
        "board": board,
        "how": how(board),
        "page": page,
        "drawn": {
            "network": _drawn(board.network),
            "partners": _drawn(board.partners) if page.number == 1 else [],
        },
        "most_drawn": LINES_DRAWN,
        "bar": filter_bar(scope, choice, user=request.user, matches=len(board.partners)),
        "acts": acts if board.network else replace(acts, exports=[]),
    }
    return render(request, "indicators/gaps.html", context)


def _drawn(lines: Sequence[Line]) -> list[tuple[str, str, object]]:
    """Of each gap its key, its name and its drawing, of the first lines that have any to place."""
    shown = [line for line in lines if line.found.state != "undecided"][:LINES_DRAWN]
    if not shown:
        return []
    reach = max(_reach(line) for line in shown)
    return [
        (
            name,
            str(label),
            gap_chart(
                [(_named(line), line.found.gaps[at]) for line in shown], reach
            ).to_plotly_json(),
        )
        for at, (name, label) in enumerate(GAPS.items())
    ]


def _reach(line: Line) -> float:
    far = [gap.size + (gap.margin or 0) for gap in line.found.gaps if gap.is_decided]
    return 1.05 * max(LEAST_REACH, *far)


def _named(line: Line) -> tuple[str, ...]:
    work = f"{line.discipline} · {line.setting}"
    return (line.partner, work) if line.partner else (work,)
