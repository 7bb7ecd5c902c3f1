"""Each job on one line: when it ran last, how it went, whether it is late, and how to run it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from indicators import job_runs
from indicators.models import JobRun

FAILURES_WITHIN = timedelta(days=7)
LATE_BY = timedelta(minutes=5)  # beyond its time, a job did not come
# Who runs longer was killed.
GIVEN_UP_AFTER = timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT)
LONG_GIVEN_UP_AFTER = timedelta(seconds=settings.LONG_TASK_TIME_LIMIT)
LONG = {*settings.LONG_TASKS, "recount"}
A_DAY = timedelta(days=1)
RUNS_READ = 500
QUIET = {"heartbeat", "run_jobs"}  # they have their own line, or none
LABELS = {
    "invite": _("Opening invitations"),
    "send": _("Sending mails"),
    "expire": _("Closing old invitations"),
    "label": _("Finding themes"),
    "run_imports": _("Importing"),
    "count": _("Counting"),
    "mail_views": _("Mailing views"),
    "mail_alerts": _("Mailing alerts"),
    "reconcile": _("Proving the counts"),
    "recount": _("Counting everything anew"),
    "close_months": _("Closing months"),
    "raise_alerts": _("Looking for figures that moved"),
    "journal_zones": _("Journal of zones"),
    "forget": pgettext_lazy("job", "Forgetting what is old"),
}


@dataclass(frozen=True)
class Job:
    """`lag` is how long the job is overdue; None when it is not, or never runs by itself."""

    name: str
    label: Any  # a lazy translation
    last: JobRun | None
    is_running: bool
    is_asked: bool
    failures: int
    error: str
    lag: timedelta | None
    may_run: bool
    progress: str

    @property
    def seconds(self) -> float | None:
        duration = self.last.duration if self.last else None
        return None if duration is None else duration.total_seconds()

    @property
    def was_cut(self) -> bool:
        """Begun and never ended: the worker was killed."""
        return bool(self.last and self.last.ended_at is None and not self.is_running)

    @property
    def has_failed(self) -> bool:
        return bool(self.last and self.last.error) or self.was_cut


def jobs(*, now: datetime) -> list[Job]:
    """One query, whatever the number of jobs."""
    runs: dict[str, list[JobRun]] = defaultdict(list)
    recent = Q(started_at__gte=now - FAILURES_WITHIN) | Q(started_at=None)
    for run in JobRun.objects.filter(recent).order_by("-started_at", "-pk")[:RUNS_READ]:
        runs[run.name].append(run)
    return [_job(name, period, runs[name], now=now) for name, period in _schedule()]


def _schedule() -> Iterator[tuple[str, timedelta | None]]:
    """Names and how often they come; those run by hand alone last."""
    named = {}
    for line in settings.CELERY_BEAT_SCHEDULE.values():
        every = line["schedule"]
        name = line["task"].rpartition(".")[2]
        named[name] = timedelta(seconds=every) if isinstance(every, float) else A_DAY
    yield from ((name, every) for name, every in named.items() if name not in QUIET)
    yield from ((name, None) for name in job_runs.BY_HAND if name not in named)


def _job(name: str, every: timedelta | None, runs: list[JobRun], *, now: datetime) -> Job:
    begun = [run for run in runs if run.started_at]
    last = begun[0] if begun else None
    failed = [run for run in begun if run.error]
    return Job(
        name=name,
        label=LABELS.get(name, name),
        last=last,
        is_running=bool(last and last.ended_at is None and _is_young(last, now)),
        is_asked=len(begun) < len(runs),
        failures=len(failed),
        error=failed[0].error if failed else "",
        lag=_lag(last, every, now),
        may_run=name in job_runs.BY_HAND,
        progress=job_runs.progress(name),
    )


def _is_young(run: JobRun, now: datetime) -> bool:
    most = LONG_GIVEN_UP_AFTER if run.name in LONG else GIVEN_UP_AFTER
    return run.started_at is not None and now - run.started_at < most


def _lag(last: JobRun | None, every: timedelta | None, now: datetime) -> timedelta | None:
    if last is None or last.started_at is None or every is None:
        return None
    late = now - last.started_at - every
    return late if late > LATE_BY else None
