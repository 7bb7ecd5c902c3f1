"""When a mail may leave: the hours, days and holidays of a policy, in the recipient's own time.

Pure but for the clock's zones and the calendar of holidays, which are the world's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from django.conf import settings
from holidays import HolidayBase, country_holidays

from feedback.models import ContactPolicy

HORIZON_DAYS = 366  # a policy that has no open hour in a year has none

IsHoliday = Callable[[date], bool]


def next_open(
    at: datetime, policy: ContactPolicy, zone: ZoneInfo, is_holiday: IsHoliday
) -> datetime:
    """The first instant from `at` on inside the window; `at` itself when it is inside.

    Compared as instants in UTC: within one zone Python compares and adds wall clocks, which is
    wrong in the nights when the clock changes.
    """
    at = at.astimezone(UTC)
    for opens_at, closes_at in _windows(at.astimezone(zone).date(), policy, zone, is_holiday):
        if (first := max(at, opens_at)) < closes_at:
            return first
    return at


@cache
def zone(name: str) -> ZoneInfo:
    """The company's own where nobody knows such a zone."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, malformed, or a folder of zones
        return ZoneInfo(settings.TIME_ZONE)


def is_holiday(day: date) -> bool:
    country = settings.HOLIDAYS_COUNTRY
    return bool(country) and day in _calendar(country)


@cache
def _calendar(country: str) -> HolidayBase:
    return country_holidays(country)


def _windows(
    first: date, policy: ContactPolicy, zone: ZoneInfo, is_holiday: IsHoliday
) -> Iterator[tuple[datetime, datetime]]:
    for day in (first + timedelta(days=n) for n in range(HORIZON_DAYS)):
        if _is_open_day(day, policy, is_holiday):
            yield _hour(day, policy.opens_hour, zone), _hour(day, policy.closes_hour, zone)


def _is_open_day(day: date, policy: ContactPolicy, is_holiday: IsHoliday) -> bool:
    if str(day.isoweekday()) not in policy.weekdays:
        return False
    return policy.on_holidays or not is_holiday(day)


def _hour(day: date, hour: int, zone: ZoneInfo) -> datetime:
    """An hour the clock skips is the instant of the change; one it shows twice is the first."""
    midnight = day + timedelta(days=hour // 24)
    return datetime.combine(midnight, time(hour % 24), tzinfo=zone).astimezone(UTC)
