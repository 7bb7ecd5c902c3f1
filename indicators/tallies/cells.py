"""The statements that empty and fill the cells of a level, for all of it or for what was touched.

The one place for SQL of our own, under the same tests on both databases. Levels without a source
are aggregated from the facts by the measures; the others are summed from their source. What was
touched stands in a temporary table of the connection, each cell once.
"""

# ruff: noqa: S608 (names come from our own models, values are parameters)

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from django.db import connection

from clients.models import Client
from indicators.models import ALL, CELL, NOBODY, Family, Grain
from indicators.tallies.drained import (
    Query,
    each,
    found_by,
    gathered,
    kept,
    month_of,
    of_level,
    start,
)
from indicators.tallies.lattice import KEPT, RECOUNT_ORDER, Level
from indicators.tallies.measures import FAMILIES, Measured, columns, in_sql

IN_DAYS_OF_MONTH = {
    "postgresql": "= ANY (ARRAY(SELECT"
    " generate_series(touched.month, touched.next_month - 1, interval '1 day')::date))",
    "sqlite": "IN (WITH RECURSIVE days(day) AS (SELECT touched.month UNION ALL"
    " SELECT date(day, '+1 day') FROM days WHERE date(day, '+1 day') < touched.next_month)"
    " SELECT day FROM days)",
}
NOT_INDEXED = ("setting", "region", "manager")  # facts are found without these, then sifted


class CellTable(NamedTuple):
    """A table of tallies to fill: the stored one, or a fresh copy to compare with.

    `slots` are those of the criteria there are answers to.
    """

    family: Family
    slots: tuple[int, ...]
    prefix: str = ""

    @property
    def measured(self) -> Measured:
        return FAMILIES[self.family]

    @property
    def stored(self) -> str:
        return self.measured.tally._meta.db_table

    @property
    def table(self) -> str:
        return f"{self.prefix}{self.stored}"

    @property
    def columns(self) -> tuple[str, ...]:
        return columns(self.family, self.slots)

    @property
    def measures(self) -> list[Query]:
        """The columns in SQL over the facts."""
        return in_sql(self.family, self.slots)


@cache
def fill_all(filled: CellTable) -> list[Query]:
    """Every level from its source, in order; the table is empty."""
    return [_fill(level, filled, touched=False) for level in RECOUNT_ORDER]


@cache
def recount_touched(family: Family, slots: tuple[int, ...]) -> list[Query]:
    """The drained cells of each level, emptied and filled anew."""
    return [*_touched(CellTable(family, slots))]


def _touched(filled: CellTable) -> Iterator[Query]:
    for level in RECOUNT_ORDER:
        yield _empty(level, filled)
        yield _fill(level, filled, touched=True)


def _fill(level: Level, filled: CellTable, *, touched: bool) -> Query:
    if level.source:
        return _fill_from_level(level, level.source, filled, touched)
    return _fill_from_facts(level, filled, touched)


def _empty(level: Level, filled: CellTable) -> Query:
    keys = ", ".join(["starts_on", *found_by(level)])
    return (
        f"DELETE FROM {filled.table} WHERE level = {level.number.value}"
        f" AND ({keys}) IN ({of_level(level, filled.family)})",
        (),
    )


def _sifted(level: Level) -> str | None:
    """The key by which the facts of cells that are looked up together are told apart.

    A day's facts are read once for all its settings, instead of once for each.
    """
    if level.source or connection.vendor != "postgresql":
        return None
    keys = found_by(level)
    return next((f"{name}_id" for name in NOT_INDEXED if f"{name}_id" in keys), None)


def _from(
    source: str, name: str, conditions: list[str], touched: tuple[Level, Family] | None
) -> str:
    """The rows of a source that fulfil conditions, for each of the touched cells when asked for.

    PostgreSQL would now and then begin with the source and read all of it: it is kept from that.
    """
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    if touched is None:
        return f" FROM {source} {name}{where}"
    level, family = touched
    sifted = _sifted(level)
    once = gathered(level, family, sifted) if sifted else each(level, family)
    if connection.vendor == "postgresql":
        rows = f"LATERAL (SELECT * FROM {source} {name}{where} OFFSET 0) {name}"
        return f" FROM ({once}) touched CROSS JOIN {rows}"
    return f" FROM ({once}) touched CROSS JOIN {source} {name}{where}"


