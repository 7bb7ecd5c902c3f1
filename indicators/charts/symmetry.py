"""Whether clients feel what partners feel, drawn: partners in four named quadrants."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from indicators.charts.sheet import ACCENT, ATTENTION_SOFT, INK, INK_2, SLATE_2, Sheet
from indicators.symmetry_board import SymmetryBoard

MOST_LABELS = 12  # points with their names beside them; the others tell when pointed at


def symmetry_chart(board: SymmetryBoard) -> go.Figure:
    """Partners by their own satisfaction and that of their clients, in four named quadrants."""
    sheet = Sheet(height=360)
    if board.found.cut is None:
        return sheet.figure()
    own, clients = board.found.cut
    voices = [one.place.voices for one in board.partners]
    x_range = _around([*(one.own for one in voices), own])
    y_range = _around([*(one.clients for one in voices), clients])
    sheet.tint(x_range[0], own, clients, y_range[1], ATTENTION_SOFT)
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
    sheet.name_corners(
        (0, 1, "! " + pgettext("quadrant", "Early warning"), "var(--attention)"),
        (1, 1, pgettext("quadrant", "In tune"), INK_2),
        (0, 0, pgettext("quadrant", "Act on both"), INK_2),
        (1, 0, pgettext("quadrant", "Blind spot"), INK_2),
    )
    sheet.x_axis(_("partners’ mean score, 0 to 10"), range=x_range, showgrid=False)
    sheet.y_axis(_("clients’ mean score, 0 to 10"), range=y_range, showgrid=False)
    return sheet.figure()


def _around(values: Sequence[float]) -> list[float]:
    """An axis that holds all values, with room for the names in the corners."""
    room = max(0.5, (max(values) - min(values)) / 5)
    return [min(values) - room, max(values) + room]
