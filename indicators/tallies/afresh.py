"""Everything counted once more from the facts, beside the stored tallies, to compare with them."""

# ruff: noqa: S608 (names come from our own models, values are parameters)

from __future__ import annotations

from django.db import connection

from indicators.models import CELL, Family
from indicators.tallies import cells
from indicators.tallies.cells import CellTable

FRESH = "fresh_"
DIFFERING = "differing_cells"


def count(family: Family, slots: tuple[int, ...]) -> CellTable:
    """Every cell of a family, in a temporary table."""
    fresh = CellTable(family, slots, FRESH)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {fresh.table}")
        cursor.execute(
            f"CREATE TEMPORARY TABLE {fresh.table} AS SELECT * FROM {fresh.stored} LIMIT 0"
        )
        for sql, params in cells.fill_all(fresh):
            cursor.execute(sql, params)
    return fresh


def differing(fresh: CellTable) -> str:
    """Keys of the cells that differ or are on one side only; some of them twice."""
    if connection.vendor == "postgresql":  # a third of the time of the two EXCEPT of SQLite
        keys = ", ".join(CELL)
        one, other = (", ".join(f"{side}.{name}" for name in fresh.columns) for side in ("f", "s"))
        return (
            f"SELECT {keys} FROM {fresh.table} f FULL JOIN {fresh.stored} s USING ({keys})"
            f" WHERE ({one}) IS DISTINCT FROM ({other})"
        )
    columns = ", ".join((*CELL, *fresh.columns))
    sides = [
        f"SELECT * FROM (SELECT {columns} FROM {one} EXCEPT SELECT {columns} FROM {other}) {name}"
        for one, other, name in (
            (fresh.stored, fresh.table, "more"),
            (fresh.table, fresh.stored, "less"),
        )
    ]
    return f"SELECT {', '.join(CELL)} FROM ({' UNION ALL '.join(sides)}) cell"


def mend(fresh: CellTable) -> None:
    """Put fresh cells in the place of those that differ; the others are not written again."""
    keys, columns = ", ".join(CELL), ", ".join((*CELL, *fresh.columns))
    chosen = f"WHERE ({keys}) IN (SELECT {keys} FROM {DIFFERING})"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {DIFFERING}")
        cursor.execute(f"CREATE TEMPORARY TABLE {DIFFERING} AS {differing(fresh)}")
        cursor.execute(f"DELETE FROM {fresh.stored} {chosen}")
        cursor.execute(
            f"INSERT INTO {fresh.stored} ({columns}) SELECT {columns} FROM {fresh.table} {chosen}"
            f" ORDER BY {keys}"
        )
        cursor.execute(f"DROP TABLE {DIFFERING}")


def forget(fresh: CellTable) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {fresh.table}")
