"""Writers and drainers at once: real threads, real transactions."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random
from threading import Event

import pytest
from django.db import IntegrityError, connection, transaction

from clients.models import Client
from feedback.models import Rating
from indicators.models import RatingTally, Touched
from indicators.tallies import handovers, recount
from indicators.tallies.drained import DRAINED
from indicators.tallies.lattice import DAY
from indicators.tallies.reconcile import reconcile
from indicators.tallies.recount import drain, drain_all
from indicators.tallies.triggers import SCOPE
from tests.factories import NOON, InterventionFactory, RatingFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS, DRAINERS, CHANGES = 30, 4, 4
postgresql_only = pytest.mark.skipif(
    connection.vendor == "sqlite", reason="SQLite lets one transaction write at a time"
)


def in_thread(work):
    """Threads have connections of their own, which nobody else closes."""

    def run(*args):
        try:
            return work(*args)
        finally:
            connection.close()

    return run


@in_thread
def write(seed, intervention):
    """Inserts, edits, moves to another month or manager and deletions, some of them undone."""
    draw = Random(seed)
    rating = RatingFactory(intervention=intervention, score=draw.randrange(11))
    for _ in range(CHANGES):
        change = draw.choice(["edit", "move", "undo", "delete", "hand over"])
        with transaction.atomic():
            if change == "delete":
                Rating.objects.filter(pk=rating.pk).delete()
                rating.pk = None
                rating.save()
            elif change == "hand over":
                Client.objects.filter(pk=intervention.client_id).update(manager=UserFactory())
            elif change == "move":
                rating.answered_on += timedelta(days=draw.randrange(-40, 40))
                rating.save()
            else:
                rating.score = draw.randrange(11)
                rating.save()
            if change == "undo":
                transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def nothing_touched():
    """The flush between tests deletes facts, which touches their cells."""
    Touched.objects.all().delete()


@in_thread
def drain_until(done):
    """How many cells were drained before nobody wrote any more."""
    drained = 0
    while not done.is_set():
        drained += drain(now=NOON, limit=7)
    return drained


def test_writers_and_drainers_at_once_leave_no_drift():
    interventions = InterventionFactory.create_batch(WRITERS, completed=True)
    done = Event()
    with ThreadPoolExecutor(WRITERS + DRAINERS) as pool:
        drainers = [pool.submit(drain_until, done) for _ in range(DRAINERS)]
        list(pool.map(write, range(WRITERS), interventions))
        done.set()
        assert sum(drainer.result() for drainer in drainers) > 0
    drain_all(now=NOON)
    found = reconcile(now=NOON)
    assert (found.drift, found.pending, Touched.objects.count()) == (0, 0, 0)
    assert Rating.objects.count() == WRITERS
    assert found.cells > WRITERS


@in_thread
def change_and_drain():
    Rating.objects.update(score=1)
    return drain(now=NOON)


def _waiting_for_a_lock():
    """How many of this database's sessions."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0]


def _meet_another_drainer():
    """A second drainer comes while the first has not committed."""
    RatingFactory(score=9)
    drain_all(now=NOON)
    Rating.objects.update(score=5)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            drain(now=NOON)
            other = pool.submit(change_and_drain)
            while not other.done() and not _waiting_for_a_lock():
                time.sleep(0.01)
        return other.result()


@postgresql_only
def test_a_drainer_that_meets_another_leaves_it_the_work():
    assert _meet_another_drainer() == 0
    drain_all(now=NOON)
    assert reconcile(now=NOON).drift == 0


@postgresql_only
def test_without_the_lock_two_drainers_collide(monkeypatch):
    monkeypatch.setattr(recount, "_try_lock", lambda: True)
    with pytest.raises(IntegrityError, match="ratingtally_pkey"):
        _meet_another_drainer()


@in_thread
def answer(intervention):
    """The first of its service, so that its cells are new; none of them is in the month of NOON."""
    return RatingFactory(intervention=intervention, answered_at=NOON + timedelta(days=90))


@in_thread
def erase(rating):
    Rating.objects.filter(pk=rating.pk).delete()


