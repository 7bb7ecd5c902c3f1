"""The proof that tallies equal facts: everything counted afresh beside them, and compared."""

# ruff: noqa: S608 (names come from our own models, values are parameters)

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction

from indicators.models import CELL, Family, Grain, TallyState
from indicators.tallies import afresh, drained
from indicators.tallies.cells import CellTable
from indicators.tallies.drained import DRAINED, SCOPE
from indicators.tallies.lattice import LEVELS
from indicators.tallies.recount import asked_slots, lock

SHOWN = 20  # differing cells named in the report


@dataclass(frozen=True)
class Drift:
    """`cells` were compared; `pending` cells were touched since and wait for their recount."""

    cells: int = 0
    drift: int = 0
    pending: int = 0
    by_tally: dict[str, int] = field(default_factory=dict)
    examples: list[dict[str, str | int]] = field(default_factory=list)


def reconcile(*, now: datetime) -> Drift:
    """Compare each stored cell with the facts, and change none; the result is kept with its time.

    Nobody recounts meanwhile. A cell whose facts moved meanwhile is touched, hence pending.
    """
    with transaction.atomic():
        lock()
        slots = asked_slots()
        counted = [afresh.count(family, slots) for family in Family]
        with connection.cursor() as cursor:
            for sql, params in drained.look():
                cursor.execute(sql, params)
        found = _compare(counted)
        TallyState.objects.update_or_create(
            pk=1, defaults={"reconciled_at": now, "drift": found.drift}
        )
    return found


def _compare(counted: Sequence[CellTable]) -> Drift:
    compared, by_tally = 0, {}
    examples: list[dict[str, str | int]] = []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {DRAINED}")
        pending = cursor.fetchone()[0]
        for fresh in counted:
            tally = fresh.measured.tally
            name = tally._meta.model_name or ""
            compared += tally._default_manager.count()
            cursor.execute(_differing(fresh))
            rows = cursor.fetchall()
            by_tally[name] = len(rows)
            for row in rows[: SHOWN - len(examples)]:
                keys = dict(zip(CELL, row, strict=True))
                examples.append({"tally": name, **keys, "starts_on": str(keys["starts_on"])})
            afresh.forget(fresh)
    return Drift(compared, sum(by_tally.values()), pending, by_tally, examples)


def _differing(fresh: CellTable) -> str:
    """Keys of cells that differ or are on one side only, but for those above a touched cell."""
    keys = ", ".join(CELL)
    same = " AND ".join(f"cell.{name} IN (0, t.{name})" for name in SCOPE)
    starts = {Grain.DAY: "day", Grain.MONTH: "month"}
    waiting = [
        f"NOT EXISTS (SELECT 1 FROM {DRAINED} t WHERE t.family = {fresh.family.value} AND {same}"
        f" AND cell.level IN ({_numbers(grain)}) AND cell.starts_on = t.{start})"
        for grain, start in starts.items()
    ]
    return (
        f"SELECT DISTINCT {keys} FROM ({afresh.differing(fresh)}) cell"
        f" WHERE {' AND '.join(waiting)} ORDER BY {keys}"
    )


def _numbers(grain: Grain) -> str:
    return ", ".join(str(level.number.value) for level in LEVELS if level.grain == grain)
