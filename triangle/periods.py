"""Days and periods in the company's time zone; a day has 23 or 25 hours twice a year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone


def local_day(instant: datetime) -> date:
    """The company's calendar day in which an instant falls."""
    return timezone.localtime(instant, timezone.get_default_timezone()).date()


def month_start(day: date) -> date:
    return day.replace(day=1)


def next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


@dataclass(frozen=True)
class Period:
    """Inclusive local days."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("a period ends on or after its first day")

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def months(self) -> Iterator[date]:
        """First day of each month the period touches."""
        month = month_start(self.first)
        while month <= self.last:
            yield month
            month = next_month(month)

    def before(self) -> Period:
        """The period of the same length that ends the day before."""
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1))


def last_days(days: int, *, today: date) -> Period:
    return Period(today - timedelta(days=days - 1), today)
