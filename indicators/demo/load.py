"""Loads the demonstration once, whole or not at all."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from indicators import zone_journal
from indicators.demo import cast
from indicators.demo.play import Progress, Size, play
from indicators.demo.steer import steer
from indicators.tallies import recount
from triangle import journal
from triangle.models import JournalEntry

LOADED = "demo.loaded"


def is_loaded() -> bool:
    return JournalEntry.objects.filter(kind=LOADED).exists()


def load(*, now: datetime, size: Size, seed: int, progress: Progress) -> None:
    """Interrupted, it leaves nothing behind and starts anew the next time."""
    with transaction.atomic():
        stage = play(now=now, size=size, seed=seed, progress=progress)
        journal.record(LOADED, next(iter(stage.users.values())), now=now, seed=seed)
    recount.recount_all(now=now)
    zone_journal.write(now=now)
    steer(now=now, by=stage.users[cast.SONIA.email])
