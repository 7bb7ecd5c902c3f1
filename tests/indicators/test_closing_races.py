"""Closing a month while somebody writes into it: real threads, real transactions."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event

import pytest
from django.db import transaction

from indicators import closing
from indicators.closing import Busy, close_due, rebuild
from indicators.late_answers import late_counts
from indicators.models import ClosedMonth
from tests.factories import InterventionFactory, RatingFactory
from tests.indicators.tallies.test_recount_races import in_thread, postgresql_only

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 4, 4, 1, tzinfo=UTC)


@pytest.fixture
def writer():
    """Holds a rating of March in an open transaction until told to commit."""
    intervention = InterventionFactory(completed=True)
    written, may_end = Event(), Event()

    @in_thread
    def write():
        with transaction.atomic():
            RatingFactory(intervention=intervention)
            written.set()
            may_end.wait(10)

    with ThreadPoolExecutor(1) as pool:
        ended = pool.submit(write)
        written.wait(10)

        def end():
            may_end.set()
            ended.result(10)

        yield end
        may_end.set()


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(closing, "TRIES", 2)
    monkeypatch.setattr(closing, "PAUSE_SECONDS", 0.01)


@postgresql_only
def test_without_the_guard_a_fact_appears_below_the_line(monkeypatch, writer):
    monkeypatch.setattr(closing, "_hold_facts_still", lambda: None)
    RatingFactory()  # a higher id than that of the rating not yet committed
    [closed] = close_due(now=NOW)
    writer()
    assert rebuild(closed).figures != closed.figures
    assert late_counts([closed])[closed.month] == 0


@postgresql_only
def test_a_month_waits_until_nobody_writes(impatient, writer):
    RatingFactory()
    with pytest.raises(Busy):
        close_due(now=NOW)
    assert not ClosedMonth.objects.exists()
    writer()
    [closed] = close_due(now=NOW)
    assert rebuild(closed).figures == closed.figures


@postgresql_only
def test_two_at_once_close_a_month_once():
    RatingFactory()
    with ThreadPoolExecutor(4) as pool:
        closed = list(pool.map(in_thread(lambda _: close_due(now=NOW)), range(4)))
    assert sum(map(len, closed)) == ClosedMonth.objects.count() == 1


def test_a_month_is_read_in_one_moment():
    RatingFactory()
    [closed] = close_due(now=NOW)
    assert rebuild(closed).figures == closed.figures
