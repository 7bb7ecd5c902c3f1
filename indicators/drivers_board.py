"""What drives the score, under a filter: read live, and only when somebody asks.

Products between criteria are kept in no tally: at day grain they would more than double the cells,
at month grain alone the days at the edges of a period would be read live all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import Aggregate, Case, Count, F, QuerySet, Sum, Value, When

from feedback.models import Rating, RatingCriterion
from indicators.formulas.drivers import Driver, Drivers, Products, drivers
from indicators.models import Family
from indicators.tallies.measures import FAMILIES
from partners.scope import Scope
from triangle.periods import Period

MEASURED = FAMILIES[Family.RATING]


@dataclass(frozen=True)
class DriversBoard:
    """`names` are those of the criteria, by slot."""

    scope: Scope
    period: Period
    found: Drivers
    names: dict[int, str]

    @property
    def blurred(self) -> list[Driver]:
        return [driver for driver in self.found.drivers if driver.is_blurred]

    @property
    def left_out(self) -> list[str]:
        return [self.names[slot] for slot in self.found.left_out]

    @property
    def constant(self) -> list[str]:
        return [self.names[slot] for slot in self.found.constant]


def drivers_board(scope: Scope, period: Period) -> DriversBoard:
    """Two queries, whatever the filter."""
    names = {one.slot: one.name for one in RatingCriterion.objects.order_by("slot")}
    return DriversBoard(scope, period, drivers(products(scope, period, tuple(names))), names)


def products(scope: Scope, period: Period, slots: Sequence[int]) -> Iterator[Products]:
    """One query: a row for each set of criteria that were answered together."""
    if not slots:
        return
    days = {f"{MEASURED.day}__range": (period.first, period.last)}
    ratings: QuerySet[Rating] = scope.narrow(Rating.objects.filter(MEASURED.counted, **days))
    rows: Any = ratings.order_by().annotate(answered=_answered(slots)).values("answered")
    for row in rows.annotate(**_sums(slots)).filter(answered__gt=0):
        yield _products([slot for slot in slots if row["answered"] >> slot & 1], row)


def _answered(slots: Sequence[int]) -> Any:
    """A bit for each criterion that a rating answered."""
    bits = [
        Case(When(**{f"satisfaction_{slot}__isnull": False}, then=Value(1 << slot)), default=0)
        for slot in slots
    ]
    return sum(bits[1:], start=bits[0])


def _sums(slots: Sequence[int]) -> dict[str, Aggregate]:
    """What was not answered is null, and so is its product: no sum sees it."""
    columns = {slot: F(f"satisfaction_{slot}") for slot in slots} | {0: F("score")}
    sums: dict[str, Aggregate] = {"n": Count("pk")}
    for one, column in columns.items():
        sums[f"s{one}"] = Sum(column)
        for other, beside in columns.items():
            if other <= one:
                sums[f"p{other}_{one}"] = Sum(column * beside)
    return sums


def _products(slots: Sequence[int], row: dict[str, int]) -> Products:
    order = [*slots, 0]  # the score stands last
    matrix = np.zeros((len(order) + 1, len(order) + 1), dtype=np.int64)
    matrix[0, 0] = row["n"]
    for place, one in enumerate(order, start=1):
        matrix[0, place] = matrix[place, 0] = row[f"s{one}"]
        for beside, other in enumerate(order, start=1):
            matrix[place, beside] = row[f"p{min(one, other)}_{max(one, other)}"]
    return Products(tuple(slots), matrix)
