from datetime import date

import pytest
from django.http import QueryDict

from partners.period_choice import PRESETS, PeriodChoice
from triangle.periods import Period

TODAY = date(2026, 3, 10)


def asked(text):
    return PeriodChoice.from_query(QueryDict(text), today=TODAY)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("", date(2025, 12, 11), TODAY),
        ("period=90_days", date(2025, 12, 11), TODAY),
        ("period=this_month", date(2026, 3, 1), TODAY),
        ("period=last_month", date(2026, 2, 1), date(2026, 2, 28)),
        ("period=12_months", date(2025, 4, 1), TODAY),
        ("period=this_quarter", date(2026, 1, 1), TODAY),
        ("period=last_quarter", date(2025, 10, 1), date(2025, 12, 31)),
        ("period=this_year", date(2026, 1, 1), TODAY),
        ("period=last_year", date(2025, 1, 1), date(2025, 12, 31)),
        ("period=everything", date(2000, 1, 1), TODAY),
        ("period=custom&from=2018-01-01&to=2018-12-31", date(2018, 1, 1), date(2018, 12, 31)),
        ("from=2018-01-01&to=2018-01-01", date(2018, 1, 1), date(2018, 1, 1)),
        ("from=2018-01-01", date(2018, 1, 1), TODAY),
        ("to=2018-01-01", date(2000, 1, 1), date(2018, 1, 1)),
        ("from=2027-01-01", date(2027, 1, 1), date(2027, 1, 1)),
    ],
)
def test_period(text, first, last):
    choice = asked(text)
    assert (choice.period, choice.message) == (Period(first, last), None)


@pytest.mark.parametrize(
    "text",
    [
        *("period=yesterday", "from=2018-02-30", "to=soon", "from=2018-01-02&to=2018-01-01"),
        *("from=0001-01-01", "to=9999-12-31", "from=%00", "from=٢٠١٨-٠١-٠١"),
    ],
)
def test_a_wrong_period_is_the_default_and_says_so(text):
    choice = asked(text)
    assert choice.period == asked("").period
    assert str(choice.message)


@pytest.mark.parametrize("text", [*(f"period={name}" for name in PRESETS), "from=2018-01-01"])
def test_a_choice_reads_its_own_query_back(text):
    assert asked(asked(text).as_query()) == asked(text)


def test_december_and_january():
    period = PeriodChoice.from_query({"period": "12_months"}, today=date(2026, 12, 31)).period
    assert period.first == date(2026, 1, 1)
    assert PeriodChoice.from_query(
        {"period": "last_month"}, today=date(2026, 1, 15)
    ).period == Period(date(2025, 12, 1), date(2025, 12, 31))


@pytest.mark.parametrize(
    ("today", "this", "last"),
    [
        (date(2024, 4, 1), date(2024, 4, 1), Period(date(2024, 1, 1), date(2024, 3, 31))),
        (date(2024, 3, 31), date(2024, 1, 1), Period(date(2023, 10, 1), date(2023, 12, 31))),
        (date(2024, 12, 31), date(2024, 10, 1), Period(date(2024, 7, 1), date(2024, 9, 30))),
    ],
)
def test_quarters(today, this, last):
    shown = [PeriodChoice.from_query({"period": name}, today=today) for name in QUARTERS]
    assert [choice.period for choice in shown] == [Period(this, today), last]


QUARTERS = ("this_quarter", "last_quarter")
