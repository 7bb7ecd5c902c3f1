"""What beat asks of the workers; each task calls one verb, in batches far below its time limit."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from feedback import invitations
from feedback.answering import drafts, openings
from feedback.imports import imports
from feedback.sending import deliveries, postbox, reminders
from feedback.themes import themes

IMPORT_LIMIT = 3600  # seconds, for all bundles that wait
ROUNDS = 20  # batches of one tick; the next tick goes on


@shared_task
def invite() -> None:
    invitations.withdraw(now=timezone.now())
    invitations.close_debriefs(now=timezone.now())
    for _round in range(ROUNDS):
        if invitations.open_due(now=timezone.now()) < invitations.BATCH:
            return


@shared_task
def send() -> None:
    """A batch at a time, each with its own instant and lease, over one line to the server."""
    with postbox.Line() as line:
        deliveries.recover(now=timezone.now())
        for _round in range(ROUNDS):
            if deliveries.send_batch(now=timezone.now(), line=line).is_last:
                return


@shared_task
def expire() -> None:
    openings.forget_old(now=timezone.now())
    drafts.conclude(now=timezone.now())
    reminders.stop(now=timezone.now())
    for _round in range(ROUNDS):
        if invitations.expire(now=timezone.now()) < invitations.BATCH:
            return


@shared_task
def label() -> None:
    for _round in range(ROUNDS):
        if themes.label_due(now=timezone.now(), limit=themes.BATCH) < themes.BATCH:
            return


@shared_task(time_limit=IMPORT_LIMIT)
def run_imports() -> None:
    while imports.run_next():
        pass
    imports.forget(now=timezone.now())
