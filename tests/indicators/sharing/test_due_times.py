"""When a regular mail is due; days and hours of Paris."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from feedback.sending.window import is_holiday
from indicators.sharing.due_times import next_monthly, next_weekly

PARIS = ZoneInfo("Europe/Paris")
MONDAY, SUNDAY = 0, 6


def at(*parts):
    return datetime(*parts, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("after", "weekday", "due"),
    [
        (at(2026, 3, 9, 7, 59), MONDAY, at(2026, 3, 9, 8)),
        (at(2026, 3, 9, 8, 0), MONDAY, at(2026, 3, 16, 8)),
        (at(2026, 3, 10, 12), MONDAY, at(2026, 3, 16, 8)),
        (at(2026, 3, 10, 12), SUNDAY, at(2026, 3, 15, 8)),
        (at(2026, 3, 23, 9), SUNDAY, at(2026, 3, 29, 8)),  # the night one hour is missing
    ],
)
def test_every_week(after, weekday, due):
    found = next_weekly(after, weekday=weekday, hour=8, zone=PARIS)
    assert found == due
    assert found.astimezone(PARIS).hour == 8


@pytest.mark.parametrize(
    ("after", "due"),
    [
        (at(2026, 3, 1, 0), at(2026, 3, 2, 8)),  # the first is a Sunday
        (at(2026, 3, 2, 8), at(2026, 4, 1, 8)),
        (at(2026, 12, 15, 0), at(2027, 1, 4, 8)),  # New Year, then a weekend
        (at(2026, 4, 30, 0), at(2026, 5, 4, 8)),  # the first of May, then a weekend
    ],
)
def test_the_first_working_day_of_the_month(after, due):
    assert next_monthly(after, hour=8, zone=PARIS, is_holiday=is_holiday) == due


def test_always_later_and_always_the_next():
    """Following the rule from its own times never stands still and never skips a week."""
    moment = at(2026, 10, 1, 0)
    for _week in range(10):
        found = next_weekly(moment, weekday=SUNDAY, hour=2, zone=PARIS)
        assert 0 < (found - moment).total_seconds() <= 8 * 86_400
        moment = found
