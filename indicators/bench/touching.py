"""How long it takes to count again the cells of a few ratings, however many facts there are."""

# ruff: noqa: S608 (names come from our own models)

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from random import Random
from typing import Any

from django.db import connection
from django.db.models import F
from django.utils import timezone

from feedback.models import Rating
from indicators.bench import copying, market, timing
from indicators.tallies.reconcile import reconcile
from indicators.tallies.recount import drain, drain_all

MANY = (1, 100, 1_000, 10_000)  # ratings before a recount
COPIED = 50_000  # rows of one COPY
LIMIT = 100_000  # touched rows of one recount: all there are


def run(size: int) -> dict[str, Any]:
    """Ratio: ratings counted per second in batches of 1,000 against rows per second of COPY.

    `new` are answers of the last days, as they come in. `changed` are scores changed in any of
    five years, the worst case: nearly each has cells of its own at every level.
    """
    market.fill(size)
    many = [one for one in MANY if one <= size // 10] or [1]
    market.ask(max(many))
    new_ones(1)  # nothing is measured cold
    found: dict[str, Any] = {
        "ratings": size,
        "new": {str(one): new_ones(one) for one in many},
        "changed": {str(one): _changed(one, size) for one in many},
        "copy_rows_per_second": _copied_per_second(min(size, COPIED)),
    }
    batch = found["new"].get("1000", found["new"][str(many[-1])])
    found["batch_against_copy"] = timing.ratio(
        batch["ratings_per_second"], found["copy_rows_per_second"]
    )
    found["drift"] = reconcile(now=timezone.now()).drift
    return found


def new_ones(many: int) -> dict[str, float]:
    """Those who were asked answer; afterwards they have not. Each run by new ratings."""
    writes, counts = [], []
    for _run in range(timing.RUNS if many > 1 else 4 * timing.RUNS):
        writes.append(timing.once(partial(market.answer, 1, many)))
        counts.append(timing.once(lambda: drain(now=timezone.now(), limit=LIMIT)))
        Rating.objects.filter(pk__gt=market.EXTRA).delete()
        drain_all(now=timezone.now())
    return _told(many, writes, counts)


def _changed(many: int, size: int) -> dict[str, float]:
    draw = Random(many)  # noqa: S311 (which rows change decides nothing)
    writes, counts = [], []
    for _run in range(timing.RUNS):
        changed = Rating.objects.filter(pk__in=draw.sample(range(1, size + 1), many))
        writes.append(timing.once(partial(changed.update, score=10 - F("score"))))
        counts.append(timing.once(lambda: drain(now=timezone.now(), limit=LIMIT)))
        drain_all(now=timezone.now())
    return _told(many, writes, counts)


def _told(many: int, writes: list[float], counts: list[float]) -> dict[str, float]:
    write, recount = timing.middle(writes), timing.middle(counts)
    return {
        "write_ms": write,
        "recount_ms": recount,
        "ratings_per_second": timing.per_second(many, recount),
        "written_and_counted_per_second": timing.per_second(many, write + recount),
    }


def _copied_per_second(many: int) -> int:
    """How fast the machine takes ratings into a table with the same indexes, and nothing else."""
    table, durations = Rating._meta.db_table, []
    how = f"(LIKE {table} INCLUDING ALL)"
    if connection.vendor == "sqlite":
        how = f"AS SELECT * FROM {table} LIMIT 0"
    with ExitStack() as stack, connection.cursor() as cursor:
        put = copying.taken(stack, Rating, into="copied_ratings", limit=many)
        for _run in range(timing.RUNS):
            cursor.execute(f"CREATE TEMPORARY TABLE copied_ratings {how}")
            durations.append(timing.once(partial(put, cursor)))
            cursor.execute("DROP TABLE copied_ratings")
    return timing.per_second(many, timing.middle(durations))
