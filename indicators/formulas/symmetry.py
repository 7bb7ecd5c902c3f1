"""Symmetry of attention: do clients feel what partners feel, at once or a month later?

Levels and movements are two questions. Levels: do partners who are more satisfied than others have
more satisfied clients? Movements: when one partner is more satisfied than usual, are their clients?
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from statistics import fmean
from typing import Literal

from indicators.formulas.estimates import SIGNIFICANT_BELOW, Mean, Z, mean
from indicators.formulas.mapping import ROUNDING
from indicators.formulas.tails import student_p
from triangle.periods import next_month

RELATIONS = 3  # looked at together
PARTNERS_NEEDED = 10
PAIRS_NEEDED = 30

Name = Literal["levels", "same_month", "month_later"]
Quadrant = Literal["in_tune", "early_warning", "blind_spot", "both"]

QUADRANTS: dict[tuple[bool, bool], Quadrant] = {  # (partner satisfied, clients satisfied)
    (True, True): "in_tune",
    (False, True): "early_warning",
    (True, False): "blind_spot",
    (False, False): "both",
}


@dataclass(frozen=True)
class Voices:
    """Scores 0 to 10 of a partner and of their clients: how many, their sum, that of squares."""

    own_n: int = 0
    own_sum: int = 0
    clients_n: int = 0
    clients_sum: int = 0
    own_squares: int = 0
    clients_squares: int = 0

    def __add__(self, other: Voices) -> Voices:
        return Voices(*(a + b for a, b in zip(self.parts, other.parts, strict=True)))

    @property
    def parts(self) -> tuple[int, ...]:
        return astuple(self)

    @property
    def own(self) -> float:
        return self.own_sum / self.own_n

    @property
    def clients(self) -> float:
        return self.clients_sum / self.clients_n

    @property
    def own_mean(self) -> Mean:
        return mean(self.own_n, self.own_sum, self.own_squares, scale=(0, 10))

    @property
    def clients_mean(self) -> Mean:
        return mean(self.clients_n, self.clients_sum, self.clients_squares, scale=(0, 10))


Cells = Mapping[tuple[int, date], Voices]  # by partner and first day of the month


@dataclass(frozen=True)
class Relation:
    """Spearman's rank correlation with its 95 % interval; None with fewer pairs than needed."""

    name: Name
    n: int
    needed: int
    rho: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None

    @property
    def is_related(self) -> bool:
        return self.p is not None and self.p < SIGNIFICANT_BELOW / RELATIONS


@dataclass(frozen=True)
class Place:
    """A partner among the four quadrants."""

    partner: int
    voices: Voices
    quadrant: Quadrant


@dataclass(frozen=True)
class Symmetry:
    """`few` counts partners with fewer answers than the minimum: they are placed nowhere."""

    relations: tuple[Relation, Relation, Relation]
    places: tuple[Place, ...]
    few: int
    cut: tuple[float, float] | None
    minimum: int

    @property
    def strongest(self) -> Relation | None:
        """The relation to be named; None when there is none."""
        related = [one for one in self.relations if one.is_related]
        return max(related, key=lambda one: abs(one.rho or 0), default=None)


def symmetry(cells: Cells, *, minimum: int) -> Symmetry:
    """`minimum` is how many answers each side needs for a partner to be placed."""
    whole: dict[int, Voices] = defaultdict(Voices)
    for (partner, _month), voices in cells.items():
        whole[partner] += voices
    enough = {
        partner: voices
        for partner, voices in sorted(whole.items())
        if min(voices.own_n, voices.clients_n) >= minimum
    }
    cut = _cut(enough.values())
    levels = [(voices.own, voices.clients) for voices in enough.values()]
    return Symmetry(
        relations=(
            related("levels", levels, needed=PARTNERS_NEEDED),
            _moving("same_month", _pairs(cells, later=False)),
            _moving("month_later", _pairs(cells, later=True)),
        ),
        places=tuple(
            Place(partner, voices, _quadrant(voices, cut)) for partner, voices in enough.items()
        ),
        few=len(whole) - len(enough),
        cut=cut,
        minimum=minimum,
    )


def related(
    name: Name, pairs: Sequence[tuple[float, float]], *, needed: int, lost: int = 0
) -> Relation:
    """Rank correlation; `lost` degrees of freedom went into means that were taken away before.

    p by Student's t on n - 2 degrees (Zar, JASA 67, 1972); interval by Fisher's z with the
    variance 1.06 / (n - 3) (Fieller, Hartley and Pearson, Biometrika 44, 1957).
    """
    n, free = len(pairs), len(pairs) - lost
    if n < needed or free < 4:
        return Relation(name, n, needed)
    rho = _correlation(_ranks([x for x, _y in pairs]), _ranks([y for _x, y in pairs]))
    if rho is None:
        return Relation(name, n, needed)
    if abs(rho) > 1 - ROUNDING:
        return Relation(name, n, needed, rho, -1.0, 1.0, 0.0)
    half = Z * math.sqrt(1.06 / (free - 3))
    p = student_p(rho * math.sqrt((free - 2) / (1 - rho**2)), free - 2)
    low, high = math.tanh(math.atanh(rho) - half), math.tanh(math.atanh(rho) + half)
    return Relation(name, n, needed, rho, low, high, p)


def _moving(name: Name, by_partner: Iterable[list[tuple[float, float]]]) -> Relation:
    """Each partner against their own mean, so that who is always satisfied proves nothing."""
    moved: list[tuple[float, float]] = []
    lost = -1
    for pairs in by_partner:
        if len(pairs) < 2:
            continue
        x_mean, y_mean = fmean(x for x, _y in pairs), fmean(y for _x, y in pairs)
        moved += [(x - x_mean, y - y_mean) for x, y in pairs]
        lost += 1
    return related(name, moved, needed=PAIRS_NEEDED, lost=max(lost, 0))


def _pairs(cells: Cells, *, later: bool) -> Iterable[list[tuple[float, float]]]:
    """What a partner said in a month, and their clients in the same month or in the next."""
    found: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for partner, month in sorted(cells):
        one = cells[partner, month]
        other = cells.get((partner, next_month(month)), Voices()) if later else one
        if one.own_n and other.clients_n:
            found[partner].append((one.own, other.clients))
    return found.values()


def _cut(voices: Iterable[Voices]) -> tuple[float, float] | None:
    """Mean of the partners on both axes, each weighing the same."""
    found = [(one.own, one.clients) for one in voices]
    if not found:
        return None
    return fmean(x for x, _y in found), fmean(y for _x, y in found)


def _quadrant(voices: Voices, cut: tuple[float, float] | None) -> Quadrant:
    """On the cut counts as satisfied."""
    own, clients = cut or (0.0, 0.0)
    return QUADRANTS[voices.own > own - ROUNDING, voices.clients > clients - ROUNDING]


def _ranks(values: Sequence[float]) -> list[float]:
    """From 1; equal values share the mean of their ranks, however they were rounded."""
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks, start = [0.0] * len(values), 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and values[order[end + 1]] - values[order[start]] < ROUNDING:
            end += 1
        for place in order[start : end + 1]:
            ranks[place] = (start + end) / 2 + 1
        start = end + 1
    return ranks


def _correlation(x: Sequence[float], y: Sequence[float]) -> float | None:
    x_mean, y_mean = fmean(x), fmean(y)
    spread = math.sqrt(sum((a - x_mean) ** 2 for a in x) * sum((b - y_mean) ** 2 for b in y))
    if not spread:
        return None
    return sum((a - x_mean) * (b - y_mean) for a, b in zip(x, y, strict=True)) / spread
