"""Keeping the tallies equal to the facts: touched cells are counted again, never added to.

What changes beside the tallies, a name or a target, only moves their version.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from feedback.models import RatingCriterion
from indicators.models import Amendment, Family, Handover, TallyState, Touched
from indicators.tallies import afresh, cells, drained, lattice
from indicators.tallies.drained import DRAINED, Query

BATCH = 5_000  # touched rows of one transaction
FLOOD = 30_000  # touched rows from which on counting everything takes less time
LOCK = 7_421_001  # the advisory lock of whoever recounts
IDLE_MOVES_EVERY = timedelta(seconds=30)  # freshness when there is nothing to count
LONG_WORK = (
    "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '60s'; SET LOCAL work_mem = '128MB'"
)

Progress = Callable[[str], None]  # is told the name of what is counted next


def drain(*, now: datetime, limit: int = BATCH) -> int:
    """Recount the cells touched longest ago, with all levels above; how many cells there were.

    One transaction under an advisory lock: a drainer that meets another leaves it the work and
    answers 0. A crash leaves the touched rows where they were. After an import of years, each
    batch would read most of the facts: then everything is counted once.
    """
    if not _has_work():
        _stay_fresh(now=now)
        return 0
    with transaction.atomic():
        if not _try_lock():
            return 0
        if Touched.objects.order_by("pk")[FLOOD : FLOOD + 1].exists():
            return _count_everything(now=now)
        _run(drained.take(limit))
        slots = asked_slots()
        taken = _taken()
        for family in taken:
            _run_again(f"recount_{family}", slots, cells.recount_touched(Family(family), slots))
        Amendment.objects.all().delete()
        _move_version(now=now)
    return sum(taken.values())


def drain_all(*, now: datetime) -> int:
    """Drain until nothing is touched, waiting for another drainer; how many cells there were."""
    done = 0
    while _has_work():
        counted = drain(now=now)
        done += counted
        if not counted:
            _wait_for_drainer()
    _stay_fresh(now=now)
    return done


def recount_all(*, now: datetime, progress: Progress = lambda _name: None) -> None:
    """Every cell from the facts; what was touched before is settled by it.

    Only cells that differ are written: meanwhile all are read as they were.
    """
    with transaction.atomic():
        lock()
        _count_everything(now=now, progress=progress)


def _count_everything(*, now: datetime, progress: Progress = lambda _name: None) -> int:
    """Under the lock; how many touched rows it settled."""
    settled, _each = Touched.objects.all().delete()
    for noted in (Handover, Amendment):
        noted._default_manager.all().delete()
    slots = asked_slots()
    for family in Family:
        progress(str(family.label))
        fresh = afresh.count(family, slots)
        afresh.mend(fresh)
        afresh.forget(fresh)
    _move_version(now=now)
    TallyState.objects.update(levels=lattice.SIGNATURE)
    return settled


def follow_lattice(*, using: str = "default", **_signal: Any) -> None:
    """After migrations: count everything again where it was counted for other levels.

    Where nothing was ever counted there is nothing to mend.
    """
    state = TallyState.objects.using(using).filter(pk=1).first()
    if using == "default" and state and state.levels != lattice.SIGNATURE:
        recount_all(now=timezone.now())


def _has_work() -> bool:
    return any(noted._default_manager.exists() for noted in (Touched, Handover, Amendment))


def asked_slots() -> tuple[int, ...]:
    """The columns of a rating that hold answers to a criterion."""
    return tuple(RatingCriterion.objects.order_by("slot").values_list("slot", flat=True))


def lock() -> None:
    """Until the end of the transaction nobody else recounts; on SQLite nobody else writes."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(LONG_WORK)
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _try_lock() -> bool:
    if connection.vendor != "postgresql":
        return True  # SQLite lets one transaction write at a time
    with connection.cursor() as cursor:
        cursor.execute(LONG_WORK)
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _wait_for_drainer() -> None:
    with transaction.atomic():
        lock()


def _run(queries: Sequence[Query]) -> None:
    """PostgreSQL takes them in one journey; SQLite, which is no journey away, one by one."""
    if connection.vendor == "postgresql":
        params = tuple(param for _sql, values in queries for param in values)
        queries = [(";".join(sql for sql, _values in queries), params)]
    with connection.cursor() as cursor:
        for sql, values in queries:
            cursor.execute(sql, values)


def _run_again(name: str, slots: tuple[int, ...], queries: Sequence[Query]) -> None:
    """PostgreSQL plans them once for each connection: it took longer than running them."""
    if connection.vendor != "postgresql":
        _run(queries)
        return
    prefix = "_".join([name, *map(str, slots)])
    prepared = {f"{prefix}_of_{place}": query for place, query in enumerate(queries)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements")
        known = {name for (name,) in cursor.fetchall()}
        for name, (sql, params) in prepared.items():
            if name not in known:
                cursor.execute(f"PREPARE {name} AS {sql}", params)
        cursor.execute(";".join(f"EXECUTE {name}" for name in prepared))


def _taken() -> dict[int, int]:
    """How many cells of each family were taken."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT family, COUNT(*) FROM {DRAINED} GROUP BY family")  # noqa: S608
        return dict(cursor.fetchall())


def _move_version(*, now: datetime) -> None:
    """What was read before is old: the version is part of every cache key."""
    moved = TallyState.objects.filter(pk=1).update(version=F("version") + 1, counted_at=now)
    if not moved:
        TallyState.objects.create(pk=1, version=1, counted_at=now, levels=lattice.SIGNATURE)


def _stay_fresh(*, now: datetime) -> None:
    """Nothing to count is news too, but not worth a write each second."""
    state = TallyState.objects.filter(pk=1).first()
    if state is None:
        fresh = {"counted_at": now, "levels": lattice.SIGNATURE}
        TallyState.objects.get_or_create(pk=1, defaults=fresh)
    elif state.counted_at is None or now - state.counted_at >= IDLE_MOVES_EVERY:
        older = Q(counted_at__isnull=True) | Q(counted_at__lt=now)
        TallyState.objects.filter(older, pk=1).update(counted_at=now)
