"""Keeping the journal of the satisfaction mapping: which criterion changed its zone, and when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from feedback.models import RatingCriterion
from indicators.closing import closes_at
from indicators.figures import figures
from indicators.formulas.mapping import MappingPoint
from indicators.models import ZoneChange
from partners.period_choice import EARLIEST
from partners.scope import Scope
from triangle.models import Discipline
from triangle.periods import Period, local_day

MINIMUM = 8  # answers on each axis in a month, for its zone to count

Row = tuple[date, int, int | None, str, str, bool]


@dataclass(frozen=True)
class Change:
    month: date
    criterion: str
    from_zone: str
    to_zone: str
    decided: bool


def changes(months: Iterable[tuple[date, Sequence[MappingPoint]]]) -> Iterator[Change]:
    """Of months in order; a month in which too few rated a criterion says nothing about it."""
    last: dict[str, MappingPoint] = {}
    for month, points in months:
        for point in points:
            if point.zone is None or min(point.n, point.importance_n) < MINIMUM:
                continue
            before = last.get(point.criterion)
            if before and before.zone and before.zone != point.zone:
                both = before.decided and point.decided
                yield Change(month, point.criterion, before.zone, point.zone, both)
            last[point.criterion] = point


def write(*, now: datetime) -> int:
    """The journal of all closed months as the tallies tell it now; how many lines had to change."""
    found = set(_found(now=now))
    kept = {
        (row.month, row.criterion_id, row.discipline_id, row.from_zone, row.to_zone, row.decided)
        for row in ZoneChange.objects.all()
    }
    with transaction.atomic():
        for month, criterion, discipline, *_zones in kept - found:
            ZoneChange.objects.filter(
                month=month, criterion=criterion, discipline=discipline
            ).delete()
        ZoneChange.objects.bulk_create(_line(row) for row in found - kept)
    return len(kept ^ found)


def _found(*, now: datetime) -> Iterator[Row]:
    keys = dict(RatingCriterion.objects.values_list("code", "pk"))
    disciplines = Discipline.objects.order_by("pk").values_list("pk", flat=True)
    for discipline in (None, *disciplines):
        for change in changes(_closed_months(discipline, now=now)):
            zones = (change.from_zone, change.to_zone, change.decided)
            yield change.month, keys[change.criterion], discipline, *zones


def _closed_months(
    discipline: int | None, *, now: datetime
) -> Iterator[tuple[date, list[MappingPoint]]]:
    scope = Scope(discipline=(discipline,)) if discipline else Scope()
    for row in figures(scope, Period(EARLIEST, local_day(now)), by="month").rows:
        if isinstance(row.key, date) and closes_at(row.key) <= now:
            yield row.key, row.mapping


def _line(row: Row) -> ZoneChange:
    month, criterion, discipline, from_zone, to_zone, decided = row
    return ZoneChange(
        month=month,
        criterion_id=criterion,
        discipline_id=discipline,
        from_zone=from_zone,
        to_zone=to_zone,
        decided=decided,
    )
