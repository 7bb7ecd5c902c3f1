"""A year of a marketplace, hour by hour over both changes of the clock: nobody is asked too often,
at night, or after they said enough, and every invitation ends."""

from collections import Counter
from dataclasses import replace

import pytest

from feedback.models import Invitation
from feedback.sending import last_look, pace, reminders, suppressions, window
from tests.process.year import (
    Year,
    doubled,
    outside_window,
    over_budget,
    unfinished,
    unwanted,
)

pytestmark = [pytest.mark.year, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _recorder(settings):
    settings.EMAIL_BACKEND = "tests.process.year.Recorder"


def test_a_year():
    year = Year(days=365, orders=900)
    year.live()
    assert over_budget(year.letters) == []
    assert outside_window(year.letters) == []
    assert unwanted(year) == []
    assert doubled(year.letters) == []
    assert list(unfinished(year.end)) == []
    assert_that_much_happened(year)


def assert_that_much_happened(year):
    """A quiet year would prove nothing."""
    invitations = Invitation.objects.all()
    skips = Counter(invitations.exclude(skip_reason="").values_list("skip_reason", flat=True))
    ends = Counter(invitations.values_list("status", flat=True))
    sent = Counter(invitations.filter(sent_at__isnull=False).values_list("about", flat=True))
    waves = Counter(letter.wave for letter in year.letters)
    for reason in ("fatigue", "gave_way", "cancelled", "no_address", "by_hand", "answered"):
        assert skips[reason] > 0, (reason, skips)
    assert skips["opted_out"] + skips["bounced"] > 0, skips
    assert min(ends[end] for end in ("answered", "expired", "uncertain")) > 0, ends
    assert set(sent) == {
        *("intervention", "cancellation", "onboarding", "relation", "debrief", "pulse")
    }
    assert waves[0] > 500
    assert waves[1] > 100


# Each rule has a guard; without it the referee has something to say


def a_fortnight():
    year = Year(days=14, orders=120)
    year.live()
    return year


def test_a_fortnight_with_all_guards_is_fine():
    year = a_fortnight()
    assert len(year.letters) > 50
    assert over_budget(year.letters) + outside_window(year.letters) + unwanted(year) == []


def test_without_the_budget_people_are_asked_too_often(monkeypatch):
    decide = pace.decide
    monkeypatch.setattr(
        pace, "decide", lambda facts, *args, **how: decide(replace(facts, left=()), *args, **how)
    )
    assert over_budget(a_fortnight().letters) != []


def test_without_the_window_mails_leave_at_night(monkeypatch):
    monkeypatch.setattr(window, "next_open", lambda at, *policy: at)
    assert outside_window(a_fortnight().letters) != []


def test_without_the_last_look_reminders_follow_an_answer(monkeypatch):
    monkeypatch.setattr(last_look.Seen, "reason_not_to_send", lambda seen, delivery: None)
    monkeypatch.setattr(reminders, "stop", lambda **how: 0)
    monkeypatch.setattr(suppressions, "cancel", lambda *args, **how: [])
    assert unwanted(a_fortnight()) != []
