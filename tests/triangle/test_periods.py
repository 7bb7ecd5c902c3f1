from datetime import date

import pytest

from triangle.periods import Period, months_before


def days(text):
    first, last = text.split("/")
    return Period(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("period", "before"),
    [
        ("2026-03-10/2026-03-10", "2026-03-09/2026-03-09"),
        ("2026-03-01/2026-03-10", "2026-02-19/2026-02-28"),
        ("2026-03-01/2026-03-31", "2026-02-01/2026-02-28"),
        ("2024-03-01/2024-03-31", "2024-02-01/2024-02-29"),
        ("2025-04-01/2025-06-30", "2025-01-01/2025-03-31"),
        ("2025-01-01/2025-12-31", "2024-01-01/2024-12-31"),
        ("2025-12-01/2026-02-28", "2025-09-01/2025-11-30"),
        # days, not blocks of 24 hours: the clocks change on 30 March and on 26 October 2025
        ("2025-03-30/2025-04-28", "2025-02-28/2025-03-29"),
        ("2025-10-27/2025-11-02", "2025-10-20/2025-10-26"),
    ],
)
def test_before(period, before):
    assert days(period).before() == days(before)


@pytest.mark.parametrize(
    ("period", "year_before"),
    [
        ("2026-03-01/2026-03-10", "2025-03-01/2025-03-10"),
        ("2025-12-20/2026-01-05", "2024-12-20/2025-01-05"),
        ("2024-02-29/2024-02-29", "2023-02-28/2023-02-28"),
        ("2024-02-29/2024-03-10", "2023-02-28/2023-03-10"),
        ("2023-12-05/2024-02-29", "2022-12-05/2023-02-28"),
        ("2024-02-01/2024-02-29", "2023-02-01/2023-02-28"),
        ("2025-02-01/2025-02-28", "2024-02-01/2024-02-29"),
        ("2025-02-02/2025-02-28", "2024-02-02/2024-02-28"),
        ("2025-03-30/2025-03-30", "2024-03-30/2024-03-30"),
        ("2025-10-26/2025-10-26", "2024-10-26/2024-10-26"),
    ],
)
def test_year_before(period, year_before):
    assert days(period).year_before() == days(year_before)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ("2026-02-01/2026-02-28", False),
        ("2026-02-01/2026-03-01", True),
        ("2026-03-31/2026-04-30", True),
        ("2026-04-01/2026-04-30", False),
        ("2026-01-01/2026-12-31", True),
    ],
)
def test_overlaps(other, expected):
    march = days("2026-03-01/2026-03-31")
    assert march.overlaps(days(other)) is days(other).overlaps(march) is expected


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, date(2026, 3, 1)),
        (2, date(2026, 1, 1)),
        (3, date(2025, 12, 1)),
        (15, date(2024, 12, 1)),
    ],
)
def test_months_before(count, expected):
    assert months_before(date(2026, 3, 31), count) == expected
