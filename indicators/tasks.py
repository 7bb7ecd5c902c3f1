"""What beat asks of the workers about figures."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from indicators.alerts.alerts import raise_due
from indicators.alerts.digests import send_due as mail_digests
from indicators.closing import close_due
from indicators.job_runs import KEPT as RUNS_KEPT
from indicators.job_runs import forget, run_asked
from indicators.sharing import saved_views, schedules
from indicators.tallies import recount
from indicators.tallies.reconcile import reconcile as compare
from indicators.zone_journal import write as write_zone_journal

REMOVED_KEPT = timedelta(days=1)  # how long a deleted view can come back
BATCHES = 50  # of one tick; the next tick goes on


@shared_task
def count() -> int:
    total = 0
    for _batch in range(BATCHES):
        counted = recount.drain(now=timezone.now())
        total += counted
        if not counted:
            break
    return total


@shared_task
def reconcile() -> int:
    return compare(now=timezone.now()).cells


@shared_task
def close_months() -> int:
    now = timezone.now()
    forget(before=now - RUNS_KEPT)
    return len(close_due(now=now))


@shared_task
def raise_alerts() -> int:
    return len(raise_due(now=timezone.now()))


@shared_task
def mail_alerts() -> int:
    return mail_digests(now=timezone.now())


@shared_task
def run_jobs() -> int:
    return run_asked(now=timezone.now())


@shared_task
def journal_zones() -> None:
    write_zone_journal(now=timezone.now())


@shared_task
def mail_views() -> None:
    now = timezone.now()
    schedules.send_due(now=now)
    saved_views.forget_removed(before=now - REMOVED_KEPT)
