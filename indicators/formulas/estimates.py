"""Counts in, figures out: each score, rate and mean with its 95 % interval, None when unknown."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

from indicators.formulas.sums import Answers

Z = NormalDist().inv_cdf(0.975)  # standard deviations each side of a 95 % interval
SIGNIFICANT_BELOW = 0.05  # p
SCALE = (0.0, 5.0)  # whole-number answers on satisfaction and importance
PSEUDO_ANSWERS = 3  # a quarter promoters, a quarter detractors, half passives

Band = Literal["above", "as_expected", "below"]
MaturityBand = Literal["to_consolidate", "mastered", "excellence"]


@dataclass(frozen=True)
class Nps:
    """Net Promoter Score and its interval, in points from -100 to 100."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    promoters: int
    passives: int
    detractors: int
    distribution: tuple[int, ...]

    def margin(self) -> float | None:
        """Half the width of the interval, in points, to show after the +/- sign."""
        return None if self.low is None or self.high is None else (self.high - self.low) / 2


@dataclass(frozen=True)
class Rate:
    """A share and its interval, from 0 to 1."""

    value: float | None
    low: float | None
    high: float | None
    successes: int
    n: int


@dataclass(frozen=True)
class Mean:
    """A mean and its interval, in the unit of the answers."""

    value: float | None
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True)
class Difference:
    """The first figure minus the second; z and p are None when there is too little to test."""

    value: float | None
    z: float | None = None
    p: float | None = None

    @property
    def significant(self) -> bool:
        return self.p is not None and self.p < SIGNIFICANT_BELOW


def nps(distribution: Sequence[int]) -> Nps:
    """100 x (promoters - detractors) / n, from eleven counts: of the scores 0, 1, ... 10.

    Promoters gave 9 or 10, passives 7 or 8, detractors 0 to 6 (Reichheld, HBR, December 2003).
    Interval: adjusted Wald, three pseudo-answers of which 3/4 promoters and 3/4 detractors
    (Rocks, The American Statistician 70(4), 2016), widened where one lone answer falls outside.
    It covers 93 to 97 % from 8 answers on; 89 % where nobody is passive, more where nearly all are.
    """
    if len(distribution) != 11:
        raise ValueError("An NPS needs eleven counts, one for each score from 0 to 10.")
    counts = tuple(distribution)
    detractors, passives, promoters = sum(counts[:7]), sum(counts[7:9]), sum(counts[9:])
    n = detractors + passives + promoters
    if not n:
        return Nps(None, None, None, 0, 0, 0, 0, counts)
    value, _ = _score_and_variance(promoters, detractors, n)
    centre, variance = _score_and_variance(promoters, detractors, n, PSEUDO_ANSWERS)
    half = Z * math.sqrt(variance)
    low, high = max(-100.0, min(value, centre - half)), min(100.0, max(value, centre + half))
    return Nps(value, low, high, n, promoters, passives, detractors, counts)


def normal_margin(score: Nps) -> float | None:
    """Half-width of the plain normal interval, in points; 0 when all agree, so prefer `margin`."""
    if not score.n:
        return None
    _, variance = _score_and_variance(score.promoters, score.detractors, score.n)
    return Z * math.sqrt(variance)


def nps_difference(a: Nps, b: Nps) -> Difference:
    """Points from b to a, tested by z from the two variances.

    When a side is unanimous its variance is 0 and proves nothing: both sides are then tested
    with the pseudo-answers of their intervals.
    """
    if a.value is None or b.value is None:
        return Difference(None)
    pseudo = 0 if normal_margin(a) and normal_margin(b) else PSEUDO_ANSWERS
    score_a, variance_a = _score_and_variance(a.promoters, a.detractors, a.n, pseudo)
    score_b, variance_b = _score_and_variance(b.promoters, b.detractors, b.n, pseudo)
    return _tested(a.value - b.value, (score_a - score_b) / math.sqrt(variance_a + variance_b))


def _score_and_variance(
    promoters: int, detractors: int, n: int, pseudo: int = 0
) -> tuple[float, float]:
    """Score in points, and its variance: (p + d - (p - d)^2) / n."""
    n += pseudo
    score = 100 * (promoters - detractors) / n
    return score, (100**2 * (promoters + detractors + pseudo / 2) / n - score**2) / n


def wilson(successes: int, n: int) -> Rate:
    """Share of successes with its score interval (Wilson, JASA 22, 1927)."""
    if not n:
        return Rate(None, None, None, 0, 0)
    value = successes / n
    centre = (successes + Z**2 / 2) / (n + Z**2)
    half = Z * math.sqrt(successes * (n - successes) / n + Z**2 / 4) / (n + Z**2)
    low, high = max(0.0, min(value, centre - half)), min(1.0, max(value, centre + half))
    return Rate(value, low, high, successes, n)


