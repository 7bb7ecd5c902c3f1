"""What is asked now and then: each client, each partner has an own day of the period.

The day follows from the key, so that all are not asked at once and nothing has to be remembered.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from django.db.models import Exists, F, Model, OuterRef, QuerySet
from django.utils import timezone

from feedback.models import Invitation, Rule
from triangle.periods import local_day

LATE_DAYS = 7  # a day that fell due this lately is caught up with; no period is shorter

Row = TypeVar("Row", bound=Model)


def fallen_due(rows: QuerySet[Row], person: str, rule: Rule, *, now: datetime) -> QuerySet[Row]:
    """Those whose day was lately and who were not asked within a period.

    When the period of a rule changes the days move: nobody is asked before a period has passed.
    """
    if not (every := rule.every_days):
        return rows.none()
    asked = Invitation.objects.filter(
        **{person: OuterRef("pk")},
        about=rule.survey.about,
        occasion__gt=(local_day(now) - timedelta(days=every)).isoformat(),
    )
    lately = rows.alias(phase=F("pk") % every).filter(phase__in=list(_by_phase(every, now)))
    due: QuerySet[Row] = lately.filter(~Exists(asked)).order_by("pk")
    return due


def of(rows: Iterable[Row], rule: Rule, *, now: datetime) -> list[tuple[Row, date]]:
    """Each with the day it fell due."""
    every = rule.every_days or 1
    by_phase = _by_phase(every, now)
    return [(row, by_phase[row.pk % every]) for row in rows]


def begin(day: date) -> datetime:
    """The first instant of a company day."""
    return timezone.make_aware(datetime.combine(day, time()), timezone.get_default_timezone())


def _by_phase(every: int, now: datetime) -> dict[int, date]:
    today = local_day(now)
    lately = (today - timedelta(days=n) for n in range(min(LATE_DAYS, every)))
    return {day.toordinal() % every: day for day in lately}