def _joined(level: Level, table: str, day: str, source: Level | None = None) -> list[str]:
    """Which rows of a source belong to the touched cells: of the facts when it is no level.

    Days of a month are looked up one by one, past the other cells and facts between them; but
    those of a partner stand together.
    """
    sifted = _sifted(level)
    conditions = [f"{table}.{name} = touched.{name}" for name in found_by(level) if name != sifted]
    if sifted:
        conditions.append(f"{table}.{sifted} = ANY (touched.{sifted})")
    if level.grain == Grain.DAY:
        return [*conditions, f"{day} = touched.day"]
    if source and source.grain == Grain.MONTH:
        return [*conditions, f"{day} = touched.month"]
    if "partner" in level.keeps:
        return [*conditions, f"{day} >= touched.month", f"{day} < touched.next_month"]
    return [*conditions, f"{day} {IN_DAYS_OF_MONTH[connection.vendor]}"]


def _insert(filled: CellTable) -> str:
    return f"INSERT INTO {filled.table} ({', '.join((*CELL, *filled.columns))})"


def _fill_from_level(level: Level, source: Level, filled: CellTable, touched: bool) -> Query:
    conditions = [f"source.level = {source.number.value}"]
    if "partner" in source.keeps:
        conditions.append(f"source.partner_id <> {ALL}")  # finds the index of partners
    day = "source.starts_on" if source.grain == level.grain else month_of("source.starts_on")
    if touched:
        day = f"touched.{start(level)}"
        conditions += _joined(level, "source", "source.starts_on", source)
    groups = [day, *(f"source.{name}" for name in kept(level))]
    sums = [f"SUM(source.{column})" for column in filled.columns]
    cells = (level, filled.family) if touched else None
    return (
        f"{_insert(filled)} SELECT {', '.join([*_keys(level, day, 'source.'), *sums])}"
        f"{_from(filled.table, 'source', conditions, cells)} GROUP BY {', '.join(groups)}",
        (),
    )


def _keys(level: Level, day: str, table: str = "") -> list[str]:
    """The cell of a row, in the order of CELL."""
    scope = [f"{table}{name}_id" if name in level.keeps else str(ALL) for name in KEPT]
    return [str(level.number.value), day, *scope]


def _fill_from_facts(level: Level, filled: CellTable, touched: bool) -> Query:
    """The facts that count, by cell."""
    measured, measures = filled.measured, filled.measures
    table = measured.facts._meta.db_table
    query = measured.facts._default_manager.filter(measured.counted).query
    compiler = query.get_compiler(connection=connection)
    where, where_params = compiler.compile(query.where) if query.where else ("", ())
    day = f"{table}.{measured.day}"
    begins = day if level.grain == Grain.DAY else month_of(day)
    conditions = [where] if where else []
    if touched:
        begins = f"touched.{start(level)}"
        conditions += _joined(level, table, day)
    elif "partner" in level.keeps:
        conditions.append(f"{table}.partner_id IS NOT NULL")
    keys = _keys(level, begins, f"{table}.")
    groups = [begins, *(f"{table}.{name}" for name in kept(level))]
    cells = (level, filled.family) if touched else None
    sql = (
        f"{_insert(filled)} SELECT {', '.join([*keys, *(sql for sql, _ in measures)])}"
        f"{_from(_facts(level, table), table, conditions, cells)} GROUP BY {', '.join(groups)}"
    )
    params = [param for _sql, values in measures for param in values]
    return sql, (*params, *where_params)


def _facts(level: Level, table: str) -> str:
    """A table of facts, with the manager of each client where a level asks for them."""
    if "manager" not in level.keeps:
        return table
    clients = Client._meta.db_table
    return (
        f"(SELECT fact.*, COALESCE({clients}.manager_id, {NOBODY}) AS manager_id"
        f" FROM {table} fact JOIN {clients} ON {clients}.id = fact.client_id)"
    )
