"""Tables without what slows down writing many rows, and with it again afterwards."""

# ruff: noqa: S608 (names come from our own models)

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.models import Model

from indicators.tallies import triggers

MEMORY = "512MB"  # of PostgreSQL, to build one index

INDEXES = """
    SELECT tablename, indexname, indexdef FROM pg_indexes
    WHERE schemaname = current_schema() AND tablename = ANY(%s)
    AND indexname NOT IN (SELECT conname FROM pg_constraint) ORDER BY 1, 2
"""
CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid::regclass::text = ANY(%s) AND contype IN ('f', 'u') ORDER BY 1, 2
"""


@contextmanager
def bare(models: Iterable[type[Model]]) -> Iterator[None]:
    """Only in a scratch database: what goes wrong inside leaves the tables bare."""
    tables = [model._meta.db_table for model in models]
    triggers.remove(connection)
    strip = _strip_postgresql if connection.vendor == "postgresql" else _strip_sqlite
    rebuild = strip(tables)
    yield
    _run(rebuild)
    triggers.install()


def _strip_postgresql(tables: list[str]) -> list[str]:
    """Drop all but the primary keys; the statements that put them back.

    Foreign keys come back for the rows to come: those that are there were made to fit.
    """
    indexes, constraints = _ask(INDEXES, [tables]), _ask(CONSTRAINTS, [tables])
    _run(
        [
            "SET CONSTRAINTS ALL IMMEDIATE",
            *(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"' for table, name, _how in constraints),
            *(f'DROP INDEX "{name}"' for _table, name, _how in indexes),
        ]
    )
    unseen = " NOT VALID"
    added = [
        f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {how}{unseen * how.startswith("FOREIGN")}'
        for table, name, how in constraints
    ]
    made = [how for _table, _name, how in indexes]
    work_mem = "maintenance_work_mem"
    return [f"SET {work_mem} = '{MEMORY}'", *made, *added, f"RESET {work_mem}"]


def _strip_sqlite(tables: list[str]) -> list[str]:
    """Drop the indexes; foreign keys are looked at again only from the end on."""
    places = ", ".join(["%s"] * len(tables))
    indexes = _ask(
        "SELECT tbl_name, name, sql FROM sqlite_master"
        f" WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({places})",
        tables,
    )
    _run(["PRAGMA foreign_keys = OFF"])
    _run(f'DROP INDEX "{name}"' for _table, name, _how in indexes)
    made = [how for _table, _name, how in indexes]
    return [*made, "PRAGMA foreign_keys = ON"]


def _ask(sql: str, params: Sequence[Any]) -> list[tuple[str, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def _run(statements: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
