"""What direction does beside the play: targets set, months closed and scores watched in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from indicators import closing, targets
from indicators.alerts import alerts
from triangle.models import Discipline, User
from triangle.periods import local_day

TARGETS = (  # indicator, discipline, last year's value, this year's
    ("nps", None, "35", "40"),
    ("nps", "massage", "25", "30"),
    ("company", None, "4.1", "4.2"),
    ("partner", None, "4.2", "4.3"),
    ("cancellations", None, "6", "5"),
    ("response", None, "40", "45"),
    ("returns", None, "80", "85"),
)
WEEKS = 78  # in which scores were watched


def steer(*, now: datetime, by: User) -> None:
    """The tallies are counted; months close and alerts rise as they would have."""
    _set_targets(now=now, by=by)
    for month in list(closing.due(now=now)):
        closing.close_due(now=closing.closes_at(month))
    for morning in _mornings(now):
        alerts.raise_due(now=morning)


def _mornings(now: datetime) -> Iterator[datetime]:
    """One a week, for a year and a half; the last is today."""
    for weeks in range(WEEKS, -1, -1):
        yield now - timedelta(weeks=weeks)


def _set_targets(*, now: datetime, by: User) -> None:
    this_year = local_day(now).year
    for indicator, code, *values in TARGETS:
        for year, value in zip((this_year - 1, this_year), values, strict=True):
            targets.add(
                indicator=indicator,
                year=year,
                discipline=Discipline.objects.get(code=code) if code else None,
                setting=None,
                value=Decimal(value),
                by=by,
                now=now,
            )
