"""The touched cells a drain has taken, each once, in a temporary table of the connection."""

# ruff: noqa: S608 (names come from our own models, values are parameters)

from __future__ import annotations

from typing import Any

from django.db import connection

from indicators.models import ALL, Family, Grain, Touched
from indicators.tallies import handovers
from indicators.tallies.lattice import KEPT, Level

Query = tuple[str, tuple[Any, ...]]

TOUCHED = Touched._meta.db_table
DRAINED = "drained_cells"
SCOPE = tuple(f"{name}_id" for name in KEPT)
MONTH_OF = {
    "postgresql": "date_trunc('month', {day})::date",
    "sqlite": "strftime('%%Y-%%m-01', {day})",
}
NEXT_MONTH_OF = {
    "postgresql": "(date_trunc('month', {day}) + interval '1 month')::date",
    "sqlite": "date({day}, 'start of month', '+1 month')",
}
CREATE = (
    f"CREATE TEMPORARY TABLE IF NOT EXISTS {DRAINED} (family smallint, day date, month date,"
    f" next_month date, {', '.join(f'{name} bigint' for name in SCOPE)})"
)
# Nobody vacuums a temporary table: deleted rows would be read again by each later drain.
EMPTIED = {"postgresql": " ON COMMIT DELETE ROWS", "sqlite": ""}

# The touched cells are few against the facts; the planner, which cannot know in which month a
# partner's facts are, would rather read all of them.
BY_INDEX = (
    "SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off;"
    " SET LOCAL enable_mergejoin = off; SET LOCAL enable_bitmapscan = off; SET LOCAL jit = off"
)


def month_of(day: str) -> str:
    return MONTH_OF[connection.vendor].format(day=day)


def _create() -> str:
    return CREATE + EMPTIED[connection.vendor]


def take(limit: int) -> list[Query]:
    """Move the oldest touched cells to the temporary table."""
    oldest = f"SELECT id FROM {TOUCHED} ORDER BY id LIMIT %s"
    start = [(_create(), ()), (f"DELETE FROM {DRAINED}", ())]
    start += [(sql, ()) for sql in handovers.looked_at_again()]
    if connection.vendor == "postgresql":
        oldest += " FOR UPDATE SKIP LOCKED"
        gone = f"DELETE FROM {TOUCHED} WHERE id IN ({oldest}) RETURNING *"
        return [(BY_INDEX, ()), *start, (_once(gone), (limit,))]
    return [
        *start,
        (_once(f"SELECT * FROM {TOUCHED} ORDER BY id LIMIT %s"), (limit,)),
        (f"DELETE FROM {TOUCHED} WHERE id IN ({oldest})", (limit,)),
        (f"ANALYZE temp.{DRAINED}", ()),
    ]


def look() -> list[Query]:
    """All that is touched and not yet drained; nothing is taken away."""
    return [
        *((sql, ()) for sql in handovers.looked_at_again()),
        (_create(), ()),
        (f"DELETE FROM {DRAINED}", ()),
        (_once(f"SELECT * FROM {TOUCHED}"), ()),
    ]


def _once(touched: str) -> str:
    """Each cell once, of the manager the client had when it was touched and of today's."""
    following = NEXT_MONTH_OF[connection.vendor].format(day="day")
    columns = ", ".join(["family", "day", month_of("day"), following, *SCOPE])
    scope = ", ".join(SCOPE[:-1])
    today = f"{handovers.manager_of('gone')} AS manager_id FROM gone WHERE client_id <> {ALL}"
    return (
        f"WITH gone AS ({touched}) INSERT INTO {DRAINED} SELECT DISTINCT {columns}"
        f" FROM (SELECT family, day, {scope}, manager_id FROM gone"
        f" UNION ALL SELECT family, day, {scope}, {today}) cell"
    )


def kept(level: Level) -> list[str]:
    """The columns of the scope that a level keeps apart."""
    return [f"{name}_id" for name in KEPT if name in level.keeps]


def found_by(level: Level) -> list[str]:
    """The columns by which its touched cells are found: those that differ in others go together."""
    return [name for name in kept(level) if name != f"{level.whole}_id"]


def start(level: Level) -> str:
    return "day" if level.grain == Grain.DAY else "month"


def each(level: Level, family: Family) -> str:
    """The touched cells of a level, each once, with the end of their month."""
    return of_level(level, family, *_end(level)).replace("SELECT", "SELECT DISTINCT", 1)


def gathered(level: Level, family: Family, key: str) -> str:
    """The same with all values of one key in an array, for cells that differ in nothing else."""
    others = [start(level), *_end(level), *(name for name in found_by(level) if name != key)]
    columns = ", ".join(others)
    return (
        f"SELECT {columns}, array_agg(DISTINCT {key}) AS {key}"
        f"{_among(level, family)} GROUP BY {columns}"
    )


def of_level(level: Level, family: Family, *more: str) -> str:
    """The cells of a level that were touched, more than once perhaps: their start and scope."""
    return f"SELECT {', '.join([start(level), *more, *found_by(level)])}{_among(level, family)}"


def _end(level: Level) -> list[str]:
    return [] if level.grain == Grain.DAY else ["next_month"]


def _among(level: Level, family: Family) -> str:
    """What was touched for all partners, or all settings, is in no cell of one of them."""
    known = [f"family = {family.value}", *(f"{name} <> {ALL}" for name in found_by(level))]
    return f" FROM {DRAINED} WHERE {' AND '.join(known)}"
