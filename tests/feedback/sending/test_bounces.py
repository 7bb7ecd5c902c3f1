"""From what was told about a recipient to what holds now."""

from datetime import timedelta
from random import Random

import pytest

from feedback.sending.bounces import Judgement, Told, judge
from tests.factories import NOON

DAY = timedelta(days=1)


def told(kind, days=0, *, delivery=1, received=0):
    return Told(kind, NOON + days * DAY, delivery, NOON + received * DAY)


def soft(days, delivery=1):
    return told("soft_bounce", days, delivery=delivery)


def test_nothing_told_is_nothing_known():
    assert judge([]) == Judgement()


@pytest.mark.parametrize(
    ("events", "reason", "days"),
    [
        ([told("delivered")], None, None),
        ([told("hard_bounce", 1)], "hard_bounce", 1),
        ([told("complaint", 1), told("complaint", 2)], "complaint", 1),
        ([told("opt_out", 1), told("hard_bounce", 0)], "opt_out", 1),
        ([told("opt_out", 1), told("complaint", 5)], "complaint", 5),
        ([told("hard_bounce", 1), told("delivered", 2)], "hard_bounce", 1),
    ],
)
def test_the_weightiest_reason_since_it_was_first_told(events, reason, days):
    found = judge(events)
    assert (found.reason, found.at) == (reason, None if days is None else NOON + days * DAY)


@pytest.mark.parametrize(
    ("events", "days"),
    [
        ([soft(1), soft(2)], None),
        ([soft(1), soft(1), soft(1)], None),  # one mail, one day: still one
        ([soft(1), soft(2), soft(3)], 3),
        ([soft(1, 1), soft(1, 2), soft(1, 3)], 1),
        ([soft(1), soft(2), told("delivered", 2.5), soft(3)], None),
        ([soft(1), told("delivered", 1.5), soft(2), soft(3), soft(4)], 4),
    ],
)
def test_soft_three_times_in_a_row_is_hard(events, days):
    assert judge(events).at == (None if days is None else NOON + days * DAY)


def test_each_mail_keeps_its_first_bounce_and_its_first_delivery():
    events = [told("hard_bounce", 2), told("hard_bounce", 1), told("delivered", 3, delivery=2)]
    found = judge(events)
    assert (found.bounced, found.delivered) == ({1: NOON + DAY}, {2: NOON + 3 * DAY})


def test_what_was_told_before_somebody_lifted_it_counts_no_more():
    old, new = told("hard_bounce", 1), told("hard_bounce", 9, received=9)
    assert judge([old], since=NOON).reason is None
    assert judge([old], since=NOON).bounced == {1: NOON + DAY}
    assert judge([old, new], since=NOON).at == NOON + 9 * DAY


def test_the_order_of_events_of_one_instant_does_not_matter():
    events = [soft(1, 1), soft(1, 2), told("delivered", 1), soft(1, 3), told("opt_out", 1)]
    found = {str(judge(Random(seed).sample(events, len(events)))) for seed in range(20)}
    assert len(found) == 1
