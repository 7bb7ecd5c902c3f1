"""Whether tallies equal facts after all that can happen at once has happened."""

# ruff: noqa: S608 (names come from our own models)

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import date, timedelta
from functools import partial
from random import Random
from time import perf_counter
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from feedback.models import Rating
from indicators.bench import children, market
from indicators.models import Family
from indicators.tallies import triggers
from indicators.tallies.measures import FAMILIES
from indicators.tallies.reconcile import reconcile
from indicators.tallies.recount import drain_all

MOST = 50_000  # changes, of 200,000 ratings or more
WRITERS, DRAINERS = 8, 4
KINDS = ("insert", "insert", "edit", "edit", "move", "erase", "delete", "undo")
LAST = date(2025, 12, 4)  # the last day of the facts
REPLAYED = 20  # of so many ratings one has its cell touched again


def run(size: int) -> dict[str, Any]:
    """Differing cells, to be 0: writers and drainers at once, one killed, the queue replayed."""
    market.fill(size)
    each = max(1, min(MOST, size // 4) // WRITERS // 3)
    market.ask(each * WRITERS * 3)
    start, replayed = perf_counter(), 0
    with ExitStack() as stack, ThreadPoolExecutor(WRITERS) as pool:
        command = children.running("drainer")
        drainers = [stack.enter_context(children.child(*command)) for _one in range(DRAINERS)]
        for one in drainers:
            children.hear(one)
        made = _meanwhile(pool, 0, each, size, lambda: None)
        made += _meanwhile(pool, 1, each, size, drainers[0].kill)
        made += _meanwhile(pool, 2, each, size, _replay)
        seconds = perf_counter() - start
    drain_all(now=timezone.now())
    replayed = _replay()
    drain_all(now=timezone.now())
    found = reconcile(now=timezone.now())
    return {
        "ratings": size,
        "changes": dict(made),
        "changes_per_second": round(made.total() / seconds),
        "writers": WRITERS,
        "drainers": DRAINERS,
        "killed": 1,
        "replayed_cells": replayed,
        "cells": found.cells,
        "pending": found.pending,
        "differing_cells": found.drift,
    }


def _meanwhile(
    pool: ThreadPoolExecutor, phase: int, each: int, size: int, act: Callable[[], object]
) -> Counter[str]:
    """What all writers did; while they write the act happens."""
    seeds = range(phase * WRITERS, (phase + 1) * WRITERS)
    writers = [pool.submit(_write, seed, each, size) for seed in seeds]
    act()
    return sum((one.result() for one in writers), Counter[str]())


def _write(seed: int, many: int, size: int) -> Counter[str]:
    """In a thread, whose connection nobody else closes."""
    draw = Random(seed)  # noqa: S311 (which rows change decides nothing)
    made = Counter[str]()
    try:
        for own in range(seed * many + 1, (seed + 1) * many + 1):
            kind = draw.choice(KINDS)
            _change(kind, draw, own, size)
            made[kind] += 1
    finally:
        connection.close()
    return made


def _change(kind: str, draw: Random, own: int, size: int) -> None:
    rating = Rating.objects.filter(pk=draw.randint(1, size))
    edit = partial(rating.update, score=10 - F("score"))
    if kind == "insert":
        market.answer(own, own)
    elif kind == "edit":
        edit()
    elif kind == "move":
        rating.update(answered_on=LAST - timedelta(days=draw.randrange(market.DAYS)))
    elif kind == "erase":
        rating.update(why="")
    elif kind == "delete":
        rating._raw_delete(rating.db)
    else:
        with transaction.atomic():
            edit()
            transaction.set_rollback(True)


def _replay() -> int:
    """As if a queue came twice: cells long counted are touched again; how many."""
    some = f"(SELECT * FROM {Rating._meta.db_table} WHERE id % {REPLAYED} = 0)"
    with connection.cursor() as cursor:
        cursor.execute(triggers.touching(FAMILIES[Family.RATING], some))
        return int(cursor.rowcount)
