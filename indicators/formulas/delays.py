"""Median and other quantiles of delays, from counts in buckets that can be added up.

Each bucket is a little wider than the one before by the same ratio, so that the error is a share
of the delay, whether minutes or weeks (Masson, Rim and Lee, "DDSketch", PVLDB 12(12), 2019).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from indicators.formulas.estimates import Z

RATIO = 1.042  # between buckets
ERROR = (RATIO - 1) / (RATIO + 1)  # 2.06 %: of a delay, at most; a ratio of 1.05 would err by 2.4 %
SHORTEST = 1.0  # second; what is shorter counts as this

Buckets = Mapping[int, int]


@dataclass(frozen=True)
class Quantile:
    """A delay in seconds that a share of all does not exceed, and its 95 % interval."""

    share: float
    seconds: float | None
    low: float | None
    high: float | None
    n: int


def bucket(seconds: float) -> int:
    """Which bucket holds a delay: from RATIO^b, included, to RATIO^(b + 1)."""
    return math.floor(math.log(max(seconds, SHORTEST)) / math.log(RATIO))


def middle(number: int) -> float:
    """The delay that is wrong by the same share for the shortest and longest of its bucket."""
    return float(2 * RATIO ** (number + 1) / (RATIO + 1))


def merged(parts: Iterable[Buckets]) -> dict[int, int]:
    whole: dict[int, int] = {}
    for part in parts:
        for number, count in part.items():
            whole[number] = whole.get(number, 0) + count
    return whole


def quantile(counts: Buckets, share: float) -> Quantile:
    """The smallest delay that at least `share` of all do not exceed, wrong by ERROR at most.

    Interval by ranks, whatever the shape of the delays: share x n +/- 1.96 standard deviations of
    a binomial (Conover, Practical Nonparametric Statistics, 1971). One delay alone has none.
    """
    n = sum(counts.values())
    if not n:
        return Quantile(share, None, None, None, 0)
    spread = Z * math.sqrt(n * share * (1 - share))
    low, high = (
        _ranked(counts, min(n, max(1, math.ceil(rank))))
        for rank in (share * n - spread, share * n + spread)
    )
    value = _ranked(counts, max(1, math.ceil(share * n)))
    return Quantile(share, value, low if n > 1 else None, high if n > 1 else None, n)


def _ranked(counts: Buckets, rank: int) -> float:
    """The delay of the rank, the shortest being 1."""
    passed = 0
    for number in sorted(counts):
        passed += counts[number]
        if passed >= rank:
            return middle(number)
    raise ValueError("There are fewer delays than that.")
