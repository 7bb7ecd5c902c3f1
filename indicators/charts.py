"""Charts of the dashboard, built by Plotly in Python; the browser puts in the colours of its theme.

A colour is written `var(--token)`: charts.js replaces it by the value of the theme in use, so that
one built figure serves light and dark. Titles stand in the page, beside each chart's table twin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import plotly.graph_objects as go
from django.utils.html import escape
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from indicators.formulas import Nps
from indicators.gap_lines import WORSE
from indicators.gap_words import SIDES, amount
from indicators.gaps import Gap
from indicators.mapping import Cut, MappingPoint
from indicators.sheet import INK, INK_2, Sheet
from indicators.symmetry_board import SymmetryBoard
from triangle import typography

ACCENT, ACCENT_2, ACCENT_SOFT = "var(--accent)", "var(--accent-2)", "var(--accent-soft)"
SLATE, SLATE_2 = "var(--slate)", "var(--slate-2)"
GOOD_SOFT, BAD_SOFT = "var(--good-soft)", "var(--bad-soft)"
ATTENTION_SOFT = "var(--attention-soft)"
MOST_LABELS = 12  # points with their names beside them; the others tell when pointed at
LABEL_WIDTH, LABEL_HEIGHT = 0.3, 0.2  # points of satisfaction and importance a label covers
LINE_HEIGHT, GAP_HEIGHT = 16, 30  # pixels of each line of a name, and of the gap under it
LONGEST_NAME = 30  # characters beside the figure of a gap
MAPPING_MARGIN = 0.35  # points of satisfaction or importance around the crosses


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
    sheet.y_axis(_("NPS, points"), tickformat="+d", zeroline=True)
    return sheet.figure()


def _name_months(sheet: Sheet, months: Sequence[Month]) -> None:
    """Every month, every third or every January; the year under the first and each January."""
    step = 1 if len(months) <= 14 else 3 if len(months) <= 42 else 12
    language = get_language() or "en"
    days = [month.starts_on for month in months if (month.starts_on.month - 1) % step == 0]
    names = [typography.short_month(day, language) for day in days]
    years = [f"<br>{day.year}" if day in days[:1] or day.month == 1 else "" for day in days]
    labels = [f"{name}{year}" for name, year in zip(names, years, strict=True)]
    sheet.x_axis(tickvals=days, ticktext=labels, showgrid=False, automargin=True)


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


def satisfaction_mapping(
    points: Sequence[MappingPoint], names: Mapping[str, str], cut: Cut | None
) -> go.Figure:
    """Crosses of intervals in four named zones; hollow where the zone is undecided."""
    placed = [point for point in points if point.zone]
    sheet = Sheet(height=300)
    if not placed or cut is None:
        return sheet.figure()
    x_range = axis_span([point.satisfaction for point in placed], cut.satisfaction)
    y_range = axis_span([point.importance for point in placed], cut.importance)
    _draw_zones(sheet, cut, x_range, y_range)
    sheet.scatter(
        x=[point.satisfaction for point in placed],
        y=[point.importance for point in placed],
        mode="markers+text",
        text=[names[point.criterion] for point in placed],
        textposition=label_places(placed),
        textfont={"color": INK},
        cliponaxis=False,
        error_x=_arms([(p.satisfaction, p.satisfaction_low, p.satisfaction_high) for p in placed]),
        error_y=_arms([(p.importance, p.importance_low, p.importance_high) for p in placed]),
        marker={
            "size": 10,
            "color": [ACCENT if point.decided else "var(--surface)" for point in placed],
            "line": {"color": ACCENT, "width": 2},
        },
        customdata=[[point.n, point.importance_n] for point in placed],
        hovertemplate="<b>%{text}</b><br>%{x:.2f} (n %{customdata[0]})"
        "<br>%{y:.2f} (n %{customdata[1]})<extra></extra>",
    )
    sheet.x_axis(_("satisfaction, 0 to 5"), range=x_range, showgrid=False)
    sheet.y_axis(_("importance, 0 to 5"), range=y_range, showgrid=False)
    return sheet.figure()


def symmetry(board: SymmetryBoard) -> go.Figure:
    """Partners by their own satisfaction and that of their clients, in four named quadrants."""
    sheet = Sheet(height=360)
    if board.found.cut is None:
        return sheet.figure()
    own, clients = board.found.cut
    voices = [one.place.voices for one in board.partners]
    x_range = _around([*(one.own for one in voices), own])
    y_range = _around([*(one.clients for one in voices), clients])
    sheet.shape(**_rectangle(x_range[0], own, clients, y_range[1], ATTENTION_SOFT))
    sheet.vertical(own, color=SLATE_2, width=1)
    sheet.horizontal(clients, color=SLATE_2, width=1)
    names = [one.name for one in board.partners]
    sheet.scatter(
        x=[one.own for one in voices],
        y=[one.clients for one in voices],
        mode="markers+text" if len(names) <= MOST_LABELS else "markers",
        text=names,
        textposition="top center",
        textfont={"color": INK},
        marker={"size": 9, "color": ACCENT},
        customdata=[[one.own_n, one.clients_n] for one in voices],
        hovertemplate="<b>%{text}</b><br>%{x:.1f} (n %{customdata[0]})"
        "<br>%{y:.1f} (n %{customdata[1]})<extra></extra>",
    )
    _name_corners(
        sheet,
        (0, 1, "! " + pgettext("quadrant", "Early warning"), "var(--attention)"),
        (1, 1, pgettext("quadrant", "In tune"), INK_2),
        (0, 0, pgettext("quadrant", "Act on both"), INK_2),
        (1, 0, pgettext("quadrant", "Blind spot"), INK_2),
    )
    sheet.x_axis(_("partners’ mean score, 0 to 10"), range=x_range, showgrid=False)
    sheet.y_axis(_("clients’ mean score, 0 to 10"), range=y_range, showgrid=False)
    return sheet.figure()


def gaps(rows: Sequence[tuple[tuple[str, ...], Gap]], reach: float) -> go.Figure:
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
    sheet.shape(**_rectangle(0, WORSE[gap_name] * reach, floor, 1, ATTENTION_SOFT))
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
            "color": [colour if gap.is_certain else "var(--surface)" for _at, gap in placed],
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


def _around(values: Sequence[float]) -> list[float]:
    """An axis that holds all values, with room for the names in the corners."""
    room = max(0.5, (max(values) - min(values)) / 5)
    return [min(values) - room, max(values) + room]


def label_places(points: Sequence[MappingPoint]) -> list[str]:
    """Labels beside their points; of two that are close, the lower one is written below."""
    return [
        "bottom right"
        if any(_is_close_above(other, point) for other in points if other is not point)
        else "top right"
        for point in points
    ]


def _is_close_above(other: MappingPoint, point: MappingPoint) -> bool:
    higher = (other.importance or 0) - (point.importance or 0)
    beside = abs((other.satisfaction or 0) - (point.satisfaction or 0))
    return 0 <= higher < LABEL_HEIGHT and beside < LABEL_WIDTH


def axis_span(values: Sequence[float | None], cut: float) -> list[float]:
    """An axis that holds every point and the cut, with room for the arms."""
    known = [value for value in values if value is not None] + [cut]
    return [min(known) - MAPPING_MARGIN, min(5.0, max(known)) + MAPPING_MARGIN]


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


def _draw_zones(sheet: Sheet, cut: Cut, x: Sequence[float], y: Sequence[float]) -> None:
    sheet.shape(**_rectangle(x[0], cut.satisfaction, cut.importance, y[1], BAD_SOFT))
    sheet.shape(**_rectangle(cut.satisfaction, x[1], cut.importance, y[1], GOOD_SOFT))
    sheet.vertical(cut.satisfaction, color=SLATE_2, width=1)
    sheet.horizontal(cut.importance, color=SLATE_2, width=1)
    _name_corners(
        sheet,
        (0, 1, "! " + pgettext("zone", "Act now"), "var(--bad)"),
        (1, 1, "✓ " + pgettext("zone", "Strengths"), "var(--good)"),
        (0, 0, pgettext("zone", "Medium-term plan"), INK_2),
        (1, 0, pgettext("zone", "Watch for over-quality"), INK_2),
    )


def _name_corners(sheet: Sheet, *corners: tuple[int, int, str, str]) -> None:
    for left, bottom, text, colour in corners:
        sheet.note(
            x=left,
            y=bottom,
            xref="paper",
            yref="paper",
            xanchor="right" if left else "left",
            yanchor="top" if bottom else "bottom",
            text=f"<b>{text}</b>",
            font={"color": colour, "size": 12},
        )


def _rectangle(x0: float, x1: float, y0: float, y1: float, colour: str) -> dict[str, Any]:
    line = {"width": 0}
    return {
        "type": "rect", "x0": x0, "x1": x1, "y0": y0, "y1": y1,
        "fillcolor": colour, "opacity": 0.6, "line": line, "layer": "below",
    }  # fmt: skip
