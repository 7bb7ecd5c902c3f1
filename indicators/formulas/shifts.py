"""Whether a score has really moved: significance, a minimum of answers, and a price for each look.

The last thirty days are compared with the year before them by z with pooled variance, every night:
a moving sum, as in Chu, Hornik and Kuan, "MOSUM tests for parameter constancy" (Biometrika 82,
1995). At 5 % a look, somebody who looks every day finds "significant" changes in nearly every year
where nothing changed. A limit is therefore what daily looks at unchanged answers pass in fewer than
one case out of twenty: in months of looks z = 2.8, in years z = 3.6, where one look takes 1.96.
What is left of the one in twenty pays for the looks at cancellations (`rises`).

Which of them is the company's choice, since nothing gives both: of falls by 15 points at 200
answers a month the first finds 51 % within 30 days, the second 22 %. The figures beside each limit
are those that tests/indicators/formulas/test_shifts.py and test_rises.py measure.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WINDOW_DAYS, BASELINE_DAYS = 30, 360
MINIMUM_BEFORE, MINIMUM_AFTER = 100, 30  # answers


@dataclass(frozen=True)
class Limit:
    """What |z| of a score and z of a rate must reach, with what both cost and find.

    `false_a_year` are false alarms of one scope, on the average of years without any shift;
    `found` are shares of falls by 15 points, by answers a month: within 30 days and within 60;
    `risen` the same of rises from 3 to 9 % at 250 interventions a month.
    """

    z: float
    rise_z: float
    false_a_year: float
    found: Mapping[int, tuple[float, float]]
    risen: tuple[float, float]


ONCE_IN_TWENTY_MONTHS = Limit(
    z=2.8,
    rise_z=3.1,
    false_a_year=0.42,
    found={100: (0.26, 0.53), 200: (0.51, 0.82), 400: (0.85, 0.98)},
    risen=(0.86, 0.98),
)
ONCE_IN_TWENTY_YEARS = Limit(
    z=3.6,
    rise_z=3.8,
    false_a_year=0.04,
    found={100: (0.08, 0.2), 200: (0.22, 0.49), 400: (0.58, 0.87)},
    risen=(0.66, 0.92),
)


@dataclass(frozen=True)
class Sample:
    """Answers of some days as promoters and detractors among n."""

    n: int = 0
    promoters: int = 0
    detractors: int = 0

    @classmethod
    def of(cls, distribution: Sequence[int]) -> Sample:
        """From how often each score from 0 to 10 was given."""
        return cls(sum(distribution), sum(distribution[9:]), sum(distribution[:7]))

    @property
    def score(self) -> float:
        """The NPS; only of a sample that has answers."""
        return 100 * (self.promoters - self.detractors) / self.n


@dataclass(frozen=True)
class Shift:
    """Scores in points, rates as shares; p is that of this one look, passing `limit_z`."""

    before: float
    before_n: int
    after: float
    after_n: int
    p: float
    limit_z: float


def find(before: Sample, after: Sample, limit: Limit) -> Shift | None:
    """What moved from the days before to the last ones; None while chance may explain it."""
    if before.n < MINIMUM_BEFORE or after.n < MINIMUM_AFTER:
        return None
    z = z_of(before, after)
    if abs(z) < limit.z:
        return None
    p = math.erfc(abs(z) / math.sqrt(2))  # two-sided
    return Shift(before.score, before.n, after.score, after.n, p, limit.z)


def z_of(before: Sample, after: Sample) -> float:
    """As if both were drawn from the same answers; 0 where all of them agree."""
    n = before.n + after.n
    promoters, detractors = (
        before.promoters + after.promoters,
        before.detractors + after.detractors,
    )
    variance = (promoters + detractors) / n - ((promoters - detractors) / n) ** 2
    if variance <= 0:
        return 0.0
    error = math.sqrt(variance * (1 / before.n + 1 / after.n))
    return (after.score - before.score) / 100 / error
