"""The same cells from the same rows by DuckDB, a columnar engine: the yardstick of a full recount.

It runs the statements of our own recount, word for word, over a copy of the facts in its memory.
"""

# ruff: noqa: S608 (names come from our own models)

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

from django.db import connection
from django.db.models import Model

from clients.models import Client
from indicators.bench import timing
from indicators.models import CELL, Family
from indicators.tallies import cells, triggers
from indicators.tallies.cells import CellTable
from indicators.tallies.measures import FAMILIES
from indicators.tallies.recount import asked_slots

MISSING = "not installed; it is among the development tools of requirements/dev.txt"
NULL = r"\N"
READ = f"FORMAT csv, HEADER false, AUTO_DETECT false, NULLSTR '{NULL}'"


def compare(full_ms: float) -> dict[str, Any]:
    """Its time, ours against it, and whether each day and month of each level sums up the same."""
    duckdb = _engine()
    if duckdb is None:
        return {"duckdb": MISSING}
    with TemporaryDirectory() as folder, duckdb.connect() as engine:
        for table, columns in _needed():
            _copy(engine, table, columns, Path(folder) / "rows.csv")
        counted = timing.middle(_count(engine) for _run in range(timing.RUNS))
        slots = asked_slots()
        everything = [CellTable(family, slots) for family in Family]
        ours = {filled.table: _sums(connection.cursor(), filled) for filled in everything}
        its = {filled.table: _sums(engine, filled) for filled in everything}
        return {
            "duckdb": duckdb.__version__,
            "duckdb_ms": counted,
            "full_against_duckdb": timing.ratio(full_ms, counted),
            "cells": sum(row[2] for rows in ours.values() for row in rows),
            "other_cells": [table for table, rows in ours.items() if rows != its[table]],
        }


def _engine() -> ModuleType | None:
    with suppress(ImportError):
        import duckdb

        return duckdb
    return None


def _needed() -> Iterator[tuple[type[Model], list[str]]]:
    """The columns that are counted, and the managers of clients."""
    yield Client, ["id", "manager_id"]
    for measured in FAMILIES.values():
        counted = triggers.COUNTED[measured.family]
        names = ("id", measured.day, *triggers.SCOPE, "client_id", *counted)
        yield measured.facts, list(dict.fromkeys(names))


def _copy(engine: Any, model: type[Model], names: list[str], path: Path) -> None:
    """Types by the names both engines know."""
    table = model._meta.db_table
    types = [_type(model._meta, name) for name in names]
    _write(path, f"SELECT {', '.join(names)} FROM {table}")
    declared = ", ".join(f"{name} {kind}" for name, kind in zip(names, types, strict=True))
    engine.execute(f"CREATE TABLE {table} ({declared})")
    engine.execute(f"COPY {table} FROM '{path}' ({READ})")


def _type(fields: Any, name: str) -> str:
    field = next(one for one in fields.concrete_fields if one.column == name)
    return str(field.db_type(connection)).replace(" unsigned", "")


def _write(path: Path, rows: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as file, connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.copy_expert(f"COPY ({rows}) TO STDOUT (FORMAT csv, NULL '{NULL}')", file)
            return
        cursor.execute(rows)
        writer = csv.writer(file)
        for row in cursor:
            writer.writerow([NULL if value is None else value for value in row])


def _count(engine: Any) -> float:
    """Milliseconds to fill empty tables."""
    slots, duration = asked_slots(), 0.0
    for filled in (CellTable(family, slots) for family in Family):
        columns = ", ".join(f"{name} BIGINT" for name in (*CELL, *filled.columns))
        columns = columns.replace("starts_on BIGINT", "starts_on DATE")
        engine.execute(f"CREATE OR REPLACE TABLE {filled.table} ({columns})")
        for sql, params in cells.fill_all(filled):
            statement = sql % tuple(map(_literal, params))
            duration += timing.once(partial(engine.execute, statement))
    return duration


def _literal(value: object) -> str:
    return f"'{value}'" if isinstance(value, str) else str(value)


def _sums(cursor: Any, filled: CellTable) -> list[tuple[int, str, int, int]]:
    """Of each level and start its cells, and a sum in which each key and each count weighs."""
    keys = [name for name in CELL if name != "starts_on"]
    place = " + ".join(f"{weight} * {name}" for weight, name in enumerate(keys, start=3))
    columns = enumerate(filled.columns, start=1)
    counts = " + ".join(f"{weight} * COALESCE({name}, 0)" for weight, name in columns)
    total = f"SUM(CAST({place} AS bigint) * (CAST(0 AS bigint) + {counts}))"
    cursor.execute(
        f"SELECT {keys[0]}, starts_on, COUNT(*), {total} FROM {filled.table}"
        f" GROUP BY {keys[0]}, starts_on ORDER BY {keys[0]}, starts_on"
    )
    return [(int(level), str(day), int(n), int(sum_)) for level, day, n, sum_ in cursor.fetchall()]
