"""Satisfaction mapping: what clients find important against how satisfied they are with it.

Importance-performance analysis (Martilla and James, Journal of Marketing 41(1), 1977).
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from statistics import fmean
from typing import Literal, NamedTuple

from indicators.formulas.estimates import Mean, Z, band, correlation, mean
from indicators.formulas.sums import Answers, Pairs

ROUNDING = 1e-9  # two figures this close are the same figure

Zone = Literal["strength", "act_now", "watch", "medium_term"]

ZONES: dict[tuple[bool, bool], Zone] = {  # (important, satisfied)
    (True, True): "strength",
    (True, False): "act_now",
    (False, True): "watch",
    (False, False): "medium_term",
}


@dataclass(frozen=True)
class CriterionCounts:
    """What was answered on a criterion; its importance is stated (answers) or derived (pairs)."""

    criterion: str
    satisfaction: Answers
    importance: Answers | Pairs


@dataclass(frozen=True)
class MappingPoint:
    """A criterion on the map: a cross of two intervals, hollow until decided.

    `n` counts the answers on satisfaction. Without answers on both axes there is no zone.
    """

    criterion: str
    satisfaction: float | None
    satisfaction_low: float | None
    satisfaction_high: float | None
    importance: float | None
    importance_low: float | None
    importance_high: float | None
    n: int
    importance_n: int
    zone: Zone | None
    decided: bool


class Cut(NamedTuple):
    """The two lines between the four zones."""

    satisfaction: float
    importance: float


def mapping(
    points: Sequence[CriterionCounts], cut: tuple[float, float] | None = None
) -> list[MappingPoint]:
    """One point per criterion, in the order given; the cut is their mean, or a target."""
    cut = cut or mean_cut(points)
    return [_placed(point, cut) for point in points]


def mean_cut(points: Iterable[CriterionCounts]) -> Cut | None:
    """Mean of the points that have both axes, each weighing the same; None when there is none."""
    axes = [_axes(point) for point in points]
    placed = [(x.value, y.value) for x, y in axes if x.value is not None and y.value is not None]
    return Cut(*map(fmean, zip(*placed, strict=True))) if placed else None


def derived_importance(pairs: Pairs) -> Mean:
    """Correlation with the score, its interval by Fisher's z (Metron 1, 1921).

    Up to three pairs, or a perfect line, tell no width: everything from -1 to 1 stays open.
    """
    r = correlation(*astuple(pairs))
    if r is None:
        return Mean(None, None, None, pairs.n)
    if pairs.n <= 3 or abs(r) == 1:
        return Mean(r, -1.0, 1.0, pairs.n)
    half = Z / math.sqrt(pairs.n - 3)
    return Mean(r, math.tanh(math.atanh(r) - half), math.tanh(math.atanh(r) + half), pairs.n)


def _placed(point: CriterionCounts, cut: tuple[float, float] | None) -> MappingPoint:
    x, y = _axes(point)
    zone, decided = None, False
    if cut and x.value is not None and y.value is not None:
        zone = ZONES[_reaches(y.value, cut[1]), _reaches(x.value, cut[0])]
        decided = "as_expected" not in (band(x.low, x.high, cut[0]), band(y.low, y.high, cut[1]))
    return MappingPoint(
        point.criterion, x.value, x.low, x.high, y.value, y.low, y.high, x.n, y.n, zone, decided
    )


def _axes(point: CriterionCounts) -> tuple[Mean, Mean]:
    satisfaction = mean(*astuple(point.satisfaction))
    if isinstance(point.importance, Pairs):
        return satisfaction, derived_importance(point.importance)
    return satisfaction, mean(*astuple(point.importance))


def _reaches(value: float, cut: float) -> bool:
    """On the cut counts as above it, however the division was rounded."""
    return value > cut - ROUNDING
