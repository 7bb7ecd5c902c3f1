from datetime import UTC, date, datetime, timedelta

import pytest

from triangle import typography


@pytest.mark.parametrize(
    ("value", "places", "english", "french"),
    [
        (None, 0, "–", "–"),
        (0, 0, "0", "0"),
        (1486, 0, "1,486", "1\u202f486"),
        (1234567.891, 2, "1,234,567.89", "1\u202f234\u202f567,89"),
        (-0.6, 1, "−0.6", "−0,6"),
        (-0.04, 1, "0.0", "0,0"),
    ],
)
def test_number(value, places, english, french):
    assert typography.number(value, "en", places=places) == english
    assert typography.number(value, "fr", places=places) == french


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [(None, 0, "–"), (0, 0, "0"), (0.04, 1, "0.0"), (34, 0, "+34"), (-34.2, 1, "−34.2")],
)
def test_signed(value, places, text):
    assert typography.signed(value, "en", places=places) == text


@pytest.mark.parametrize(
    ("share", "english", "french"),
    [(None, "–", "–"), (0.384, "38.4\u00a0%", "38,4\u00a0%"), (1, "100.0\u00a0%", "100,0\u00a0%")],
)
def test_percent(share, english, french):
    assert typography.percent(share, "en") == english
    assert typography.percent(share, "fr") == french


@pytest.mark.parametrize(("value", "text"), [(None, "–"), (-0.007, "−0,7\u00a0pt")])
def test_points(value, text):
    assert typography.points(value, "fr", places=1) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (None, None, ""),
        (None, 3, ""),
        (3, 3, "±\u00a00"),
        (30, 38, "±\u00a04"),
        (30, 30.6, "±\u00a00.3"),
    ],
)
def test_margin(low, high, text):
    assert typography.margin(low, high, "en") == text


@pytest.mark.parametrize(
    ("language", "clock", "day", "last_year", "weekday"),
    [
        ("en", "14:05", "17\u00a0Nov", "17\u00a0Nov\u00a02025", "Tue"),
        ("fr-fr", "14\u00a0h\u00a005", "17\u00a0nov.", "17\u00a0nov.\u00a02025", "mar."),
    ],
)
def test_dates(language, clock, day, last_year, weekday):
    tuesday = date(2026, 11, 17)
    assert typography.clock(datetime(2026, 11, 17, 14, 5, tzinfo=UTC), language) == clock
    assert typography.short_day(tuesday, language, today=date(2026, 12, 31)) == day
    assert typography.short_day(date(2025, 11, 17), language, today=tuesday) == last_year
    assert typography.week_day(tuesday, language) == weekday


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(0), "0\u00a0min"),
        (timedelta(minutes=59, seconds=59), "59\u00a0min"),
        (timedelta(minutes=87), "1\u00a0h\u00a027"),
        (timedelta(minutes=-87), "1\u00a0h\u00a027"),
        (timedelta(hours=48), "2\u00a0jours"),
    ],
)
def test_duration(span, text):
    assert typography.duration(span, "fr") == text


def test_quoted():
    assert typography.quoted("Parfait.", "fr") == "«\u00a0Parfait.\u00a0»"
    assert typography.quoted("Perfect.", "en") == "“Perfect.”"


@pytest.mark.parametrize(
    ("language", "day", "first", "pattern"),
    [
        ("en", 1, "1\u00a0Dec", "l j F"),
        ("fr", 1, "1er\u00a0déc.", r"l j\e\r F"),
        ("fr", 2, "2\u00a0déc.", "l j F"),
    ],
)
def test_the_first_of_a_month_is_an_ordinal_in_french(language, day, first, pattern):
    december = date(2026, 12, day)
    assert typography.short_day(december, language, today=december) == first
    assert typography.day_pattern("l j F", december, language) == pattern


@pytest.mark.parametrize(
    ("first", "last", "english", "french"),
    [
        (date(2025, 1, 1), date(2025, 3, 31), "1 Jan – 31 Mar 2025", "1er janv. – 31 mars 2025"),
        (
            date(2024, 12, 20),
            date(2025, 1, 5),
            "20 Dec 2024 – 5 Jan 2025",
            "20 déc. 2024 – 5 janv. 2025",
        ),
        (date(2024, 2, 29), date(2024, 2, 29), "29 Feb 2024", "29 févr. 2024"),
    ],
)
def test_days(first, last, english, french):
    assert typography.days(first, last, "en").replace("\u00a0", " ") == english
    assert typography.days(first, last, "fr").replace("\u00a0", " ") == french
