"""Key drivers: which criteria move the score, by regression and relative weights, from sums alone.

What is kept of ratings that answered the same criteria is one matrix of sums of products, so parts
of a period or of a scope add up, and the result equals a regression over the rows.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from indicators.formulas.estimates import SIGNIFICANT_BELOW, student_point
from indicators.formulas.tails import fisher_p, student_p

MINIMUM = 30  # ratings that answered all of the criteria compared
INFLATED_FROM = 5.0  # variance inflation; O'Brien, Quality & Quantity 41, 2007, on such limits
NOTHING = 1e-9  # an eigenvalue this small says that criteria repeat each other
INVOLVED = 1e-6  # of a unit vector

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Products:
    """Sums of products over ratings that answered exactly `slots`, as a matrix of integers.

    Rows and columns are 1, the satisfaction of each slot in ascending order, the score: the first
    cell is n, its row the sums, the diagonal the squares.
    """

    slots: tuple[int, ...]
    sums: NDArray[np.int64]

    def __add__(self, other: Products) -> Products:
        if self.slots != other.slots:
            raise ValueError("Only what answers the same criteria adds up.")
        return Products(self.slots, self.sums + other.sums)

    @property
    def n(self) -> int:
        return int(self.sums[0, 0])

    def only(self, slots: Sequence[int]) -> Products:
        """The same ratings, the other criteria forgotten."""
        kept = [0, *(1 + self.slots.index(slot) for slot in slots), len(self.slots) + 1]
        return Products(tuple(slots), self.sums[np.ix_(kept, kept)])


@dataclass(frozen=True)
class Driver:
    """One criterion: `beta` in standard deviations of the score, `weight` as a share of it.

    `margin` is half the width of beta's 95 % interval, `nearest` the slot it moves with most.
    Where it repeats others `inflation` is infinite, p is 1, beta is not told.
    """

    slot: int
    correlation: float
    beta: float | None
    margin: float | None
    p: float
    inflation: float
    weight: float
    nearest: int | None

    @property
    def is_significant(self) -> bool:
        return self.p < SIGNIFICANT_BELOW

    @property
    def repeats(self) -> bool:
        return math.isinf(self.inflation)

    @property
    def is_blurred(self) -> bool:
        return self.inflation >= INFLATED_FROM

    @property
    def strength(self) -> float:
        """Share of the differences between scores; 0 unless it is significant."""
        return self.weight if self.is_significant else 0.0

    @property
    def order(self) -> tuple[float, float, int]:
        return -self.strength, -self.weight, self.slot


@dataclass(frozen=True)
class Drivers:
    """The strongest first; none with fewer ratings than the minimum, or when nothing varies.

    `left_out` were answered too seldom beside the others, `constant` were always answered alike.
    """

    n: int
    r_squared: float | None = None
    drivers: tuple[Driver, ...] = ()
    left_out: tuple[int, ...] = ()
    constant: tuple[int, ...] = ()
    minimum: int = MINIMUM

    @property
    def has_enough(self) -> bool:
        return self.n >= self.minimum

    @property
    def strongest(self) -> float:
        """Where a bar is full; some length where nothing is significant."""
        return max((driver.strength for driver in self.drivers), default=0) or 1.0


def drivers(parts: Iterable[Products]) -> Drivers:
    """Over the ratings that answered all of the criteria most of them share."""
    found = list(parts)
    slots = shared(found)
    left_out = tuple(sorted({slot for part in found for slot in part.slots} - set(slots)))
    size = len(slots) + 2
    whole = Products(slots, np.zeros((size, size), dtype=np.int64))
    for part in found:
        if slots and set(slots) <= set(part.slots):
            whole += part.only(slots)
    if whole.n < MINIMUM:
        return Drivers(whole.n, left_out=left_out)
    return _regressed(whole, left_out)


def shared(parts: Sequence[Products]) -> tuple[int, ...]:
    """The most answered criterion, and each next one that at most halves the common ratings."""
    answered: Counter[int] = Counter()
    for part in parts:
        answered.update(dict.fromkeys(part.slots, part.n))
    chosen: set[int] = set()
    for slot in sorted(answered, key=lambda one: (-answered[one], one)):
        kept, before = _common(parts, chosen | {slot}), _common(parts, chosen)
        if not chosen or kept >= max(before / 2, min(before, MINIMUM)):
            chosen.add(slot)
    return tuple(sorted(chosen))


def _common(parts: Sequence[Products], slots: set[int]) -> int:
    return sum(part.n for part in parts if slots <= set(part.slots))


def _regressed(whole: Products, left_out: tuple[int, ...]) -> Drivers:
    sums = whole.sums
    spreads = (whole.n * sums - np.outer(sums[0], sums[0]))[1:, 1:]  # n^2 x covariance, exact
    varies = np.diag(spreads) > 0
    constant = tuple(slot for slot, moves in zip(whole.slots, varies, strict=False) if not moves)
    slots = [slot for slot, moves in zip(whole.slots, varies, strict=False) if moves]
    if not slots or not varies[-1]:
        return Drivers(whole.n, left_out=left_out, constant=constant)
    spreads = spreads[np.ix_(varies, varies)]
    deviations = np.sqrt(np.diag(spreads).astype(np.float64))
    correlations = spreads / np.outer(deviations, deviations)
    found = _fit(slots, whole.n, correlations[:-1, :-1], correlations[:-1, -1])
    return replace(found, left_out=left_out, constant=constant)


def _fit(slots: Sequence[int], n: int, among: Floats, with_score: Floats) -> Drivers:
    """From the correlations among the criteria and with the score."""
    values, vectors = np.linalg.eigh(among)
    told = values > NOTHING
    inverse = (vectors[:, told] / values[told]) @ vectors[:, told].T
    repeats = (np.abs(vectors[:, ~told]) > INVOLVED).any(axis=1)
    betas, inflations = inverse @ with_score, np.diag(inverse)
    r_squared = float(min(1.0, betas @ with_score))
    freedom = n - int(told.sum()) - 1
    errors = np.sqrt((1 - r_squared) / freedom * inflations)
    ps = _significance(betas, np.where(repeats, math.inf, errors), r_squared, freedom)
    weights = relative_weights(among, with_score)
    found = [
        Driver(
            slot,
            correlation=float(with_score[place]),
            beta=None if repeats[place] else float(betas[place]),
            margin=None if repeats[place] else student_point(freedom) * float(errors[place]),
            p=ps[place],
            inflation=math.inf if repeats[place] else float(inflations[place]),
            weight=float(weights[place]),
            nearest=_nearest(slots, among, place),
        )
        for place, slot in enumerate(slots)
    ]
    return Drivers(n, r_squared, tuple(sorted(found, key=lambda one: one.order)))


def _significance(betas: Floats, errors: Floats, r_squared: float, freedom: int) -> list[float]:
    """p of each coefficient by its t, so that noise names a criterion in at most 5 % of the cases.

    Corrected for looking at several (Holm, Scandinavian Journal of Statistics 6, 1979), and never
    smaller than that of all together (Fisher's F).
    """
    whole = _p_of_all(r_squared, len(betas), freedom)
    ps = [
        student_p(beta / error, freedom) if error else float(not beta)
        for beta, error in zip(betas.tolist(), errors.tolist(), strict=True)
    ]
    corrected, least = [0.0] * len(ps), whole
    for rank, place in enumerate(sorted(range(len(ps)), key=ps.__getitem__)):
        least = max(least, min(1.0, ps[place] * (len(ps) - rank)))
        corrected[place] = least
    return corrected


def _p_of_all(r_squared: float, criteria: int, freedom: int) -> float:
    if r_squared == 1:
        return 0.0
    return fisher_p(r_squared / criteria / ((1 - r_squared) / freedom), criteria, freedom)


def relative_weights(among: Floats, with_score: Floats) -> Floats:
    """Share of the score's variance due to each criterion, alone and with the others; sum is R2.

    J. W. Johnson, Multivariate Behavioral Research 35(1), 2000: the score on the orthogonal
    criteria closest to the real ones, carried back to these.
    """
    values, vectors = np.linalg.eigh(among)
    roots = np.sqrt(np.clip(values, 0, None))
    told = values > NOTHING
    closest = (vectors * roots) @ vectors.T
    carried = (vectors[:, told] / roots[told]) @ vectors[:, told].T @ with_score
    weights: Floats = closest**2 @ carried**2
    return weights


def _nearest(slots: Sequence[int], among: Floats, place: int) -> int | None:
    others = [one for one in range(len(slots)) if one != place]
    return slots[max(others, key=lambda one: abs(among[place, one]))] if others else None
