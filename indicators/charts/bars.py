"""Bars of the dashboard: answers by score, and cancellations by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from indicators.charts.sheet import ACCENT, ACCENT_2, SLATE, SLATE_2, Sheet
from triangle import typography


def score_distribution(counts: Sequence[int]) -> go.Figure:
    """Eleven bars, detractors, passives and promoters each in their colour."""
    sheet = Sheet(height=210)
    sheet.bar(
        x=list(range(11)),
        y=list(counts),
        text=list(counts),
        textposition="outside",
        cliponaxis=False,
        marker={"color": [SLATE] * 7 + [SLATE_2] * 2 + [ACCENT] * 2},
        hovertemplate="%{x}/10: <b>%{y}</b><extra></extra>",
    )
    sheet.x_axis(_("score"), dtick=1, showgrid=False)
    sheet.y_axis(_("answers"), rangemode="tozero")
    sheet.lay_out(bargap=0.08)
    return sheet.figure()


def cancellations_by_side(counts: Mapping[str, int]) -> go.Figure:
    """One bar for each side, by its name on screen, the most frequent on top."""
    rows = sorted(counts.items(), key=lambda item: item[1])
    total = sum(counts.values())
    sheet = Sheet(height=196)
    sheet.bar(
        x=[count for _name, count in rows],
        y=[name for name, _count in rows],
        orientation="h",
        text=[f"<b>{count}</b>  {_share(count, total)}" for _name, count in rows],
        textposition="outside",
        cliponaxis=False,
        marker={"color": ACCENT_2},
        hovertemplate="%{y}: <b>%{x}</b><extra></extra>",
    )
    sheet.x_axis(_("cancelled interventions"), rangemode="tozero", nticks=5)
    sheet.y_axis(showgrid=False, automargin=True)
    sheet.margin(r=64)
    sheet.lay_out(bargap=0.35)
    return sheet.figure()


def _share(count: int, total: int) -> str:
    return typography.percent(count / total if total else None, get_language() or "en", places=0)
