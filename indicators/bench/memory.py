"""Whether processes grow with the work they do, and what room tallies take beside the facts."""

# ruff: noqa: S608 (names come from our own models)

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from itertools import cycle
from pathlib import Path
from resource import getpagesize
from typing import Any

from django.db import DatabaseError, connection
from django.db.models import Model
from django.utils import timezone

from feedback.models import Rating
from indicators.bench import dashboards, market, timing
from indicators.models import Family
from indicators.tallies import triggers
from indicators.tallies.measures import FAMILIES, TALLIES
from indicators.tallies.recount import drain, drain_all

DASHBOARDS = 1_000
RECOUNTED = 1_000  # cells of one drain
LOOKS = 10  # at the memory
STATM = Path("/proc/self/statm")


def run(size: int) -> dict[str, Any]:
    """Resident megabytes after each tenth of the work, and how much was added from the second on.

    Dashboards are whole pages under the mixed filters, each made anew; recounts are of as many
    cells as there are ratings. Tallies are measured as they stand when packed.
    """
    market.fill(size)
    taken = _bytes_taken()
    many = min(DASHBOARDS, max(LOOKS, size // 100))
    return {
        "ratings": size,
        **taken,
        "dashboards": many,
        "web": _grown(many // LOOKS, dashboards.visitor()),
        "cells_recounted": size,
        "worker": _grown(max(1, size // RECOUNTED // LOOKS), _recounter(size)),
    }


def _grown(times: int, work: Callable[[], object]) -> dict[str, Any]:
    """Megabytes at each look; the first tenth loads what is loaded once."""
    seen = []
    for _look in range(LOOKS):
        for _time in range(times):
            work()
        seen.append(_resident())
    return {"megabytes": seen, "grown_percent": round((seen[-1] / seen[1] - 1) * 100, 1)}


def _resident() -> float:
    """Of this process; 0 where there is no /proc."""
    with suppress(OSError):
        return round(int(STATM.read_text().split()[1]) * getpagesize() / 1_000_000, 1)
    return 0.0


def _recounter(size: int) -> Callable[[], object]:
    """Touches the next cells, as often as it is called, and counts them."""
    starts = cycle(range(1, size, RECOUNTED))
    some = f"(SELECT * FROM {Rating._meta.db_table} WHERE id BETWEEN %s AND %s)"

    def recount() -> None:
        first = next(starts)
        with connection.cursor() as cursor:
            touch = triggers.touching(FAMILIES[Family.RATING], some)
            cursor.execute(touch, [first, first + RECOUNTED - 1])
        drain(now=timezone.now(), limit=RECOUNTED)
        drain_all(now=timezone.now())

    return recount


def _bytes_taken() -> dict[str, Any]:
    """With indexes; None where the database cannot tell."""
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        models: tuple[type[Model], ...] = (*TALLIES, Rating)
        with connection.cursor() as cursor:
            for model in models:
                cursor.execute(f"VACUUM FULL {model._meta.db_table}")
    tallies, ratings = [_bytes(*TALLIES), _bytes(Rating)]
    share = timing.ratio(tallies, ratings) if tallies and ratings else None
    return {"tally_bytes": tallies, "rating_bytes": ratings, "tallies_against_ratings": share}


def _bytes(*models: type[Model]) -> int | None:
    tables = [model._meta.db_table for model in models]
    if connection.vendor == "postgresql":
        sql = "SELECT SUM(pg_total_relation_size(name::regclass)) FROM unnest(%s) AS names(name)"
        params: list[Any] = [tables]
    else:
        places, params = ", ".join(["%s"] * len(tables)), tables
        sql = (
            "SELECT SUM(pgsize) FROM dbstat WHERE aggregate = TRUE AND name IN"
            f" (SELECT name FROM sqlite_master WHERE tbl_name IN ({places}))"
        )
    with suppress(DatabaseError), connection.cursor() as cursor:
        cursor.execute(sql, params)
        total = cursor.fetchone()[0]
        return None if total is None else int(total)
    return None
