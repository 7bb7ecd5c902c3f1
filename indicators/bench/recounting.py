"""How long it takes to count: everything, and the cells of a few changed ratings."""

from __future__ import annotations

from functools import partial
from random import Random
from typing import Any

from django.db.models import Avg, Count, F
from django.utils import timezone

from feedback.models import Rating
from indicators.bench import market, timing
from indicators.reconcile import reconcile
from indicators.recount import drain, drain_all, recount_all

CHANGES = (1, 100, 1_000, 10_000)  # ratings changed before a recount


def run(size: int) -> dict[str, Any]:
    """Ratios: the full recount against one plain GROUP BY over the ratings; rows per second."""
    market.fill(size)
    full = timing.runs(lambda: recount_all(now=timezone.now()))
    plain = timing.runs(_plain)
    found: dict[str, Any] = {
        "ratings": size,
        "full_ms": full,
        "plain_group_by_ms": plain,
        "full_against_plain": timing.ratio(full, plain),
        "ratings_per_second": timing.per_second(size, full),
        "changed": {},
        "reconcile_ms": timing.runs(lambda: reconcile(now=timezone.now())),
    }
    for many in CHANGES:
        if many <= size // 10:
            found["changed"][str(many)] = _after(many, size)
    found["drift"] = reconcile(now=timezone.now()).drift
    return found


def _plain() -> None:
    """One level of one tally, without criteria, as plain aggregates give it."""
    keys = ("answered_on", "service_id", "segment_id")
    list(Rating.objects.current().values(*keys).annotate(Count("pk"), Avg("score")))


def _after(many: int, size: int) -> dict[str, float]:
    draw = Random(many)  # noqa: S311 (which rows change decides nothing)
    writes, counts = [], []
    for _ in range(timing.RUNS):
        changed = Rating.objects.filter(pk__in=draw.sample(range(1, size + 1), many))
        writes.append(timing.once(partial(changed.update, score=10 - F("score"))))
        counts.append(timing.once(lambda: drain(now=timezone.now(), limit=100_000)))
        drain_all(now=timezone.now())
    recount = timing.middle(counts)
    return {
        "write_ms": timing.middle(writes),
        "recount_ms": recount,
        "ratings_per_second": timing.per_second(many, recount),
    }
