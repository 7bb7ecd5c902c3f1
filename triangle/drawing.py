"""Small drawings made of numbers alone: sparklines, bars, intervals; pure geometry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

SPARK_WIDTH, SPARK_HEIGHT, SPARK_MARGIN = 64, 24, 3


@dataclass(frozen=True)
class Spark:
    path: str  # one M per run of known values, so an unknown month is a gap
    last: tuple[float, float] | None


def spark(
    values: Sequence[float | None], *, width: int = SPARK_WIDTH, height: int = SPARK_HEIGHT
) -> Spark:
    """The line of a series from left to right; nothing known gives an empty path."""
    known = [value for value in values if value is not None]
    if not known:
        return Spark("", None)
    low, spread = min(known), max(known) - min(known)
    step = (width - 2 * SPARK_MARGIN) / max(len(values) - 1, 1)
    path, last, pen_down = [], None, False
    for index, value in enumerate(values):
        if value is None:
            pen_down = False
            continue
        share = (value - low) / spread if spread else 0.5
        last = (
            round(SPARK_MARGIN + index * step, 1),
            round(height - SPARK_MARGIN - share * (height - 2 * SPARK_MARGIN), 1),
        )
        path.append(f"{'L' if pen_down else 'M'}{last[0]:g} {last[1]:g}")
        pen_down = True
    return Spark("".join(path), last)


def share_percent(value: float | None, whole: float | None) -> float:
    """How much of the whole, between 0 and 100; nothing known is an empty bar."""
    if not value or not whole:
        return 0.0
    return round(min(max(value / whole, 0.0), 1.0) * 100, 1)


def place_percent(value: float, low: float, high: float) -> float:
    """Where a value stands on a scale from low to high, in percent, kept inside."""
    return share_percent(value - low, high - low)
