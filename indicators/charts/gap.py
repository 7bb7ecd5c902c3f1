"""One of the three gaps, line under line around 0, with its interval and its size in words."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from indicators.charts.sheet import (
    ACCENT,
    ACCENT_2,
    ATTENTION_SOFT,
    INK,
    INK_2,
    SLATE_2,
    SURFACE,
    Sheet,
)
from indicators.gap_lines import WORSE
from indicators.gap_words import SIDES, amount
from indicators.gaps import Gap
from triangle import typography

LINE_HEIGHT, GAP_HEIGHT = 16, 30  # pixels of each line of a name, and of the gap under it
LONGEST_NAME = 30  # characters beside the figure of a gap


def gap_chart(rows: Sequence[tuple[tuple[str, ...], Gap]], reach: float) -> go.Figure:
    """One gap of each line, around 0; full where it is certain, accent where it is the widest.

    A name may take several lines. The worse side is tinted; `reach` is how far the drawings that
    stand beside each other go to both sides.
    """
    gap_name = rows[0][1].name
    tall = GAP_HEIGHT + LINE_HEIGHT * max(len(name) for name, _gap in rows)
    floor = 0.4 - len(rows)
    sheet = Sheet(height=tall * len(rows) + 56)
    placed = [(-at, gap) for at, (_name, gap) in enumerate(rows) if gap.is_decided]
    for colour, is_widest in ((ACCENT_2, False), (ACCENT, True)):
        _draw_gaps(sheet, [one for one in placed if one[1].is_widest == is_widest], colour)
    ticks = _steps(reach)
    language = get_language() or "en"
    sheet.margin(l=8, r=8, t=8)
    sheet.x_axis(
        _("points of 0 to 10"),
        range=[-reach, reach],
        tickvals=ticks,
        ticktext=[typography.signed(tick, language) for tick in ticks],
        zerolinecolor=SLATE_2,
    )
    sheet.y_axis(range=[floor, 1], visible=False)
    sheet.tint(0, WORSE[gap_name] * reach, floor, 1, ATTENTION_SOFT)
    for at, (name, gap) in enumerate(rows):
        _name_gap(sheet, -at, name, gap)
    return sheet.figure()


def _draw_gaps(sheet: Sheet, placed: Sequence[tuple[int, Gap]], colour: str) -> None:
    if not placed:
        return
    first, second = SIDES[placed[0][1].name]
    margins = [gap.margin for _at, gap in placed]
    sheet.scatter(
        x=[gap.value for _at, gap in placed],
        y=[at for at, _gap in placed],
        mode="markers",
        error_x={"type": "data", "array": margins, "color": colour, "thickness": 1.5, "width": 0},
        marker={
            "size": 9,
            "color": [colour if gap.is_certain else SURFACE for _at, gap in placed],
            "line": {"color": colour, "width": 2},
        },
        customdata=[[gap.first.n, gap.second.n] for _at, gap in placed],
        hovertemplate=f"<b>%{{x:+.2f}}</b><br>{first}: n %{{customdata[0]}}"
        f"<br>{second}: n %{{customdata[1]}}<extra></extra>",
    )


def _steps(reach: float) -> list[int]:
    """Whole points on both sides of 0, seven of them at most."""
    step = next(step for step in (1, 2, 5) if reach / step < 4)
    most = int(reach // step) * step
    return list(range(-most, most + 1, step))


def _name_gap(sheet: Sheet, at: int, name: Sequence[str], gap: Gap) -> None:
    """The name above the gap on the left, its size on the right of the last line."""
    short = [part if len(part) <= LONGEST_NAME else f"{part[:LONGEST_NAME]}…" for part in name]
    said = f"<b>{amount(gap)}</b>" if gap.is_certain else amount(gap)
    for x, anchor, text, is_dark in (
        (0, "left", "<br>".join(map(escape, short)), gap.is_decided),
        (1, "right", said, gap.is_certain),
    ):
        sheet.note(
            x=x,
            xref="paper",
            y=at,
            yanchor="bottom",
            yshift=6,
            xanchor=anchor,
            align=anchor,
            text=text,
            font={"color": INK if is_dark else INK_2, "size": 12},
        )
