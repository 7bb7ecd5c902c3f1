"""The facts of a month as they stood when it was closed, read again by the same measures.

Each family is selected under the name of its own table, so that what counts and what is counted
is said once, in `measures`. What has been written since is left out by its id; what has been
changed since by a step that keeps its instant is turned back: an answer changed or given, a
mail bounced or expired.
"""

# ruff: noqa: S608 (names come from our own models, values are parameters)

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from django.db import connection

from indicators.models import Family
from indicators.tallies.drained import Query, month_of
from indicators.tallies.measures import FAMILIES, Measured, by_slot, in_sql
from indicators.tallies.reader import Sums
from indicators.tallies.triggers import COUNTED, SCOPE
from triangle.periods import Period

ROWS_AT_ONCE = 2_000


class Past(NamedTuple):
    """Which facts of a family: of some days, written after an id and up to another."""

    family: Family
    period: Period
    closed_at: datetime
    last_id: int
    after_id: int = 0

    @property
    def measured(self) -> Measured:
        return FAMILIES[self.family]


class Part(NamedTuple):
    """One day of a family: how many facts, and the hash of their counted columns by id."""

    day: str
    rows: int
    sha256: str


def parts(past: Past) -> Iterator[Part]:
    """By day; rows are read as a stream, so that a month of any size takes the same memory."""
    day, rows, digest = "", 0, sha256()
    for found_day, *columns in _stream(past):
        if found_day != day:
            if rows:
                yield Part(day, rows, digest.hexdigest())
            day, rows, digest = found_day, 0, sha256()
        digest.update(" ".join(columns).encode() + b"\n")
        rows += 1
    if rows:
        yield Part(day, rows, digest.hexdigest())


def sums_by_service(past: Past, slots: tuple[int, ...] = ()) -> dict[int, Sums]:
    """What the tallies would hold of these facts; with criteria for ratings."""
    table = past.measured.facts._meta.db_table
    names = past.measured.names
    found: dict[int, Sums] = {}
    for service, *counts in _aggregate(past, f"{table}.service_id", in_sql(past.family, slots)):
        own = dict(zip(names, map(int, counts[: len(names)]), strict=True))
        found[service] = Sums(own, dict(by_slot(slots, counts[len(names) :])))
    return found


def counts_by_month(past: Past) -> dict[str, dict[str, int]]:
    """By first day of month: rows, and the counts by the names of the family."""
    month = month_of(f"{past.measured.facts._meta.db_table}.{past.measured.day}")
    measures = [("COUNT(*)", ()), *in_sql(past.family)]
    names = ("rows", *past.measured.names)
    return {
        str(start)[:10]: dict(zip(names, map(int, counts), strict=True))
        for start, *counts in _aggregate(past, month, measures)
    }


def _aggregate(
    past: Past, key: str, measures: list[tuple[str, tuple[Any, ...]]]
) -> list[tuple[Any, ...]]:
    source, source_params = _source(past)
    where, where_params = _counted(past.measured)
    columns = ", ".join([key, *(sql for sql, _params in measures)])
    params = [param for _sql, values in measures for param in values]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns} FROM {source}{where} GROUP BY {key}",
            [*params, *source_params, *where_params],
        )
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _stream(past: Past) -> Iterator[list[str]]:
    """Day, id and counted columns of each fact that counts, as text that no database changes."""
    source, source_params = _source(past)
    where, where_params = _counted(past.measured)
    day = past.measured.day
    columns = [day, "id", *(_plain(name) for name in _columns(past.measured) if name != day)]
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(columns)} FROM {source}{where} ORDER BY {day}, id",
            [*source_params, *where_params],
        )
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            for row in rows:
                yield [_text(value) for value in row]


def _plain(column: str) -> str:
    """Of an instant only whether there is one: databases write instants in their own ways."""
    return f"{column} IS NOT NULL" if column.endswith("_at") else column


def _text(value: object) -> str:
    if value is None or value == "":
        return "-"
    return str(int(value)) if isinstance(value, bool) else str(value)


def _columns(measured: Measured) -> tuple[str, ...]:
    return (measured.day, *SCOPE, *COUNTED[measured.family])


def _counted(measured: Measured) -> Query:
    query = measured.facts._default_manager.filter(measured.counted).query
    compiler = query.get_compiler(connection=connection)
    where, params = compiler.compile(query.where) if query.where else ("", ())
    return (f" WHERE {where}" if where else ""), tuple(params)


def _source(past: Past) -> Query:
    """The facts under the name of their table, which they hide."""
    table, day = past.measured.facts._meta.db_table, past.measured.day
    turned_back = _turned_back(past)
    columns: list[str] = ["fact.id"]
    params: list[Any] = []
    for name in _columns(past.measured):
        sql, values = turned_back.get(name, (f"fact.{name}", ()))
        columns.append(f"{sql} AS {name}")
        params += values
    return (
        f"(SELECT {', '.join(columns)} FROM {table} fact WHERE fact.{day} BETWEEN %s AND %s"
        f" AND fact.id > %s AND fact.id <= %s) {table}",
        (*params, past.period.first, past.period.last, past.after_id, past.last_id),
    )


def _turned_back(past: Past) -> dict[str, Query]:
    """What each column was at the closing, where that is known."""
    if past.family == Family.RATING:
        table = past.measured.facts._meta.db_table
        same = "other.intervention_id = fact.intervention_id AND other.about = fact.about"
        others = f"SELECT 1 FROM {table} other WHERE {same}"
        outdone_since = f"{others} AND other.is_current AND other.id > %s"
        outdone_before = (
            f"{others} AND other.id <= %s"
            " AND (other.answered_at, other.id) > (fact.answered_at, fact.id)"
        )
        sql = (
            f"CASE WHEN fact.is_current OR (EXISTS ({outdone_since})"
            f" AND NOT EXISTS ({outdone_before})) THEN TRUE ELSE FALSE END"
        )
        return {"is_current": (sql, (past.last_id, past.last_id))}
    if past.family == Family.INVITATION:
        closed_at = (connection.ops.adapt_datetimefield_value(past.closed_at),)
        answered = "fact.answered_at > %s"
        return {
            "status": (
                f"CASE WHEN {answered} OR fact.status = 'expired' THEN 'sent' ELSE fact.status END",
                closed_at,
            ),
            "is_explained": (
                f"CASE WHEN {answered} THEN FALSE ELSE fact.is_explained END",
                closed_at,
            ),
            "bounced_at": ("CASE WHEN fact.bounced_at <= %s THEN fact.bounced_at END", closed_at),
        }
    return {}
