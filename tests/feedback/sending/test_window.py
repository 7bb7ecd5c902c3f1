"""When a mail may leave, in the recipient's own time, over both changes of the clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.models import ContactPolicy
from feedback.sending import window

PARIS = ZoneInfo("Europe/Paris")
POLICY = ContactPolicy(role="client")
FROM_NINE = ContactPolicy(opens_hour=9, weekdays="1234567", on_holidays=True)


def no_holiday(day):
    return False


def paris(text):
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


def opens(text, policy=POLICY, zone=PARIS, is_holiday=window.is_holiday):
    found = window.next_open(paris(text), policy, zone, is_holiday)
    return found.astimezone(zone).strftime("%a %Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("at", "leaves"),
    [
        ("2026-03-10 12:00", "Tue 2026-03-10 12:00"),
        ("2026-03-10 09:00", "Tue 2026-03-10 09:00"),
        ("2026-03-10 08:59", "Tue 2026-03-10 09:00"),
        ("2026-03-10 18:59", "Tue 2026-03-10 18:59"),
        ("2026-03-10 19:00", "Wed 2026-03-11 09:00"),
        ("2026-03-13 23:40", "Mon 2026-03-16 09:00"),  # a Friday night
        ("2026-04-05 10:00", "Tue 2026-04-07 09:00"),  # Easter Sunday, and its Monday
        ("2026-12-31 20:00", "Mon 2027-01-04 09:00"),
    ],
)
def test_it_leaves_inside_the_window(at, leaves):
    assert opens(at) == leaves


def test_holidays_count_unless_the_policy_says_so():
    assert opens("2026-05-01 10:00") == "Mon 2026-05-04 09:00"
    assert opens("2026-05-01 10:00", ContactPolicy(on_holidays=True)) == "Fri 2026-05-01 10:00"


def test_a_company_without_a_country_has_no_holidays(settings):
    settings.HOLIDAYS_COUNTRY = ""
    assert not window.is_holiday(date(2026, 5, 1))


@pytest.mark.parametrize(
    ("zone", "leaves_in_paris"),
    [
        ("Europe/London", "10:00"),
        ("Africa/Casablanca", "10:00"),  # an hour back during Ramadan
        ("America/New_York", "14:00"),  # its clock has changed, that of Paris has not
        ("Indian/Reunion", "06:00"),
    ],
)
def test_nine_oclock_is_the_recipients(zone, leaves_in_paris):
    found = window.next_open(paris("2026-03-11 03:00"), POLICY, ZoneInfo(zone), window.is_holiday)
    assert found.astimezone(PARIS).strftime("%H:%M") == leaves_in_paris


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_the_night_the_clock_changes_is_as_long_as_it_is(day):
    found = window.next_open(paris(f"{day} 00:30"), FROM_NINE, PARIS, no_holiday)
    slept = found - paris(f"{day} 00:30").astimezone(UTC)
    assert slept == timedelta(hours=7.5 if day == "2026-03-29" else 9.5)


def test_an_hour_the_clock_skips_begins_with_the_change():
    policy = ContactPolicy(opens_hour=2, closes_hour=4, weekdays="7")
    assert opens("2026-03-29 01:00", policy) == "Sun 2026-03-29 03:00"
    skipped = ContactPolicy(opens_hour=2, closes_hour=3, weekdays="7")
    assert opens("2026-03-29 01:00", skipped) == "Sun 2026-04-05 02:00"


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../etc/passwd", "Europe", "a\0b", "x" * 300])
def test_a_zone_nobody_knows_is_the_companys(name):
    assert window.zone(name).key == "Europe/Paris"


def test_a_policy_that_never_opens_holds_nothing_back():
    never = ContactPolicy(on_holidays=False)
    at = paris("2026-03-10 20:00")
    assert window.next_open(at, never, PARIS, lambda day: True) == at


# What holds for every policy, zone and instant

ZONES = sorted(available_timezones() - {"localtime"})
instants = st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC))
hours = st.tuples(st.integers(0, 23), st.integers(1, 24)).filter(lambda pair: pair[0] < pair[1])
policies = st.builds(
    lambda hours, days, on: ContactPolicy(
        opens_hour=hours[0], closes_hour=hours[1], weekdays="".join(sorted(days)), on_holidays=on
    ),
    hours,
    st.sets(st.sampled_from("1234567"), min_size=1),
    st.booleans(),
)
QUARTER = timedelta(minutes=15)  # no clock changes by less, none between
CHANGES = {  # of the clock, in UTC
    "Europe/Paris": ["2026-03-29 01:00", "2026-10-25 01:00"],
    "America/New_York": ["2026-03-08 07:00", "2026-11-01 06:00"],
    "Australia/Lord_Howe": ["2026-04-04 15:00", "2026-10-03 15:30"],  # by half an hour
    "Africa/Casablanca": ["2026-02-15 02:00", "2026-03-22 02:00"],
    "Asia/Beirut": ["2026-03-28 22:00", "2026-10-24 21:00"],  # at midnight
}


def holds(at, policy, zone):
    """Not before, inside, the same again, and nothing was open in between."""

    def is_open(instant):
        local = instant.astimezone(UTC).astimezone(zone)
        return (
            policy.opens_hour <= local.hour < policy.closes_hour
            and str(local.isoweekday()) in policy.weekdays
            and (policy.on_holidays or not window.is_holiday(local.date()))
        )

    found = window.next_open(at, policy, zone, window.is_holiday).astimezone(UTC)
    assert found >= at
    assert is_open(found)
    assert window.next_open(found, policy, zone, window.is_holiday) == found
    assert found == at or not is_open(found - timedelta(microseconds=1))
    assert not any(is_open(at + n * QUARTER) for n in range(int((found - at) / QUARTER)))


@settings(max_examples=400, deadline=None)
@given(at=instants, policy=policies, name=st.sampled_from(ZONES))
def test_the_window_in_general(at, policy, name):
    holds(at, policy, ZoneInfo(name))


@settings(max_examples=400, deadline=None)
@given(
    change=st.sampled_from([(zone, at) for zone, all_of in CHANGES.items() for at in all_of]),
    minutes=st.integers(-36 * 60, 12 * 60),
    policy=policies,
)
def test_the_nights_the_clock_changes(change, minutes, policy):
    zone, at = change
    at = datetime.fromisoformat(at).replace(tzinfo=UTC) + timedelta(minutes=minutes)
    holds(at, policy, ZoneInfo(zone))


def test_the_nights_are_those_in_which_the_clock_changes():
    for name, all_of in CHANGES.items():
        for at in (datetime.fromisoformat(one).replace(tzinfo=UTC) for one in all_of):
            before, after = (one.astimezone(ZoneInfo(name)) for one in (at - QUARTER / 15, at))
            assert before.utcoffset() != after.utcoffset(), (name, at)
