from datetime import timedelta

import pytest

from indicators.freshness import freshness
from indicators.tallies.recount import drain_all
from tests.factories import NOON, InterventionFactory
from triangle import pulses

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def test_nobody_ever_counted():
    assert (freshness(now=NOON).as_of, freshness(now=NOON).is_stale) == (None, True)


def test_a_worker_alive_and_all_counted():
    drain_all(now=NOON)
    pulses.mark(pulses.WORKER, now=NOON)
    found = freshness(now=NOON + MINUTE)
    assert (found.as_of, found.is_stale) == (NOON, False)


def test_a_worker_that_fell_silent_makes_figures_stale():
    drain_all(now=NOON)
    pulses.mark(pulses.WORKER, now=NOON)
    assert not freshness(now=NOON + 4 * MINUTE).is_stale
    assert freshness(now=NOON + 4.1 * MINUTE).is_stale


def test_facts_that_wait_make_figures_stale_though_the_worker_lives():
    drain_all(now=NOON)
    InterventionFactory()
    pulses.mark(pulses.WORKER, now=NOON + 2 * MINUTE)
    assert not freshness(now=NOON + MINUTE).is_stale
    assert freshness(now=NOON + 2 * MINUTE).is_stale
    drain_all(now=NOON + 2 * MINUTE)
    assert not freshness(now=NOON + 2 * MINUTE).is_stale


def test_queries(django_assert_max_num_queries):
    pulses.mark(pulses.WORKER, now=NOON)
    with django_assert_max_num_queries(3):
        freshness(now=NOON)
