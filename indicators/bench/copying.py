"""Rows taken out of a table, and put in again by the fastest plain way of the database."""

# ruff: noqa: S608 (names come from our own models)

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import Any

from django.db import connection
from django.db.models import GeneratedField, Model

PutBack = Callable[[Any], None]  # to a cursor


def columns(model: type[Model]) -> list[str]:
    """Those that can be written."""
    fields = model._meta.concrete_fields
    return [f'"{one.column}"' for one in fields if not isinstance(one, GeneratedField)]


def taken(
    stack: ExitStack, model: type[Model], *, into: str = "", limit: int | None = None
) -> PutBack:
    """COPY, or `executemany` for SQLite, of what was read now; into another table perhaps."""
    table, names = model._meta.db_table, ", ".join(columns(model))
    rows = f"SELECT {names} FROM {table}" + (f" ORDER BY id LIMIT {limit}" if limit else "")
    take = _copied if connection.vendor == "postgresql" else _read
    return take(stack, rows, into or table, names)


def _copied(stack: ExitStack, rows: str, table: str, names: str) -> PutBack:
    file = stack.enter_context(TemporaryFile("w+"))  # noqa: SIM115
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY ({rows}) TO STDOUT", file)

    def put_back(cursor: Any) -> None:
        file.seek(0)
        cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN", file)

    return put_back


def _read(_stack: ExitStack, rows: str, table: str, names: str) -> PutBack:
    with connection.cursor() as cursor:
        cursor.execute(rows)
        found = cursor.fetchall()
    places = ", ".join(["%s"] * (names.count(",") + 1))
    return lambda cursor: cursor.executemany(
        f"INSERT INTO {table} ({names}) VALUES ({places})", found
    )
