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


def months_before(day: date, count: int) -> date:
    """First day of the month that many months earlier."""
    years, month = divmod(day.year * 12 + day.month - 1 - count, 12)
    return date(years, month + 1, 1)


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

    @property
    def is_whole_months(self) -> bool:
        return self.first.day == 1 and (self.last + timedelta(days=1)).day == 1

    def overlaps(self, other: Period) -> bool:
        return self.first <= other.last and other.first <= self.last

    def before(self) -> Period:
        """As many days, or as many whole months for whole months, that end the day before."""
        end = self.first - timedelta(days=1)
        if self.is_whole_months:
            return Period(months_before(self.first, len(list(self.months()))), end)
        return Period(self.first - timedelta(days=self.days), end)

    def year_before(self) -> Period:
        """The same days; 29 February is the 28th there, and whole months stay whole."""
        if self.is_whole_months:
            end = months_before(next_month(self.last), 12) - timedelta(days=1)
            return Period(months_before(self.first, 12), end)
        return Period(_year_before(self.first), _year_before(self.last))


def last_days(days: int, *, today: date) -> Period:
    return Period(today - timedelta(days=days - 1), today)


def _year_before(day: date) -> date:
    is_leap_day = (day.month, day.day) == (2, 29)
    return date(day.year - 1, day.month, 28 if is_leap_day else day.day)
