"""The one door for SQL that PostgreSQL and SQLite write differently, and the waiting tables.

Rows wait in temporary tables of the connection: filled by COPY on PostgreSQL, by `executemany` on
SQLite, outside of any transaction, so that nobody waits for a lock while a file is read.
"""

# ruff: noqa: S608 - the names in the statements are our own, values are parameters

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from feedback.marketplace.columns import Kind

WHILE_IMPORTING = {"statement_timeout": "0", "work_mem": "128MB"}  # joins of a million rows
LOCK = 7_215_001  # one import writes at a time
SPECIAL = re.compile(r"[\\\t\n\r]")
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
Params = Sequence[Any] | Mapping[str, Any]


class Staging:
    """What both databases do the same way."""

    types: Mapping[Kind, str]
    random_hex_32: str
    random_hex_64: str

    def __init__(self) -> None:
        self._tables: list[str] = []

    def create(self, table: str, columns: Mapping[str, Kind]) -> None:
        self.drop(table)
        inside = ", ".join(f'"{name}" {self.types[kind]}' for name, kind in columns.items())
        self.run(f"CREATE TEMPORARY TABLE {table} ({inside})")
        self._tables.append(table)

    def create_as(self, table: str, query: str, params: Params = ()) -> None:
        self.drop(table)
        self.run(f"CREATE TEMPORARY TABLE {table} AS {query}", params)
        self._tables.append(table)

    def drop(self, table: str) -> None:
        self.run(f"DROP TABLE IF EXISTS {self.temporary}.{table}")

    def drop_all(self) -> None:
        while self._tables:
            self.drop(self._tables.pop())

    def index(self, table: str, *columns: str) -> None:
        """Lets the planner know the rows, after they are all there."""
        for column in columns:
            self.run(f'CREATE INDEX {table}_{column} ON {table} ("{column}")')
        self.run(f"ANALYZE {table}")

    def learn(self, table: str) -> None:
        """Tells the planner of the many rows a table has just been given."""

    def run(self, query: str, params: Params = ()) -> int:
        """How many rows the statement wrote."""
        with connection.cursor() as cursor:
            cursor.execute(query, params or None)
            return int(cursor.rowcount)

    def write(self, query: str, params: Params = ()) -> int:
        """A statement that changes facts, whose triggers see all its rows at once."""
        return self.run(query, params)

    def rows(self, query: str, params: Params = ()) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(query, params or None)
            return list(cursor.fetchall())

    def number(self, query: str, params: Params = ()) -> int:
        return int(self.rows(query, params)[0][0] or 0)

    def by_line(self, table: str, *, size: int = 5_000) -> Iterator[list[tuple[Any, ...]]]:
        """The rows of a waiting table in the order of its `line`, a few at a time."""
        last = -1
        query = f"SELECT * FROM {table} WHERE line > %s ORDER BY line LIMIT {size}"
        while found := self.rows(query, [last]):
            yield found
            last = int(found[-1][0])

    temporary: str

    def fill(self, table: str, columns: Mapping[str, list]) -> None:
        raise NotImplementedError

    def days_later(self, instant: str, days: int) -> str:
        raise NotImplementedError

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Around the filling of the waiting tables; locks nothing that others use."""
        raise NotImplementedError

    @contextmanager
    def writing(self) -> Iterator[None]:
        """The one transaction in which everything is written, one import at a time."""
        raise NotImplementedError


class PostgresStaging(Staging):
    temporary = "pg_temp"
    types = {
        Kind.TEXT: "text",
        Kind.NUMBER: "integer",
        Kind.AMOUNT: "numeric(12, 2)",
        Kind.DAY: "date",
        Kind.INSTANT: "timestamptz",
    }
    random_hex_32 = "replace(gen_random_uuid()::text, '-', '')"
    random_hex_64 = "replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')"

    def fill(self, table: str, columns: Mapping[str, list]) -> None:
        names = ", ".join(f'"{name}"' for name in columns)
        lines = map("\t".join, zip(*map(_copy_text, columns.values()), strict=True))
        text = "\n".join(lines)
        with connection.cursor() as cursor:
            _raw(cursor).copy_expert(f"COPY {table} ({names}) FROM STDIN", io.StringIO(text))

    def days_later(self, instant: str, days: int) -> str:
        return f"{instant} + interval '{days} days'"

    def learn(self, table: str) -> None:
        self.run(f"ANALYZE {table}")

    def write(self, query: str, params: Params = ()) -> int:
        # A trigger keeps the plan of its first call, be it for no row at all: joining a hundred
        # thousand changed rows by that plan takes minutes.
        self.run("DISCARD PLANS")
        return self.run(query, params)

    @contextmanager
    def reading(self) -> Iterator[None]:
        before = {name: self.rows(f"SHOW {name}")[0][0] for name in WHILE_IMPORTING}
        self._set(WHILE_IMPORTING)
        try:
            yield
        finally:
            if not connection.needs_rollback:
                self._set(before)

    def _set(self, settings: Mapping[str, str]) -> None:
        for name, value in settings.items():
            self.run(f"SET {name} = '{value}'")

    @contextmanager
    def writing(self) -> Iterator[None]:
        with transaction.atomic():
            self.run("SET LOCAL lock_timeout = 0")
            self.rows("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            # Checked at the end of each statement: no queue of a million checks until the commit.
            self.run("SET CONSTRAINTS ALL IMMEDIATE")
            yield
            self.run("SET CONSTRAINTS ALL DEFERRED")


class SqliteStaging(Staging):
    temporary = "temp"
    types = {
        Kind.TEXT: "text",
        Kind.NUMBER: "integer",
        Kind.AMOUNT: "decimal",
        Kind.DAY: "text",
        Kind.INSTANT: "text",
    }
    random_hex_32 = "lower(hex(randomblob(16)))"
    random_hex_64 = "lower(hex(randomblob(32)))"

    def fill(self, table: str, columns: Mapping[str, list]) -> None:
        names = ", ".join(f'"{name}"' for name in columns)
        places = ", ".join(["%s"] * len(columns))
        with _deferred(), connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO {table} ({names}) VALUES ({places})",
                list(zip(*columns.values(), strict=True)),
            )

    def days_later(self, instant: str, days: int) -> str:
        return f"datetime({instant}, '+{days} days')"

    @contextmanager
    def reading(self) -> Iterator[None]:
        yield

    @contextmanager
    def writing(self) -> Iterator[None]:
        self.run("PRAGMA busy_timeout = 600000")  # ms: another import may be writing
        try:
            with transaction.atomic():
                yield
        finally:
            self.run("PRAGMA busy_timeout = 20000")


def staging() -> Staging:
    return PostgresStaging() if connection.vendor == "postgresql" else SqliteStaging()


def _raw(cursor: CursorWrapper) -> Any:
    """The driver's own cursor, which knows COPY."""
    return cursor.cursor


@contextmanager
def _deferred() -> Iterator[None]:
    """A transaction of the temporary database alone: `atomic` would lock the real one."""
    if connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("COMMIT")


def _copy_text(values: list) -> Iterable[str]:
    """One column in the text format of COPY."""
    if values and isinstance(values[0], int) and None not in values:
        return map(str, values)
    if SPECIAL.search("".join([str(value) for value in values if value is not None])):
        values = [value and str(value).translate(ESCAPES) for value in values]
    return ["\\N" if value is None else str(value) for value in values]
