"""Expected and delivered percent, by tables."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from partners.scoring import WEIGHTS, Level, Moments, delivered_percent, expected_percent, steps

START = datetime(2026, 11, 17, 11, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
KEPT = {
    "scheduled_at": START,
    "requested_at": START - 480 * HOUR,
    "confirmed_at": START - 400 * HOUR,
    "introduced_at": START - 72 * HOUR,
    "brief_refined_at": START - 24 * HOUR,
    "started_at": START + timedelta(minutes=15),
    "completed_at": START + 2 * HOUR,
}


def level(weight, held, scale_max=5):
    return Level(weight, Decimal(held), scale_max)


@pytest.mark.parametrize(
    ("levels", "percent"),
    [
        ([], None),
        ([level(0, 5)], None),
        ([level(100, 0)], 0),
        ([level(100, 5)], 100),
        ([level(100, 9)], 100),
        ([level(50, 4), level(50, 3)], 70),
        ([level(100, "3.375")], 68),
        ([level(35, "3.5"), level(0, 0)], 70),
        ([level(60, 4, 8), level(40, 5)], 70),
    ],
)
def test_expected_percent(levels, percent):
    assert expected_percent(levels) == percent


def test_the_weights_of_the_steps_total_100():
    assert sum(WEIGHTS.values()) == 100


@pytest.mark.parametrize(
    ("changes", "percent"),
    [
        ({}, 100),
        ({"started_at": START + timedelta(minutes=16)}, 90),
        ({"introduced_at": None}, 75),
        ({"introduced_at": START}, 88),
        ({"brief_refined_at": START - 23 * HOUR}, 93),
        ({"completed_at": START + 24 * HOUR}, 88),
        ({"confirmed_at": START}, 93),
        ({"requested_at": START - 50 * HOUR, "introduced_at": START - HOUR}, 100),
        ({"cancelled_by": "company"}, 0),
        ({"cancelled_by": "partner"}, 0),
        ({"cancelled_by": "client"}, None),
        ({"cancelled_by": "not_known"}, None),
    ],
)
def test_delivered_percent(changes, percent):
    assert delivered_percent(Moments(**{**KEPT, **changes})) == percent


@pytest.mark.parametrize(
    ("changes", "brief", "percent"),
    [
        ({}, None, 100),
        ({}, 5, 100),
        ({}, 0, 83),
        ({}, 3, 93),
        ({"introduced_at": None}, 5, 79),
        ({"cancelled_by": "partner"}, 5, 0),
        ({"cancelled_by": "client"}, 5, None),
    ],
)
def test_a_brief_weighs_20_beside_the_steps_once_a_debrief_rates_it(changes, brief, percent):
    assert delivered_percent(Moments(**{**KEPT, **changes}), brief=brief) == percent


def test_a_brief_alone_is_no_delivery():
    assert delivered_percent(Moments(), brief=5) is None


@pytest.mark.parametrize(
    ("moments", "percent"),
    [
        (Moments(), None),
        (Moments(completed_at=START), None),
        (Moments(scheduled_at=START), None),
        (Moments(scheduled_at=START, completed_at=START), 100),
        (Moments(scheduled_at=START, completed_at=START + 24 * HOUR), 50),
        (Moments(scheduled_at=START, started_at=START, completed_at=START), 53),
    ],
)
def test_what_nobody_noted_is_left_out(moments, percent):
    assert delivered_percent(moments) == percent


def test_the_record_of_a_delivery_with_its_delays():
    late = {**KEPT, "introduced_at": None, "started_at": START + timedelta(minutes=20)}
    record = {step.name: step for step in steps(Moments(**late))}
    assert [step.verdict for step in record.values()] == ["kept", "missed", "kept", "late", "kept"]
    assert record["started"].late_by == timedelta(minutes=20)
    assert record["introduced"].late_by is None
    assert record["introduced"].due_at == START - 72 * HOUR


def test_completed_in_time_is_a_matter_of_local_days():
    evening = datetime(2026, 3, 28, 22, 30, tzinfo=UTC)  # 23:30 in Paris, before the long night
    assert delivered_percent(Moments(evening, completed_at=evening + HOUR / 2)) == 50
    assert delivered_percent(Moments(evening, completed_at=evening + HOUR / 4)) == 100
