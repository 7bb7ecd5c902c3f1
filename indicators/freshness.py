"""Until when the answers are counted, and whether anybody still counts them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from indicators.models import TallyState, Touched
from triangle import pulses
from triangle.frame import Facts, Freshness

BACKLOG_SECONDS = 60  # a fact that waits longer than this says that nobody counts


def freshness(*, now: datetime) -> Freshness:
    """Stale when the worker gave no sign of life, or when facts wait that nobody counts.

    Three queries at most, whatever the page.
    """
    state = TallyState.objects.filter(pk=1).only("counted_at").first()
    as_of = state.counted_at if state else None
    silent = pulses.age_seconds(pulses.WORKER, now=now)
    stale = silent is None or silent > settings.STALE_AFTER_SECONDS
    if not stale and (as_of is None or now - as_of > timedelta(seconds=BACKLOG_SECONDS)):
        stale = Touched.objects.exists()
    return Freshness(as_of=as_of, is_stale=stale)


def tell_frame(request: HttpRequest) -> Facts:
    return Facts(freshness=freshness(now=timezone.now()))
