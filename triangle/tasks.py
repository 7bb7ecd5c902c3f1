"""Background jobs of the frame."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from triangle import pulses


@shared_task
def heartbeat() -> None:
    """Went through broker and worker: what /readyz looks at."""
    pulses.mark(pulses.WORKER, now=timezone.now())
