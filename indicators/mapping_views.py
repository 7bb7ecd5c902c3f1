"""The satisfaction mapping on a page of its own, with both kinds of importance and of cut."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from indicators.charts.mapping import DERIVED, STATED, satisfaction_mapping
from indicators.charts.page import holds_charts
from indicators.mapping_board import CUTS, mapping_board
from indicators.models import STEERING
from indicators.sharing.saved_views import as_query
from partners.filter_bar import filter_bar
from partners.period_choice import PeriodChoice
from partners.scope import Scope
from triangle.access import Request, roles
from triangle.periods import local_day

SCALES = {"stated": STATED, "derived": DERIVED}


@require_safe
@roles(*STEERING)
@holds_charts
def show(request: Request, importance: str, cut_at: str) -> HttpResponse:
    if importance not in SCALES or cut_at not in CUTS:
        raise Http404
    scope = Scope.from_query(request.GET, user=request.user)
    choice = PeriodChoice.from_query(request.GET, today=local_day(timezone.now()))
    board = mapping_board(scope, choice.period, importance=importance, cut_at=cut_at)
    figure = satisfaction_mapping(
        board.points, board.found.criterion_names, board.cut, SCALES[importance]
    )
    context = {
        "board": board,
        "figure": figure.to_plotly_json(),
        "query": as_query(scope, choice),
        "bar": filter_bar(scope, choice, user=request.user, matches=board.found.nps_all.n),
    }
    return render(request, "indicators/mapping.html", context)
