"""Notes of what the workers run: begun, ended, rows, error; and jobs asked for by hand.

The workers' own signals note every task by name, so that no task has to. A tick that runs every
few seconds keeps one row, written once a minute; a nightly job a row for each night.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from celery import signals
from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from indicators import closing
from indicators.alerts import alerts
from indicators.models import JobRun
from indicators.tallies.reconcile import reconcile
from indicators.tallies.recount import recount_all
from triangle import journal
from triangle.errors import Refused
from triangle.models import User

NOTED_EVERY_SECONDS = 60  # of a tick
SAME_ERROR_WITHIN = timedelta(hours=1)
KEPT = timedelta(days=60)
FAMILIES = 4  # steps of a recount
PROGRESS_SECONDS = 600  # how long a progress nobody ended is believed

_begun: dict[str, tuple[datetime, int | None]] = {}  # by id of the task: when, and its row
_noted: dict[str, float] = {}  # by name of a tick: when it was written last
_rows: dict[str, int] = {}  # by name of a tick: rows since then


class AlreadyAsked(Refused):
    """Somebody has asked for this job, and it has not begun."""


def nightly() -> set[str]:
    """Names of the tasks that the schedule runs at a time of day."""
    lines = settings.CELERY_BEAT_SCHEDULE.values()
    return {_name(line["task"]) for line in lines if not isinstance(line["schedule"], float)}


def ask(name: str, *, by: User, now: datetime) -> JobRun:
    """A worker takes it within seconds. Raises `AlreadyAsked`."""
    try:
        with transaction.atomic():
            run = JobRun.objects.create(name=name, requested_at=now, requested_by=by)
            journal.record("job.asked", run, now=now, actor=by, name=name)
    except IntegrityError as error:
        raise AlreadyAsked(_("This job has been asked for already.")) from error
    return run


def run_asked(*, now: datetime) -> int:
    """Run what was asked for, one after the other; of two workers, one takes a job."""
    done = 0
    for run in JobRun.objects.requested():
        taken = JobRun.objects.filter(pk=run.pk, started_at=None).update(started_at=now)
        if taken:
            _run(run)
            done += 1
    return done


def progress(name: str) -> str:
    return str(cache.get(f"job:{name}") or "")


def forget(*, before: datetime) -> int:
    return JobRun.objects.filter(started_at__lt=before).delete()[0]


def _run(run: JobRun) -> None:
    rows, error = None, ""
    try:
        rows = BY_HAND[run.name](timezone.now())
    except Exception as failure:  # whatever it is, the page shows it
        error = _said(failure)
    JobRun.objects.filter(pk=run.pk).update(ended_at=timezone.now(), rows=rows, error=error)


def _recount(now: datetime) -> None:
    """Told through the cache: the recount is one transaction, whose rows nobody sees before it."""
    steps = iter(range(1, FAMILIES + 1))

    def tell(family: str) -> None:
        cache.set("job:recount", f"{next(steps)}/{FAMILIES} {family}", PROGRESS_SECONDS)

    try:
        recount_all(now=now, progress=tell)
    finally:
        cache.delete("job:recount")


BY_HAND: dict[str, Callable[[datetime], int | None]] = {
    "reconcile": lambda now: reconcile(now=now).cells,
    "recount": _recount,
    "close_months": lambda now: len(closing.close_due(now=now)),
    "raise_alerts": lambda now: len(alerts.raise_due(now=now)),
}


@signals.task_prerun.connect
def note_begin(*, task_id: str, task: Any, **_signal: Any) -> None:
    now, name = timezone.now(), _name(task.name)
    row = JobRun.objects.create(name=name, started_at=now).pk if name in nightly() else None
    _begun[task_id] = (now, row)


@signals.task_postrun.connect
def note_end(*, task_id: str, task: Any, retval: Any = None, **_signal: Any) -> None:
    started_at, row = _begun.pop(task_id, (None, None))
    if started_at is None:
        return
    name, now = _name(task.name), timezone.now()
    error = _said(retval) if isinstance(retval, BaseException) else ""
    rows = retval if isinstance(retval, int) else None
    if row:
        JobRun.objects.filter(pk=row).update(ended_at=now, rows=rows, error=error)
    elif error:
        _note_failure(name, error, started_at, now)
    else:
        _note_tick(name, rows, started_at, now)


def _note_tick(name: str, rows: int | None, started_at: datetime, ended_at: datetime) -> None:
    _rows[name] = _rows.get(name, 0) + (rows or 0)
    if time.monotonic() - _noted.get(name, -NOTED_EVERY_SECONDS) < NOTED_EVERY_SECONDS:
        return
    _noted[name] = time.monotonic()
    values = {"started_at": started_at, "ended_at": ended_at, "rows": _rows.pop(name)}
    if not JobRun.objects.filter(name=name, error="", requested_at=None).update(**values):
        JobRun.objects.create(name=name, **values)


def _note_failure(name: str, error: str, started_at: datetime, ended_at: datetime) -> None:
    """The same failure, again and again, is one row."""
    same = JobRun.objects.filter(
        name=name, error=error, started_at__gte=started_at - SAME_ERROR_WITHIN
    )
    if not same.update(ended_at=ended_at):
        JobRun.objects.create(name=name, started_at=started_at, ended_at=ended_at, error=error)


def _name(task: str) -> str:
    """count, of indicators.tasks.count."""
    return task.rpartition(".")[2]


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:500]
