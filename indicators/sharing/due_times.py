"""When a mail that comes regularly is due next, in the company's local time; pure."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SATURDAY = 5


def next_weekly(after: datetime, *, weekday: int, hour: int, zone: ZoneInfo) -> datetime:
    """The first such day and hour later than `after`; Monday is 0."""
    day = after.astimezone(zone).date()
    day += timedelta(days=(weekday - day.weekday()) % 7)
    due = _at(day, hour, zone)
    return due if due > after else _at(day + timedelta(days=7), hour, zone)


def next_monthly(
    after: datetime, *, hour: int, zone: ZoneInfo, is_holiday: Callable[[date], bool]
) -> datetime:
    """The first working day of a month at that hour, later than `after`."""
    month = after.astimezone(zone).date().replace(day=1)
    due = _at(_first_working_day(month, is_holiday), hour, zone)
    if due > after:
        return due
    following = month + timedelta(days=monthrange(month.year, month.month)[1])
    return _at(_first_working_day(following, is_holiday), hour, zone)


def _first_working_day(month: date, is_holiday: Callable[[date], bool]) -> date:
    day = month
    while day.weekday() >= SATURDAY or is_holiday(day):
        day += timedelta(days=1)
    return day


def _at(day: date, hour: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(hour), zone)
