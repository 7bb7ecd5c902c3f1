"""The statements that empty and fill the cells of a level, for all of it or for what was touched.

The one place for SQL of our own, under the same tests on both databases. Levels without a source
are aggregated from the facts by the measures; the others are summed from their source. What was
touched stands in a temporary table of the connection, each cell once.
"""

# ruff: noqa: S608 (names come from our own models, values are parameters)

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from django.db import connection

from indicators.drained import Query, kept, month_of, of_level, start
from indicators.lattice import KEPT, RECOUNT_ORDER, Level, kept_by_criterion
from indicators.measures import (
    CRITERION_ANSWERED,
    CRITERION_COLUMNS,
    FAMILIES,
    Measured,
    in_sql,
)
from indicators.models import ALL, CELL, CriterionTally, Family, Grain, Tally

IN_DAYS_OF_MONTH = {
    "postgresql": "= ANY (ARRAY(SELECT"
    " generate_series(touched.month, touched.next_month - 1, interval '1 day')::date))",
    "sqlite": "IN (WITH RECURSIVE days(day) AS (SELECT touched.month UNION ALL"
    " SELECT date(day, '+1 day') FROM days WHERE date(day, '+1 day') < touched.next_month)"
    " SELECT day FROM days)",
}


class Target(NamedTuple):
    """A table of tallies to fill: the stored one, or a fresh copy to compare with."""

    tally: type[Tally]
    prefix: str = ""

    @property
    def table(self) -> str:
        return f"{self.prefix}{self.tally._meta.db_table}"

    @property
    def keys(self) -> tuple[str, ...]:
        return (*CELL, "slot") if self.tally is CriterionTally else CELL

    @property
    def columns(self) -> tuple[str, ...]:
        if self.tally is CriterionTally:
            return CRITERION_COLUMNS
        return next(m.columns for m in FAMILIES.values() if m.tally is self.tally)


def targets(family: Family, prefix: str = "") -> list[Target]:
    """The tallies of a family; ratings have a second one, by criterion."""
    own = [Target(FAMILIES[family].tally, prefix)]
    return [*own, Target(CriterionTally, prefix)] if family == Family.RATING else own


@cache
def fill_all(family: Family, slots: tuple[int, ...], prefix: str = "") -> list[Query]:
    """Every level from its source, in order; the tables are empty."""
    return [*_levels(family, slots, prefix, touched=False)]


@cache
def recount_touched(family: Family, slots: tuple[int, ...]) -> list[Query]:
    """The drained cells of each level, emptied and filled anew."""
    return [*_levels(family, slots, "", touched=True)]


def _levels(
    family: Family, slots: tuple[int, ...], prefix: str, *, touched: bool
) -> Iterator[Query]:
    measured = FAMILIES[family]
    for target in targets(family, prefix):
        for level in RECOUNT_ORDER:
            if target.tally is CriterionTally and not kept_by_criterion(level):
                continue
            if touched:
                yield _empty(level, target, family)
            if level.source:
                yield _fill_from_level(level, level.source, target, family, touched)
            elif target.tally is not CriterionTally:
                yield _fill_from_facts(level, target, measured, touched)
            elif slots:
                yield _fill_criteria(level, target, measured, slots, touched)


def _empty(level: Level, target: Target, family: Family) -> Query:
    columns = ", ".join(["starts_on", *kept(level)])
    return (
        f"DELETE FROM {target.table} WHERE level = {level.number.value}"
        f" AND ({columns}) IN ({of_level(level, family)})",
        (),
    )


def _from(
    table: str, name: str, conditions: list[str], touched: tuple[Level, Family] | None
) -> str:
    """The rows of a source that fulfil conditions, for each of the touched cells when asked for.

    PostgreSQL would now and then begin with the source and read all of it: it is kept from that.
    """
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    if touched is None:
        return f" FROM {table} {name}{where}"
    level, family = touched
    end = [] if level.grain == Grain.DAY else ["next_month"]
    once = of_level(level, family, *end).replace("SELECT", "SELECT DISTINCT", 1)
    if connection.vendor == "postgresql":
        rows = f"LATERAL (SELECT * FROM {table} {name}{where} OFFSET 0) {name}"
        return f" FROM ({once}) touched CROSS JOIN {rows}"
    return f" FROM ({once}) touched CROSS JOIN {table} {name}{where}"