def rate_difference(a: Rate, b: Rate) -> Difference:
    """Share of a minus share of b, by the N - 1 chi-square (Campbell, Stat. in Medicine 26, 2007).

    Two shares that are both 0 or both 1 do not differ: p is 1.
    """
    if a.value is None or b.value is None:
        return Difference(None)
    n, successes = a.n + b.n, a.successes + b.successes
    variance = successes * (n - successes) / (n * (n - 1)) * (1 / a.n + 1 / b.n)
    value = a.value - b.value
    return _tested(value, value / math.sqrt(variance) if variance else 0.0)


def mean(n: int, total: int, squares: int, scale: tuple[float, float] = SCALE) -> Mean:
    """Mean with Student's interval, clipped to the scale; one answer alone leaves the whole scale.

    Identical answers are no certainty: see `_variance`. Where answers crowd one end of the scale
    it is short until about 30 of them (89 % for 8 answers, half of them 5 out of 5).
    """
    if not n:
        return Mean(None, None, None, 0)
    value = total / n
    if n == 1:
        return Mean(value, *scale, 1)
    half = student_point(n - 1) * math.sqrt(_variance(n, total, squares) / n)
    return Mean(value, max(scale[0], value - half), min(scale[1], value + half), n)


def mean_difference(a: Answers, b: Answers) -> Difference:
    """Mean of a minus mean of b, by Welch's t (Biometrika 34, 1947); untested under two answers."""
    if not a.n or not b.n:
        return Difference(None)
    value = a.total / a.n - b.total / b.n
    if a.n == 1 or b.n == 1:
        return Difference(value)
    error_a = _variance(a.n, a.total, a.squares) / a.n
    error_b = _variance(b.n, b.total, b.squares) / b.n
    freedom = (error_a + error_b) ** 2 / (error_a**2 / (a.n - 1) + error_b**2 / (b.n - 1))
    return _tested(value, _normal(value / math.sqrt(error_a + error_b), freedom))


def _variance(n: int, total: int, squares: int) -> float:
    """Sample variance, at least what one answer one step away from the others would show."""
    return max((n * squares - total**2) / (n * (n - 1)), 1 / n)


def student_point(freedom: float) -> float:
    """95 % point of Student's t, at most 0.5 % too wide from 5 answers on; inverse of `_normal`."""
    z = Z * (8 * freedom + 3) / (8 * freedom + 1)
    return math.sqrt(freedom * math.expm1(z**2 / freedom))


def _normal(t: float, freedom: float) -> float:
    """The z as improbable as t (Wallace, Annals of Mathematical Statistics 30, 1959)."""
    z = math.sqrt(freedom * math.log1p(t**2 / freedom))
    return math.copysign(z * (8 * freedom + 1) / (8 * freedom + 3), t)


def _tested(value: float, z: float) -> Difference:
    return Difference(value, z, math.erfc(abs(z) / math.sqrt(2)))


def correlation(
    n: int, sum_x: int, sum_xx: int, sum_y: int, sum_yy: int, sum_xy: int
) -> float | None:
    """Pearson's r over complete pairs: importance derived from satisfaction (x) and score (y).

    From -1 to 1; None when x or y never varies, hence under two pairs.
    """
    spread = (n * sum_xx - sum_x**2) * (n * sum_yy - sum_y**2)
    if not spread:
        return None
    return max(-1.0, min(1.0, (n * sum_xy - sum_x * sum_y) / math.sqrt(spread)))


def band(low: float | None, high: float | None, reference: float | None) -> Band | None:
    """Where an interval lies against the network's mean; one that touches it is as expected."""
    if low is None or high is None or reference is None:
        return None
    if low > reference:
        return "above"
    return "below" if high < reference else "as_expected"


def maturity_band(mean: float | None) -> MaturityBand | None:
    """Band of a mean self-assessment, 0 to 10: mastered from 7, excellence from 9."""
    if mean is None:
        return None
    if mean >= 9:
        return "excellence"
    return "mastered" if mean >= 7 else "to_consolidate"


def answers_to_decide(value: float, low: float, high: float, target: float, n: int) -> int | None:
    """About how many more answers would leave the target outside the interval.

    Supposes the same value and a width falling as 1 / sqrt(n). 0 when it is outside already,
    None when the value is the target.
    """
    if value == target:
        return None
    if not low <= target <= high:
        return 0
    side = value - low if target < value else high - value
    return math.floor(n * ((side / (target - value)) ** 2 - 1)) + 1
