"""What is foreseen for the mails that wait, case by case; see test_ahead_board for what then is."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from feedback.models import ContactPolicy, Invitation
from feedback.sending import window
from feedback.sending.forecast import Departure, Waiting, forecast
from tests.factories import NOON

Skip = Invitation.Skip
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NADIA = ("client", "nadia")


def waits(n, due_at=NOON + HOUR, **fields):
    usual = Waiting(
        due_at=due_at,
        id=n,
        is_first=True,
        expires_at=due_at + 14 * DAY,
        person=NADIA,
        domain="example.org",
        zone=ZoneInfo("Europe/Paris"),
        priority=5,
    )
    return replace(usual, **fields)


def foresee(*waiting, left=(), now=NOON, **policy):
    found = forecast(
        waiting,
        left={NADIA: left},
        to_domains={},
        policies={"client": ContactPolicy(role="client", **policy)},
        now=now,
        is_holiday=window.is_holiday,
    )
    return [(one.id, one.at, one.skip) for one in found]


def test_nothing_waits():
    assert foresee() == []


def test_a_mail_leaves_when_it_is_due_and_what_is_late_leaves_now():
    late, due = waits(1, NOON - DAY, person=("client", "paul")), waits(2)
    assert foresee(due, late) == [(1, NOON, None), (2, NOON + HOUR, None)]


def test_the_second_to_one_person_is_too_much():
    assert foresee(waits(2, NOON + 2 * HOUR), waits(1)) == [
        (1, NOON + HOUR, None),
        (2, NOON + 2 * HOUR, Skip.FATIGUE),
    ]


def test_who_was_asked_lately_is_named_the_day_of_the_next_time():
    [one] = forecast(
        [waits(1)],
        left={NADIA: [NOON - 4 * DAY]},
        to_domains={},
        policies={"client": ContactPolicy(role="client")},
        now=NOON,
        is_holiday=window.is_holiday,
    )
    assert (one.skip, str(one.next_eligible_on)) == (Skip.FATIGUE, "2026-03-20")


def test_a_budget_frees_itself_as_time_goes_by():
    assert foresee(waits(1, NOON + 10 * DAY), left=[NOON - 4 * DAY])[0][2] is None
    assert foresee(waits(1, NOON + 10 * DAY - HOUR), left=[NOON - 4 * DAY])[0][2] == Skip.FATIGUE


def test_the_less_important_gives_way_to_what_is_due_within_a_day():
    soon = waits(2, NOON + 25 * HOUR, priority=2)
    assert foresee(waits(1), soon) == [(1, NOON + HOUR, Skip.GAVE_WAY), (2, soon.due_at, None)]
    for changed in ({"barred": Skip.OPTED_OUT}, {"has_rule": False}, {"priority": 5}):
        assert foresee(waits(1), replace(soon, **changed))[0] == (1, NOON + HOUR, None)
    assert foresee(waits(1), replace(soon, due_at=NOON + 25.1 * HOUR))[0][2] is None


def test_what_is_barred_is_dropped_on_its_hour_and_takes_no_room():
    assert foresee(waits(1, barred=Skip.BOUNCED), waits(2)) == [
        (1, NOON + HOUR, Skip.BOUNCED),
        (2, NOON + HOUR, None),
    ]


def test_at_night_it_waits_for_the_morning_unless_it_ends_before():
    night = NOON + 10 * HOUR
    assert foresee(waits(1, night)) == [(1, NOON + 21 * HOUR, None)]
    assert foresee(waits(1, night, expires_at=NOON + 21 * HOUR)) == [(1, night, Skip.TOO_LATE)]


def test_a_reminder_neither_takes_nor_needs_room():
    reminder = waits(1, is_first=False)
    assert foresee(reminder, waits(2), left=[]) == [
        (1, NOON + HOUR, None),
        (2, NOON + HOUR, None),
    ]
    assert foresee(reminder, left=[NOON - DAY]) == [(1, NOON + HOUR, None)]


def test_a_full_domain_lets_the_next_one_wait_for_an_hour():
    mails = [waits(n, person=("client", str(n))) for n in (1, 2)]
    assert foresee(*mails, domain_per_hour=1) == [
        (1, NOON + HOUR, None),
        (2, NOON + 2 * HOUR, None),
    ]


def test_only_what_leaves_later_than_planned_is_moved():
    assert Departure(1, at=NOON + HOUR, due_at=NOON).is_moved
    assert not Departure(1, at=NOON, due_at=NOON).is_moved
    assert not Departure(1, at=NOON + HOUR, due_at=NOON, skip=Skip.FATIGUE).is_moved
