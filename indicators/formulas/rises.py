"""Whether a rate has really risen, for the few among many that are cancelled by the company.

As with scores the last thirty days are compared with the year before, but by the signed root of the
likelihood ratio of two binomials (Wilks, Annals of Mathematical Statistics 9, 1938), which stays
near the normal curve where few are hit. And what is cancelled comes in bunches, an ill partner's
whole day for one: the root is divided by that of the dispersion among days where it is above 1
(Wedderburn, "Quasi-likelihood functions", Biometrika 61, 1974). Without it bunches of three would
raise an alert in 14 % of quiet months, with it in 0.6 %, as single ones do. Only a rise is told: a
fall asks nobody for anything.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from indicators.formulas.shifts import MINIMUM_AFTER, MINIMUM_BEFORE, Limit, Shift


@dataclass(frozen=True)
class Days:
    """So many days with interventions: n in all, those hit, and the sum over days of hits²/n."""

    days: int = 0
    n: int = 0
    hits: int = 0
    squares: float = 0.0

    @classmethod
    def of(cls, counts: Iterable[tuple[int, int]]) -> Days:
        """From n and hits of each day."""
        some = [(n, hits) for n, hits in counts if n]
        return cls(
            len(some),
            sum(n for n, _hits in some),
            sum(hits for _n, hits in some),
            sum(hits**2 / n for n, hits in some),
        )

    @property
    def rate(self) -> float:
        """Only of days that have interventions."""
        return self.hits / self.n


def find(before: Days, after: Days, limit: Limit) -> Shift | None:
    """What rose from the days before to the last ones; None while chance may explain it."""
    if before.n < MINIMUM_BEFORE or after.n < MINIMUM_AFTER:
        return None
    z = z_of(before, after)
    if z < limit.rise_z:
        return None
    p = math.erfc(z / math.sqrt(2)) / 2  # one-sided
    return Shift(before.rate, before.n, after.rate, after.n, p, limit.rise_z)


def z_of(before: Days, after: Days) -> float:
    """As if both had one rate; 0 where none or all are hit."""
    rate = (before.hits + after.hits) / (before.n + after.n)
    if not 0 < rate < 1:
        return 0.0
    ratio = 2 * (_information(before, rate) + _information(after, rate))
    root = math.sqrt(max(ratio, 0) / max(dispersion(before, after), 1))
    return math.copysign(root, after.rate - before.rate)


def dispersion(before: Days, after: Days) -> float:
    """Of the days around the rate of their side, by Pearson: 1 where each was drawn alone."""
    rate = (before.hits + after.hits) / (before.n + after.n)
    around = sum(side.squares - side.hits * side.rate for side in (before, after))
    return around / (rate * (1 - rate)) / max(before.days + after.days - 2, 1)


def _information(side: Days, rate: float) -> float:
    parts = ((side.hits, rate), (side.n - side.hits, 1 - rate))
    return sum(hits * math.log(hits / (side.n * share)) for hits, share in parts if hits)
