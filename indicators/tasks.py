"""What beat asks of the workers about figures."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from indicators import recount
from indicators.reconcile import reconcile as compare

BATCHES = 50  # of one tick; the next tick goes on


@shared_task
def count() -> None:
    for _batch in range(BATCHES):
        if not recount.drain(now=timezone.now()):
            return


@shared_task
def reconcile() -> None:
    compare(now=timezone.now())
