"""The score by month: its interval, its target, what was done meanwhile, the score of others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import plotly.graph_objects as go
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from indicators.charts.sheet import ACCENT, ACCENT_SOFT, INK_2, SLATE, Sheet
from indicators.formulas.estimates import Nps
from triangle import typography

HALF_A_MONTH = timedelta(days=15)


@dataclass(frozen=True)
class Month:
    """One month of the score; `is_running` when it is not over."""

    starts_on: date
    nps: Nps
    is_running: bool = False
    target: float | None = None


@dataclass(frozen=True)
class Marker:
    """Something that was done, to be seen on the time axis."""

    day: date
    label: str


@dataclass(frozen=True)
class Beside:
    """A score of others, dotted across the chart."""

    value: float
    label: str


def nps_by_month(
    months: Sequence[Month], markers: Sequence[Marker] = (), beside: Beside | None = None
) -> go.Figure:
    """The line of the score, its 95 % band, and what was done; months without answers are gaps."""
    known = [month for month in months if month.nps.value is not None]
    sheet = Sheet(height=232)
    for part in _unbroken(months):
        _add_band(sheet, part)
    sheet.scatter(
        x=[month.starts_on for month in months],
        y=[month.nps.value for month in months],
        mode="lines+markers",
        line={"color": ACCENT, "width": 2},
        marker={"size": 6, "color": ACCENT},
        connectgaps=False,
        customdata=[[month.nps.low, month.nps.high, month.nps.n] for month in months],
        hovertemplate="<b>%{y:+.0f}</b> (%{customdata[0]:+.0f}, %{customdata[1]:+.0f})"
        "<br>n %{customdata[2]}<br>%{x|%b %Y}<extra></extra>",
    )
    if known:
        _write_last(sheet, known[-1])
    for marker in markers:
        _mark(sheet, marker)
    _aim(sheet, months)
    if beside:
        _draw_beside(sheet, beside, [month.nps.value or 0.0 for month in known[-3:]])
    _name_months(sheet, months)
    _end_with_months(sheet, months, markers)
    sheet.y_axis(_("NPS, points"), tickformat="+d", zeroline=True)
    return sheet.figure()


def _add_band(sheet: Sheet, months: Sequence[Month]) -> None:
    days = [month.starts_on for month in months]
    sheet.scatter(
        x=[*days, *reversed(days)],
        y=[*(month.nps.high for month in months), *(m.nps.low for m in reversed(months))],
        fill="toself",
        fillcolor=ACCENT_SOFT,
        line={"width": 0},
        mode="lines",
        hoverinfo="skip",
    )


def _unbroken(months: Sequence[Month]) -> list[list[Month]]:
    """Runs of months that have a score."""
    runs: list[list[Month]] = [[]]
    for month in months:
        if month.nps.value is None:
            runs.append([])
        else:
            runs[-1].append(month)
    return [run for run in runs if run]


def _write_last(sheet: Sheet, month: Month) -> None:
    note = "<br>" + _("to date") if month.is_running else ""
    sheet.note(
        x=month.starts_on,
        y=month.nps.value,
        text=f"<b>{month.nps.value:+.0f}</b> ± {month.nps.margin() or 0:.0f}{note}",
        xanchor="left",
        xshift=8,
        align="left",
        font={"color": ACCENT, "size": 12},
    )
    sheet.margin(r=72)


def _mark(sheet: Sheet, marker: Marker) -> None:
    sheet.vertical(marker.day, color=INK_2, width=1, dash="dot")
    sheet.note(
        x=marker.day,
        y=1,
        yref="paper",
        yanchor="bottom",
        xanchor="left",
        text=f"▼ {marker.label}",
        font={"color": INK_2, "size": 12},
    )


def _aim(sheet: Sheet, months: Sequence[Month]) -> None:
    """The target dashed, a step where a new year has another; the latest has its value written."""
    aimed = [month for month in months if month.target is not None]
    if not aimed:
        return
    latest = next(month for month in aimed if month.target == aimed[-1].target)
    sheet.scatter(
        x=[month.starts_on for month in months],
        y=[month.target for month in months],
        mode="lines",
        line={"color": INK_2, "width": 1.5, "dash": "dash", "shape": "hv"},
        connectgaps=False,
        hoverinfo="skip",
    )
    sheet.note(
        x=latest.starts_on,
        y=latest.target,
        text=_("target %(value)s") % {"value": f"{latest.target:+.0f}"},
        xanchor="left",
        yanchor="bottom",
        font={"color": INK_2, "size": 12},
    )


def _draw_beside(sheet: Sheet, beside: Beside, last: Sequence[float]) -> None:
    """Its name stands at the end, on the side of the dots where our line is not."""
    is_over_us = sum(last) <= beside.value * len(last)
    sheet.horizontal(beside.value, color=SLATE, width=1, dash="dot")
    sheet.note(
        x=1,
        xref="paper",
        y=beside.value,
        yanchor="bottom" if is_over_us else "top",
        xanchor="right",
        text=beside.label,
        font={"color": SLATE, "size": 12},
    )


def _name_months(sheet: Sheet, months: Sequence[Month]) -> None:
    """Every month, every third or every January; the year under the first and each January."""
    step = 1 if len(months) <= 14 else 3 if len(months) <= 42 else 12
    language = get_language() or "en"
    days = [month.starts_on for month in months if (month.starts_on.month - 1) % step == 0]
    names = [typography.short_month(day, language) for day in days]
    years = [f"<br>{day.year}" if day in days[:1] or day.month == 1 else "" for day in days]
    labels = [f"{name}{year}" for name, year in zip(names, years, strict=True)]
    sheet.x_axis(tickvals=days, ticktext=labels, showgrid=False, automargin=True)


def _end_with_months(sheet: Sheet, months: Sequence[Month], markers: Sequence[Marker]) -> None:
    """Words beside the last point have the margin: the axis is not stretched for them."""
    if months:
        last = max([months[-1].starts_on + HALF_A_MONTH, *(one.day for one in markers)])
        sheet.x_axis(range=[months[0].starts_on - HALF_A_MONTH, last])
