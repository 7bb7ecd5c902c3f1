"""Whether a score has really moved: significance, a minimum of answers, and a price for each look.

The last thirty days are compared with the year before them by z with pooled variance, every night:
a moving sum, as in Chu, Hornik and Kuan, "MOSUM tests for parameter constancy" (Biometrika 82,
1995). At 5 % a look, somebody who looks every day finds "significant" changes in nearly every year
where nothing changed. The limit is therefore that which a year of daily looks at unchanged answers
passes in fewer than one case out of twenty: z = 3.55 where one look alone would take 1.96.

Measured in tests/indicators/test_shifts.py: of falls by 15 points at 200 answers a month, begun on
whatever day, 22 % are told within 30 days and 48 % within 60; at 400 a month 58 and 86 %. More is
not to be had at this price: even a test that knew the old score without error, the day and the
direction, asked but twelve times a year, would find 53 % within 30 days.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

WINDOW_DAYS, BASELINE_DAYS = 30, 360
MINIMUM_BEFORE, MINIMUM_AFTER = 100, 30  # answers
LIMIT_Z = 3.55  # of a look; see above


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
    """Scores in points; p is that of this one look, two-sided."""

    before: float
    before_n: int
    after: float
    after_n: int
    p: float


def find(before: Sample, after: Sample) -> Shift | None:
    """What moved from the days before to the last ones; None while chance may explain it."""
    if before.n < MINIMUM_BEFORE or after.n < MINIMUM_AFTER:
        return None
    z = _z(before, after)
    if abs(z) < LIMIT_Z:
        return None
    p = math.erfc(abs(z) / math.sqrt(2))
    return Shift(before.score, before.n, after.score, after.n, p)


def _z(before: Sample, after: Sample) -> float:
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
