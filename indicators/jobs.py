"""What runs behind the pages: signs of life, what waits, and what was proved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Min, QuerySet

from feedback.models import Delivery, ImportRun, MailEvent
from indicators.models import TallyState, Touched
from triangle import pulses

WAITING = (Delivery.State.QUEUED, Delivery.State.RETRY)
IN_DOUBT = (Delivery.State.UNCERTAIN, Delivery.State.FAILED)
TOLD_WITHIN = timedelta(days=1)
CAME_BACK = (MailEvent.Kind.SOFT_BOUNCE, MailEvent.Kind.HARD_BOUNCE, MailEvent.Kind.COMPLAINT)
LATE_AFTER = timedelta(minutes=5)  # a due mail that still waits then says that nobody sends
RUNS_SHOWN = 5


@dataclass(frozen=True)
class Queue:
    """Due rows of one kind of work; `oldest_at` is None when nothing is due."""

    due: int
    oldest_at: datetime | None
    is_late: bool


@dataclass(frozen=True)
class Ahead:
    """Mails that wait for their day or their hour, and what the provider told within a day."""

    reminders: int
    postponed: int
    told: int
    came_back: int  # bounces and complaints among what was told


@dataclass(frozen=True)
class Jobs:
    worker_seconds: float | None
    mails: Queue
    ahead: Ahead
    in_doubt: int
    imports: Queue
    touched: int
    tallies: TallyState
    runs: list[ImportRun]

    @property
    def worker_is_alive(self) -> bool:
        return (
            self.worker_seconds is not None and self.worker_seconds <= settings.STALE_AFTER_SECONDS
        )

    @property
    def worker_seen_at(self) -> timedelta | None:
        return None if self.worker_seconds is None else timedelta(seconds=self.worker_seconds)


def jobs(*, now: datetime) -> Jobs:
    """Ten queries."""
    due = Delivery.objects.filter(state__in=WAITING, due_at__lte=now)
    queued = ImportRun.objects.filter(state=ImportRun.State.QUEUED)
    return Jobs(
        worker_seconds=pulses.age_seconds(pulses.WORKER, now=now),
        mails=_queue(due, "due_at", now),
        ahead=_ahead(now),
        in_doubt=Delivery.objects.filter(state__in=IN_DOUBT).count(),
        imports=_queue(queued, "created_at", now),
        touched=Touched.objects.count(),
        tallies=TallyState.objects.filter(pk=1).first() or TallyState(),
        runs=list(ImportRun.objects.select_related("by")[:RUNS_SHOWN]),
    )


def _ahead(now: datetime) -> Ahead:
    told = MailEvent.objects.by_kind(since=now - TOLD_WITHIN)
    return Ahead(
        reminders=Delivery.objects.reminders_ahead(now=now).count(),
        postponed=Delivery.objects.postponed(now=now).count(),
        told=sum(told.values()),
        came_back=sum(told[kind] for kind in CAME_BACK),
    )


def _queue(rows: QuerySet[Any], instant: str, now: datetime) -> Queue:
    found = rows.order_by().aggregate(n=Count("pk"), oldest=Min(instant))
    oldest = found["oldest"]
    return Queue(found["n"], oldest, oldest is not None and now - oldest > LATE_AFTER)
