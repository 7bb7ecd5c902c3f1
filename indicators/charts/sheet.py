"""The bare sheet of a chart: own font and grid, no frame, no legend, no title.

A colour is written `var(--token)`: charts.js replaces it by the value of the theme in use, so that
one built figure serves light and dark. Titles stand in the page, beside each chart's table twin.

What is drawn is collected and handed to Plotly in one piece, which takes a tenth of the time that
Plotly takes to check each piece against all before it.
"""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

INK, INK_2, LINE = "var(--ink)", "var(--ink-2)", "var(--line)"
ACCENT, ACCENT_2, ACCENT_SOFT = "var(--accent)", "var(--accent-2)", "var(--accent-soft)"
SLATE, SLATE_2, SURFACE = "var(--slate)", "var(--slate-2)", "var(--surface)"
GOOD_SOFT, BAD_SOFT = "var(--good-soft)", "var(--bad-soft)"
ATTENTION_SOFT = "var(--attention-soft)"
NOTHING = "rgba(0,0,0,0)"


class Sheet:
    def __init__(self, *, height: int) -> None:
        self._traces: list[dict[str, Any]] = []
        self._shapes: list[dict[str, Any]] = []
        self._notes: list[dict[str, Any]] = []
        self._margin = {"l": 48, "r": 16, "t": 24, "b": 40}
        self._axes = {"xaxis": _axis(), "yaxis": _axis()}
        self._layout: dict[str, Any] = {
            "template": "none",
            "height": height,
            "paper_bgcolor": NOTHING,
            "plot_bgcolor": NOTHING,
            "font": {"family": "Inter, sans-serif", "size": 12, "color": INK_2},
            "showlegend": False,
            "hoverlabel": {
                "bgcolor": SURFACE,
                "bordercolor": LINE,
                "font": {"color": INK},
            },
            "dragmode": False,
        }

    def scatter(self, **what: Any) -> None:
        self._traces.append({"type": "scatter", **what})

    def bar(self, **what: Any) -> None:
        self._traces.append({"type": "bar", **what})

    def note(self, **what: Any) -> None:
        """Words without an arrow, at a place."""
        self._notes.append({"showarrow": False, **what})

    def shape(self, **what: Any) -> None:
        self._shapes.append(what)

    def vertical(self, x: Any, **line: Any) -> None:
        """A line from the foot to the head."""
        self.shape(type="line", x0=x, x1=x, y0=0, y1=1, xref="x", yref="y domain", line=line)

    def horizontal(self, y: Any, **line: Any) -> None:
        """A line from side to side."""
        self.shape(type="line", x0=0, x1=1, y0=y, y1=y, xref="x domain", yref="y", line=line)

    def tint(self, x0: float, x1: float, y0: float, y1: float, colour: str) -> None:
        """A part of the ground, under what is drawn."""
        self.shape(
            type="rect", x0=x0, x1=x1, y0=y0, y1=y1,
            fillcolor=colour, opacity=0.6, line={"width": 0}, layer="below",
        )  # fmt: skip

    def name_corners(self, *corners: tuple[int, int, str, str]) -> None:
        """Of each its place, 0 or 1 from left and from below, its name and its colour."""
        for x, y, name, colour in corners:
            self.note(
                x=x,
                y=y,
                xref="paper",
                yref="paper",
                xanchor="right" if x else "left",
                yanchor="top" if y else "bottom",
                text=f"<b>{name}</b>",
                font={"color": colour, "size": 12},
            )

    def x_axis(self, title: str = "", **how: Any) -> None:
        _tell(self._axes["xaxis"], title, how)

    def y_axis(self, title: str = "", **how: Any) -> None:
        _tell(self._axes["yaxis"], title, how)

    def margin(self, **sides: int) -> None:
        """Pixels at l, r, t and b."""
        self._margin.update(sides)

    def lay_out(self, **how: Any) -> None:
        self._layout.update(how)

    def figure(self) -> go.Figure:
        """Raises ValueError for what Plotly does not know."""
        return go.Figure(
            data=self._traces,
            layout={
                **self._layout,
                **self._axes,
                "margin": self._margin,
                "shapes": self._shapes,
                "annotations": self._notes,
            },
        )


def _axis() -> dict[str, Any]:
    return {
        "gridcolor": LINE,
        "zerolinecolor": LINE,
        "linecolor": LINE,
        "fixedrange": True,
        "title": {"font": {"size": 12}, "standoff": 8},
    }


def _tell(axis: dict[str, Any], title: str, how: dict[str, Any]) -> None:
    axis.update(how)
    if title:
        axis["title"]["text"] = title
