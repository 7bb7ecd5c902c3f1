"""The satisfaction mapping as a drawing: criteria are crosses of intervals in four named zones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import plotly.graph_objects as go
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext

from indicators.charts.sheet import ACCENT, BAD_SOFT, GOOD_SOFT, INK, INK_2, SLATE_2, SURFACE, Sheet
from indicators.formulas.mapping import Cut, MappingPoint

LABEL_WIDTH = 0.3  # points of satisfaction a label covers


class Scale(NamedTuple):
    """Of an axis: its title, its upper end, the room around crosses, and what a label covers."""

    title: str | Promise
    most: float
    margin: float
    label_height: float = 0.2


SATISFACTION = Scale(gettext_lazy("satisfaction, 0 to 5"), 5, 0.35)
STATED = Scale(gettext_lazy("importance, 0 to 5"), 5, 0.35)
DERIVED = Scale(gettext_lazy("importance, correlation with the score"), 1, 0.1, 0.06)


def satisfaction_mapping(
    points: Sequence[MappingPoint],
    names: Mapping[str, str],
    cut: Cut | None,
    importance: Scale = STATED,
) -> go.Figure:
    """An undecided criterion is hollow; one of no zone is not drawn."""
    placed = [point for point in points if point.zone]
    sheet = Sheet(height=300)
    if not placed or cut is None:
        return sheet.figure()
    x_range = axis_span([point.satisfaction for point in placed], cut.satisfaction)
    y_range = axis_span([point.importance for point in placed], cut.importance, importance)
    _draw_zones(sheet, cut, x_range, y_range)
    sheet.scatter(
        x=[point.satisfaction for point in placed],
        y=[point.importance for point in placed],
        mode="markers+text",
        text=[names[point.criterion] for point in placed],
        textposition=label_places(placed, importance),
        textfont={"color": INK},
        cliponaxis=False,
        error_x=_arms([(p.satisfaction, p.satisfaction_low, p.satisfaction_high) for p in placed]),
        error_y=_arms([(p.importance, p.importance_low, p.importance_high) for p in placed]),
        marker={
            "size": 10,
            "color": [ACCENT if point.decided else SURFACE for point in placed],
            "line": {"color": ACCENT, "width": 2},
        },
        customdata=[[point.n, point.importance_n] for point in placed],
        hovertemplate="<b>%{text}</b><br>%{x:.2f} (n %{customdata[0]})"
        "<br>%{y:.2f} (n %{customdata[1]})<extra></extra>",
    )
    sheet.x_axis(str(SATISFACTION.title), range=x_range, showgrid=False)
    sheet.y_axis(str(importance.title), range=y_range, showgrid=False)
    return sheet.figure()


def _draw_zones(sheet: Sheet, cut: Cut, x: Sequence[float], y: Sequence[float]) -> None:
    sheet.tint(x[0], cut.satisfaction, cut.importance, y[1], BAD_SOFT)
    sheet.tint(cut.satisfaction, x[1], cut.importance, y[1], GOOD_SOFT)
    sheet.vertical(cut.satisfaction, color=SLATE_2, width=1)
    sheet.horizontal(cut.importance, color=SLATE_2, width=1)
    sheet.name_corners(
        (0, 1, "! " + pgettext("zone", "Act now"), "var(--bad)"),
        (1, 1, "✓ " + pgettext("zone", "Strengths"), "var(--good)"),
        (0, 0, pgettext("zone", "Medium-term plan"), INK_2),
        (1, 0, pgettext("zone", "Watch for over-quality"), INK_2),
    )


def label_places(points: Sequence[MappingPoint], importance: Scale = STATED) -> list[str]:
    """Labels beside their points; of two that are close, the lower one is written below."""

    def is_close_above(other: MappingPoint, point: MappingPoint) -> bool:
        higher = (other.importance or 0) - (point.importance or 0)
        beside = abs((other.satisfaction or 0) - (point.satisfaction or 0))
        return 0 <= higher < importance.label_height and beside < LABEL_WIDTH

    return [
        "bottom right"
        if any(is_close_above(other, point) for other in points if other is not point)
        else "top right"
        for point in points
    ]


def axis_span(
    values: Sequence[float | None], cut: float, scale: Scale = SATISFACTION
) -> list[float]:
    """An axis that holds every point and the cut, with room for the arms."""
    known = [value for value in values if value is not None] + [cut]
    return [min(known) - scale.margin, min(scale.most, max(known)) + scale.margin]


def _arms(values: Sequence[tuple[float | None, float | None, float | None]]) -> dict[str, Any]:
    """Error bars from value to each bound of its interval."""
    return {
        "type": "data",
        "symmetric": False,
        "array": [(high or 0) - (value or 0) for value, _low, high in values],
        "arrayminus": [(value or 0) - (low or 0) for value, low, _high in values],
        "color": ACCENT,
        "thickness": 1.5,
        "width": 0,
    }