@in_thread
def drain_some(_drainer):
    return drain(now=NOON, limit=WRITERS // DRAINERS + 1)


def _drift_when_writers_erase_what_is_being_counted():
    """Thirty answers are counted; before that is committed they go, and others drain the news."""
    interventions = InterventionFactory.create_batch(WRITERS, completed=True)
    drain_all(now=NOON)
    with ThreadPoolExecutor(WRITERS) as pool:
        written = list(pool.map(answer, interventions))
        with transaction.atomic():
            assert drain(now=NOON) == WRITERS
            list(pool.map(erase, written))
            drainers = [pool.submit(drain_some, number) for number in range(DRAINERS)]
            while not all(one.done() for one in drainers) and _waiting_for_a_lock() < DRAINERS:
                time.sleep(0.01)
        for one in drainers:
            one.result()
    drain_all(now=NOON)
    assert not Rating.objects.exists()
    found = reconcile(now=NOON)
    assert found.pending == 0
    return found.drift


@postgresql_only
def test_thirty_answers_erased_while_they_are_counted_leave_no_drift():
    assert _drift_when_writers_erase_what_is_being_counted() == 0


@postgresql_only
def test_the_same_without_the_lock_drifts(monkeypatch):
    """The guard is what keeps the tallies true, not luck.

    A second drainer neither sees the new cells, which are not committed, nor finds a fact to count:
    it takes the touched rows away and writes nothing, and then the first commits what it counted.
    Where the second would write as well, the unique cell stops it: see the collision above.
    """
    monkeypatch.setattr(recount, "_try_lock", lambda: True)
    drift = _drift_when_writers_erase_what_is_being_counted()
    assert drift >= WRITERS  # the day of each, and all that is summed from it
    assert RatingTally.objects.filter(level=DAY.number).count() == WRITERS


@in_thread
def answer_late(intervention, is_written, may_commit):
    with transaction.atomic():
        RatingFactory(intervention=intervention)
        is_written.set()
        assert may_commit.wait(10)


@postgresql_only
@pytest.mark.parametrize("counted_between", [False, True])
def test_a_client_changes_hands_before_its_answer_is_committed(counted_between):
    assert _drift_of_a_handover_amid_an_answer(counted_between) == 0


def _drift_of_a_handover_amid_an_answer(counted_between):
    intervention, manager = InterventionFactory(completed=True), UserFactory()
    drain_all(now=NOON)
    is_written, may_commit = Event(), Event()
    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(answer_late, intervention, is_written, may_commit)
        assert is_written.wait(10)
        Client.objects.filter(pk=intervention.client_id).update(manager=manager)
        if counted_between:
            drain_all(now=NOON)
        may_commit.set()
        late.result()
    drain_all(now=NOON)
    return reconcile(now=NOON).drift


@postgresql_only
def test_without_the_manager_of_the_drain_the_answer_is_counted_of_the_wrong_one(monkeypatch):
    monkeypatch.setattr(handovers, "manager_of", lambda row: f"{row}.manager_id")
    assert _drift_of_a_handover_amid_an_answer(counted_between=True) > 0


@in_thread
def answer_and_drain(intervention):
    RatingFactory(intervention=intervention)
    drain_all(now=NOON)


def _drift_of_an_answer_counted_amid_a_handover():
    intervention, manager = InterventionFactory(completed=True), UserFactory()
    drain_all(now=NOON)
    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        Client.objects.filter(pk=intervention.client_id).update(manager=manager)
        pool.submit(answer_and_drain, intervention).result()
    drain_all(now=NOON)
    return reconcile(now=NOON).drift


@postgresql_only
def test_an_answer_is_counted_before_the_handover_of_its_client_is_committed():
    assert _drift_of_an_answer_counted_amid_a_handover() == 0


@postgresql_only
def test_without_the_note_of_a_handover_such_an_answer_stays_with_the_old_manager(monkeypatch):
    monkeypatch.setattr(handovers, "looked_at_again", lambda: ["DELETE FROM indicators_handover"])
    assert _drift_of_an_answer_counted_amid_a_handover() > 0


def test_a_drainer_that_dies_leaves_the_work_to_the_next(monkeypatch):
    RatingFactory()
    monkeypatch.setattr(recount, "_move_version", lambda now: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        drain(now=NOON)
    monkeypatch.undo()
    assert Touched.objects.exists()
    assert drain(now=NOON) == 2
    assert reconcile(now=NOON).drift == 0


def test_a_cell_touched_again_and_again_is_counted_once():
    RatingFactory(score=9)
    drain_all(now=NOON)
    Touched.objects.bulk_create(_again(Rating.objects.get()) for _ in range(3))
    assert drain(now=NOON) == 1
    assert reconcile(now=NOON).drift == 0


def _again(rating):
    scope = {name: getattr(rating, name) for name in SCOPE}
    return Touched(family=1, day=rating.answered_on, **scope)


@postgresql_only
def test_what_was_drained_is_not_read_again_by_each_later_drain():
    RatingFactory()
    drain_all(now=NOON)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_size(%s::regclass)", [DRAINED])
        assert cursor.fetchone() == (0,)
