from datetime import date

import pytest
from django.http import QueryDict

from partners.period_choice import PeriodChoice
from triangle.periods import Period

TODAY = date(2026, 3, 10)
FEBRUARY = "period=last_month"


def asked(text):
    return PeriodChoice.from_query(QueryDict(text), today=TODAY)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("", date(2025, 9, 12), date(2025, 12, 10)),
        (FEBRUARY, date(2026, 1, 1), date(2026, 1, 31)),
        (f"{FEBRUARY}&compare=before", date(2026, 1, 1), date(2026, 1, 31)),
        (
            f"{FEBRUARY}&compare=before&compare_from=2025-01-01",
            *(date(2026, 1, d) for d in (1, 31)),
        ),
        (f"{FEBRUARY}&compare=year", date(2025, 2, 1), date(2025, 2, 28)),
        ("from=2024-02-01&to=2024-02-29&compare=year", date(2023, 2, 1), date(2023, 2, 28)),
        (
            f"{FEBRUARY}&compare=custom&compare_from=2025-01-01&compare_to=2025-03-31",
            date(2025, 1, 1),
            date(2025, 3, 31),
        ),
        (f"{FEBRUARY}&compare_from=2025-03-01", date(2025, 3, 1), date(2025, 3, 28)),
        (f"{FEBRUARY}&compare_to=2025-03-28", date(2025, 3, 1), date(2025, 3, 28)),
    ],
)
def test_what_a_period_is_compared_with(text, first, last):
    assert asked(text).compared == Period(first, last)


@pytest.mark.parametrize("text", ["period=everything", f"{FEBRUARY}&compare=none"])
def test_nothing_to_compare_with(text):
    choice = asked(text)
    assert (choice.compared, choice.comparison.message) == (None, None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("compare=decade", "not known"),
        ("compare=custom", "Choose the days"),
        ("compare_from=2025-02-30", "not a date"),
        ("compare_from=%00", "not a date"),
        ("compare_from=0001-01-01", "between 2000 and 2099"),
        ("compare_to=9999-12-31", "between 2000 and 2099"),
        ("compare_from=2025-02-02&compare_to=2025-02-01", "before the first day"),
        ("compare_from=2026-01-01&compare_to=2026-02-01", "belong to the period"),
        ("compare_from=2026-02-28&compare_to=2026-03-31", "belong to the period"),
        ("from=2024-01-01&to=2025-01-01&compare=year", "longer than a year"),
    ],
)
def test_a_wrong_comparison_is_the_default_and_says_so(text, said):
    plain, choice = asked(f"{FEBRUARY}&"), asked(f"{FEBRUARY}&{text}")
    if "from=2024" in text:
        plain, choice = asked("from=2024-01-01&to=2025-01-01"), asked(text)
    assert said in str(choice.comparison.message)
    assert choice.compared == plain.compared
    assert (choice.message, choice.as_query()) == (None, plain.as_query())


@pytest.mark.parametrize("period", ["", FEBRUARY, "from=2025-06-01&to=2025-08-31"])
@pytest.mark.parametrize("compare", ["year", "none", "custom&compare_from=2024-02-01"])
def test_a_choice_reads_its_own_query_back(period, compare):
    choice = asked(f"{period}&compare={compare}")
    again = asked(choice.as_query())
    assert (again, hash(again)) == (choice, hash(choice))
    assert again != asked(period)


def test_the_default_leaves_the_address_plain():
    assert asked("compare=before").as_query() == ""
    assert asked(f"{FEBRUARY}&compare=year").as_query() == f"{FEBRUARY}&compare=year"
