"""What beat asks of the workers; each task calls one verb, in batches far below its time limit."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from feedback import deliveries, imports, invitations, openings

IMPORT_LIMIT = 3600  # seconds, for all bundles that wait
ROUNDS = 20  # batches of one tick; the next tick goes on


@shared_task
def invite() -> None:
    for _round in range(ROUNDS):
        if invitations.open_due(now=timezone.now()) < invitations.BATCH:
            return


@shared_task
def send() -> None:
    for _round in range(ROUNDS):
        ends = deliveries.send_due(now=timezone.now(), limit=deliveries.BATCH)
        if ends.total() < deliveries.BATCH or ends["retry"]:
            return


@shared_task
def expire() -> None:
    openings.forget_old(now=timezone.now())
    for _round in range(ROUNDS):
        if invitations.expire(now=timezone.now()) < invitations.BATCH:
            return


@shared_task(time_limit=IMPORT_LIMIT)
def run_imports() -> None:
    while imports.run_next():
        pass
    imports.forget(now=timezone.now())
