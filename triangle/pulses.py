"""Signs of life of the background jobs."""

from __future__ import annotations

from datetime import datetime

from triangle.models import Pulse

WORKER = "worker"


def mark(name: str, *, now: datetime) -> None:
    """One statement: two workers that mark the same pulse do not disturb each other."""
    Pulse.objects.bulk_create(
        [Pulse(name=name, at=now)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["at"],
    )


def age_seconds(name: str, *, now: datetime) -> float | None:
    """Seconds since the last mark; None when there never was one."""
    at = Pulse.objects.filter(name=name).values_list("at", flat=True).first()
    return None if at is None else (now - at).total_seconds()
