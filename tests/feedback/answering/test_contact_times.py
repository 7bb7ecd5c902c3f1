from datetime import date

import pytest
from django.utils.translation import override

from feedback.answering import contact_times

THURSDAY = date(2026, 3, 12)
FRIDAY = date(2026, 3, 13)


def test_the_next_two_working_days_are_offered_then_mail():
    values = [value for value, _ in contact_times.choices(today=THURSDAY)]
    assert values == [
        "2026-03-13 09-12",
        "2026-03-13 14-17",
        "2026-03-16 09-12",
        "2026-03-16 14-17",
        "e-mail",
    ]


def test_nobody_calls_on_a_public_holiday():
    values = [value for value, _ in contact_times.choices(today=date(2026, 12, 24))]
    assert values[0] == "2026-12-28 09-12"


@pytest.mark.parametrize(
    ("language", "value", "words"),
    [
        ("en", "", ""),
        ("en", "e-mail", "by e-mail"),
        ("en", "2026-03-13 14-17", "tomorrow, 14:00 – 17:00"),
        ("en", "2026-03-16 09-12", "Monday 16 March, 09:00 – 12:00"),
        ("fr", "2026-03-16 09-12", "lundi 16 mars, 9\xa0h\xa000 – 12\xa0h\xa000"),
        ("en", "whenever", "whenever"),
    ],
)
def test_a_moment_is_said_in_words(language, value, words):
    with override(language):
        assert contact_times.words(value, today=THURSDAY) == words


@pytest.mark.parametrize("value", ["", "e-mail", "2020-01-01 09-12"])
def test_known_moments(value):
    assert contact_times.is_known(value)


@pytest.mark.parametrize(
    "value", ["now", "2026-13-01 09-12", "2026-03-13 25-26", "2026-03-13", "٢٠٢٦-03-13 09-12"]
)
def test_unknown_moments(value):
    assert not contact_times.is_known(value)
