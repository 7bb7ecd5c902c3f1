"""How long it takes to count everything, against plain SQL and against a columnar engine."""

from __future__ import annotations

from typing import Any

from django.db.models import Avg, Count
from django.utils import timezone

from feedback.models import Rating
from indicators.bench import columnar, market, timing
from indicators.tallies.reconcile import reconcile
from indicators.tallies.recount import recount_all


def run(size: int) -> dict[str, Any]:
    """Ratios: the full recount against one plain GROUP BY, and against DuckDB for the same cells.

    Between two recounts what the first left behind is vacuumed, as the database does by itself.
    """
    market.fill(size)
    durations = []
    for _run in range(timing.RUNS):
        durations.append(timing.once(lambda: recount_all(now=timezone.now())))
        market.settle()
    full, plain = timing.middle(durations), timing.runs(_plain)
    return {
        "ratings": size,
        "full_ms": full,
        "ratings_per_second": timing.per_second(size, full),
        "plain_group_by_ms": plain,
        "full_against_plain": timing.ratio(full, plain),
        **columnar.compare(full),
        "reconcile_ms": timing.runs(lambda: reconcile(now=timezone.now())),
        "drift": reconcile(now=timezone.now()).drift,
    }


def _plain() -> None:
    """One level of one tally, without criteria, as plain aggregates give it."""
    keys = ("answered_on", "service_id", "segment_id")
    list(Rating.objects.current().values(*keys).annotate(Count("pk"), Avg("score")))