def _joined(level: Level, table: str, day: str, source: Level | None = None) -> list[str]:
    """Which rows of a source belong to the touched cells: of the facts when it is no level."""
    conditions = [f"{table}.{name} = touched.{name}" for name in kept(level)]
    if level.grain == Grain.DAY:
        return [*conditions, f"{day} = touched.day"]
    if source and source.grain == Grain.MONTH:
        return [*conditions, f"{day} = touched.month"]
    if source:  # day by day, past the other cells between
        return [*conditions, f"{day} {IN_DAYS_OF_MONTH[connection.vendor]}"]
    return [*conditions, f"{day} >= touched.month", f"{day} < touched.next_month"]


def _insert(target: Target) -> str:
    return f"INSERT INTO {target.table} ({', '.join((*target.keys, *target.columns))})"


def _fill_from_level(
    level: Level, source: Level, target: Target, family: Family, touched: bool
) -> Query:
    conditions = [f"source.level = {source.number.value}"]
    if "partner" in source.keeps:
        conditions.append(f"source.partner_id <> {ALL}")  # finds the index of partners
    day = "source.starts_on" if source.grain == level.grain else month_of("source.starts_on")
    if touched:
        day = "touched.month"
        conditions += _joined(level, "source", "source.starts_on", source)
    slot = ["source.slot"] if "slot" in target.keys else []
    groups = [day, *(f"source.{name}" for name in kept(level)), *slot]
    sums = [f"SUM(source.{column})" for column in target.columns]
    return (
        f"{_insert(target)}"
        f" SELECT {', '.join([*_keys(level, day, 'source.'), *slot, *sums])}"
        f"{_from(target.table, 'source', conditions, (level, family) if touched else None)}"
        f" GROUP BY {', '.join(groups)}",
        (),
    )


def _keys(level: Level, day: str, table: str = "") -> list[str]:
    """The cell of a row, in the order of CELL."""
    scope = [f"{table}{name}_id" if name in level.keeps else str(ALL) for name in KEPT]
    return [str(level.number.value), day, *scope]


def _fill_from_facts(level: Level, target: Target, measured: Measured, touched: bool) -> Query:
    keys, sql, params = _aggregate(level, measured, in_sql(measured.family), touched)
    columns = ", ".join(f"m{place}" for place in range(len(target.columns)))
    return f"{_insert(target)} SELECT {keys}, {columns} FROM ({sql}) counted", params


def _fill_criteria(
    level: Level, target: Target, measured: Measured, slots: tuple[int, ...], touched: bool
) -> Query:
    """One pass over the ratings for all criteria; then columns become rows."""
    keys, sql, params = _aggregate(level, measured, in_sql(measured.family, slots), touched)
    parts = []
    for place, slot in enumerate(slots):
        names = {
            column: f"m{place * len(CRITERION_COLUMNS) + index}"
            for index, column in enumerate(CRITERION_COLUMNS)
        }
        answered = " + ".join(names[column] for column in CRITERION_ANSWERED)
        parts.append(
            f"SELECT {keys}, {slot}, {', '.join(names.values())} FROM counted WHERE {answered} > 0"
        )
    return f"{_insert(target)} WITH counted AS MATERIALIZED ({sql}) {' UNION ALL '.join(parts)}", (
        params
    )


def _aggregate(
    level: Level, measured: Measured, measures: list[Query], touched: bool
) -> tuple[str, str, tuple[Any, ...]]:
    """Keys of a cell, and the query that counts its facts: measures are named m0, m1 and so on."""
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
    scope = [f"{table}.{name}" for name in kept(level)]
    sums = [f"{sql} AS m{place}" for place, (sql, _params) in enumerate(measures)]
    cells = (level, measured.family) if touched else None
    sql = (
        f"SELECT {', '.join([f'{begins} AS start', *scope, *sums])}"
        f"{_from(table, table, conditions, cells)} GROUP BY {', '.join([begins, *scope])}"
    )
    params = [param for _sql, params in measures for param in params]
    return ", ".join(_keys(level, "start")), sql, (*params, *where_params)
