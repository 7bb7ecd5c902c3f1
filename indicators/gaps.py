"""The triangle: three corners on a scale of 0 to 10, and the gaps between them.

A gap is the difference of two means; its interval adds the squares of their half-widths, which
holds for means of different answers. A gap whose interval holds 0 is not named, and one of too few
answers on either side is undecided: it has no value at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import hypot
from typing import Literal

from django.conf import settings

from indicators.figures import Figures
from indicators.formulas.estimates import Mean, Nps

GapName = Literal["delivered_expected", "perceived_delivered", "partner_client"]
THINNEST, THICKEST = 1.5, 6.0  # pixels of a side
THICK_FROM = 2.0  # points of gap


@dataclass(frozen=True)
class Corner:
    """One quality; `value` is None when nothing tells it, and the corner is drawn hollow."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    trend: list[float | None]

    @property
    def is_known(self) -> bool:
        return self.value is not None


@dataclass(frozen=True)
class Gap:
    """First mean minus second, in points of 0 to 10, with the half-width of its interval.

    Both are None while one of the two means is of fewer answers than the minimum.
    """

    name: GapName
    first: Mean
    second: Mean
    minimum: int
    value: float | None = None
    margin: float | None = None
    is_widest: bool = False

    @property
    def fewest(self) -> int:
        """Answers of the side that has less of them."""
        return min(self.first.n, self.second.n)

    @property
    def is_decided(self) -> bool:
        return self.value is not None

    @property
    def is_certain(self) -> bool:
        return self.value is not None and self.margin is not None and abs(self.value) > self.margin

    @property
    def size(self) -> float:
        return abs(self.value or 0)

    @property
    def width(self) -> float:
        """Pixels of the line drawn for it."""
        share = min(self.size / THICK_FROM, 1)
        return round(THINNEST + share * (THICKEST - THINNEST), 1)


@dataclass(frozen=True)
class Triangle:
    """Corners, gaps and how long ago the grids were reviewed."""

    expected: Corner
    delivered: Corner
    perceived: Corner
    nps: Nps
    delivered_expected: Gap
    perceived_delivered: Gap
    partner_client: Gap
    review_days: int | None

    @property
    def gaps(self) -> tuple[Gap, Gap, Gap]:
        return self.delivered_expected, self.perceived_delivered, self.partner_client

    @property
    def is_undecided(self) -> bool:
        return not any(gap.is_decided for gap in self.gaps)

    @property
    def widest(self) -> Gap | None:
        return next((gap for gap in self.gaps if gap.is_widest), None)


def triangle(
    now: Figures,
    months: Sequence[Figures],
    *,
    reviewed_on: date | None,
    today: date,
) -> Triangle:
    first, second, third = gaps_between(
        now.expected,
        now.delivered,
        now.perceived,
        now.returns.mean,
        minimum=settings.PARTNER_MINIMUM_ANSWERS,
    )
    return Triangle(
        expected=_corner(now.expected, [month.expected for month in months]),
        delivered=_corner(now.delivered, [month.delivered for month in months]),
        perceived=_corner(now.perceived, [month.perceived for month in months]),
        nps=now.nps,
        delivered_expected=first,
        perceived_delivered=second,
        partner_client=third,
        review_days=(today - reviewed_on).days if reviewed_on else None,
    )


def gaps_between(
    expected: Mean, delivered: Mean, perceived: Mean, partner: Mean, *, minimum: int
) -> tuple[Gap, Gap, Gap]:
    """Delivered to expected, perceived to delivered, partner's view to client's; one is widest."""
    found = (
        gap("delivered_expected", delivered, expected, minimum=minimum),
        gap("perceived_delivered", perceived, delivered, minimum=minimum),
        gap("partner_client", partner, perceived, minimum=minimum),
    )
    certain = [one for one in found if one.is_certain]
    widest = max(certain, key=lambda one: one.size, default=None)
    first, second, third = (replace(one, is_widest=True) if one is widest else one for one in found)
    return first, second, third


def gap(name: GapName, first: Mean, second: Mean, *, minimum: int) -> Gap:
    if min(first.n, second.n) < minimum or first.value is None or second.value is None:
        return Gap(name, first, second, minimum)
    margin = hypot(half_width(first), half_width(second))
    return Gap(name, first, second, minimum, first.value - second.value, margin)


def half_width(mean: Mean) -> float:
    return ((mean.high or 0) - (mean.low or 0)) / 2


def _corner(mean: Mean, months: Sequence[Mean]) -> Corner:
    return Corner(mean.value, mean.low, mean.high, mean.n, [month.value for month in months])
