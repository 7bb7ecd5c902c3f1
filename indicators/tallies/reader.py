"""Sums for a scope and a period, from the cheapest place that can tell them.

A period is cut into whole months, read from the coarsest level of tallies that serves the scope,
and the days at its edges, read from the day cells. What no level serves is read live from the
facts, by the same measures. However it is cut, one family costs one query.
"""

# ruff: noqa: S608 (names come from our own models, values are parameters)

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from itertools import chain
from typing import Any, Literal, NamedTuple, cast

from django.db import connection
from django.db.models import Q

from indicators.models import NOBODY, Family, Grain
from indicators.tallies.drained import month_of
from indicators.tallies.lattice import KEPT, Level, serving
from indicators.tallies.measures import FAMILIES, Measured, by_slot, columns, in_sql
from partners.scope import Scope
from triangle.models import Service
from triangle.periods import Period, month_start, next_month

By = Literal["day", "month", "service", "partner", "setting"]
Key = date | int | None
Query = tuple[str, list[Any]]

TOTAL = 0  # the key of sums that are not broken down
NEEDED = {"discipline": "service", "portfolio": "manager"}  # what a tally must keep apart for it


@dataclass
class Sums:
    """Summed counts of one row: by family and column, and by slot of a criterion."""

    counts: dict[str, int] = field(default_factory=dict)
    criteria: dict[int, dict[str, int]] = field(default_factory=dict)

    def add(self, other: Sums) -> None:
        _add(self.counts, other.counts.keys(), other.counts.values())
        for slot, counts in other.criteria.items():
            _add(self.criteria.setdefault(slot, {}), counts.keys(), counts.values())

    def take(self, other: Sums) -> None:
        _add(self.counts, other.counts.keys(), other.counts.values(), sign=-1)
        for slot, counts in other.criteria.items():
            _add(self.criteria.setdefault(slot, {}), counts.keys(), counts.values(), sign=-1)

    def __bool__(self) -> bool:
        return any(self.counts.values())


class Reading(NamedTuple):
    """What is asked of a scope: the sums of a period, whole or by a key."""

    period: Period
    by: By | None = None


class Piece(NamedTuple):
    """Days read from one place: a level of tallies, or the facts when it is None.

    `rest` gives what no partner has: all that the level holds, less what each partner has.
    """

    level: Level | None
    period: Period
    by: By | None = None
    rest: bool = False


Rows = dict[Key, Sums]


def read(
    scope: Scope,
    period: Period,
    *,
    by: By | None = None,
    families: Sequence[Family] = tuple(Family),
    slots: Sequence[int] = (),
) -> Rows:
    """Sums by key, in one query for each family."""
    [rows] = read_all(scope, [Reading(period, by)], families=families, slots=slots)
    return rows


def read_all(
    scope: Scope,
    readings: Sequence[Reading],
    *,
    families: Sequence[Family] = tuple(Family),
    slots: Sequence[int] = (),
) -> list[Rows]:
    """Of each reading its sums by key, in the queries of one."""
    cuts = [list(cut(scope, *reading)) for reading in readings]
    found = iter(read_pieces(scope, [*chain(*cuts)], families, slots))
    return [joined(pieces, [next(found) for _piece in pieces]) for pieces in cuts]


def read_pieces(
    scope: Scope,
    pieces: Sequence[Piece],
    families: Sequence[Family] = tuple(Family),
    slots: Sequence[int] = (),
) -> list[Rows]:
    """Of each piece its sums by key; with the ratings those of the criteria in these slots."""
    found: list[Rows] = [defaultdict(Sums) for _piece in pieces]
    if scope.sees_nothing or not pieces:
        return found
    for family in families:
        measured = FAMILIES[family]
        own = len(measured.names)
        for index, key, *counts in _fetched(_query(measured, scope, pieces, tuple(slots))):
            sums = found[index][key]
            _add(sums.counts, measured.names, counts[:own])
            sums.criteria.update(by_slot(slots, counts[own:]))
    return found


def cut(scope: Scope, period: Period, by: By | None = None) -> Iterator[Piece]:
    """From where to read a period; pieces neither overlap nor leave a gap."""
    needed = {NEEDED.get(name, name) for name in scope.dimensions}
    kept = needed | ({by} if by in {"service", "partner", "setting"} else set())
    day_level = serving(Grain.DAY, kept)
    month_level = None if by == "day" else serving(Grain.MONTH, kept)
    if month_level is None:
        yield Piece(day_level, period, by)
        return
    months, edges = whole_months(period)
    if months:
        yield Piece(month_level, months, by)
        if by == "partner" and not scope.partner:
            yield Piece(serving(Grain.MONTH, needed), months, by, rest=True)
    for edge in edges:
        yield Piece(day_level, edge, by)


def whole_months(period: Period) -> tuple[Period | None, list[Period]]:
    """The calendar months a period holds whole, and the days before and after them."""
    after = period.last + timedelta(days=1)
    first = period.first if period.first.day == 1 else next_month(period.first)
    first = min(first, after)
    end = max(month_start(after), first)
    edges = [(period.first, first), (end, after)]
    return (
        _until(first, end) if first < end else None,
        [_until(*edge) for edge in edges if edge[0] < edge[1]],
    )


def _until(first: date, end: date) -> Period:
    return Period(first, end - timedelta(days=1))


def _add(into: dict[str, int], names: Iterable[str], counts: Iterable[int], sign: int = 1) -> None:
    for name, count in zip(names, counts, strict=True):
        into[name] = into.get(name, 0) + sign * count


def joined(pieces: Sequence[Piece], found: Sequence[Rows]) -> Rows:
    """The pieces of one reading added up; from the rest is taken what partners have."""
    rows: Rows = defaultdict(Sums)
    has_rest = any(piece.rest for piece in pieces)
    for piece, parts in zip(pieces, found, strict=True):
        for key, sums in parts.items():
            rows[key].add(sums)
            if has_rest and piece.level and not piece.rest:
                rows[None].take(sums)
    return {key: sums for key, sums in rows.items() if sums}


def _fetched(query: Query) -> Iterator[Sequence[Any]]:
    """Rows of (index of the piece, key, counts), but for those that counted nothing."""
    with connection.cursor() as cursor:
        cursor.execute(*query)
        rows = cursor.fetchall()
    for index, number, day, *counts in rows:
        if any(counts):
            start = date.fromisoformat(day) if isinstance(day, str) else day
            yield index, start or number, *counts


def _key(number: str = str(TOTAL), day: str = "CAST(NULL AS date)") -> str:
    """A key in two columns, since parts of one query may have keys of either kind."""
    return f"{number} AS number, {day} AS day"


def _query(
    measured: Measured, scope: Scope, pieces: Sequence[Piece], slots: tuple[int, ...] = ()
) -> Query:
    """The sums of a family, and of the criteria in these slots, piece by piece."""
    parts = [
        _stored(index, piece, measured, scope, slots)
        if piece.level
        else _live(index, piece, measured, scope, slots)
        for index, piece in enumerate(pieces)
    ]
    return " UNION ALL ".join(sql for sql, _ in parts), [p for _, params in parts for p in params]


def _stored(
    index: int, piece: Piece, measured: Measured, scope: Scope, slots: tuple[int, ...]
) -> Query:
    level, by = cast(Level, piece.level), piece.by
    first, last = piece.period.first, piece.period.last
    key, group, params = _key(), "", []
    if piece.rest:
        key = _key(number="NULL")
    elif by == "month" and level.grain == Grain.DAY:
        key, params = _key(day="%s"), [month_start(first)]
    elif by in {"day", "month"}:
        key, group = _key(day="starts_on"), "starts_on"
    elif by:
        key, group = _key(number=f"{by}_id"), f"{by}_id"
    where, values = _cells(level, scope)
    sums = ", ".join(f"SUM({column})" for column in columns(measured.family, slots))
    sql = (
        f"SELECT {index}, {key}, {sums} FROM {measured.tally._meta.db_table}"
        f" WHERE level = {level.number.value} AND starts_on BETWEEN %s AND %s{where}"
    )
    if group:
        sql += f" GROUP BY {group}"
    return sql, [*params, first, last, *values]


def _cells(level: Level, scope: Scope) -> Query:
    """The cells of a level that a scope chooses."""
    conditions: list[str] = ["partner_id <> 0"] if "partner" in level.keeps else []  # as indexed
    params: list[Any] = []
    for dimension in KEPT:
        keys: tuple[int, ...] = getattr(scope, dimension)
        if keys:
            conditions.append(f"{dimension}_id IN ({_places(keys)})")
            params += keys
    if scope.discipline:
        conditions.append(_services_of(scope.discipline))
        params += scope.discipline
    if scope.portfolio is not None:
        conditions.append("manager_id IN (%s, %s)")
        params += [scope.portfolio, NOBODY]
    return "".join(f" AND {condition}" for condition in conditions), params


def _services_of(disciplines: Sequence[int]) -> str:
    """PostgreSQL finds keys of an array by index; a subquery it would join to all cells."""
    services = Service._meta.db_table
    keys = f"SELECT id FROM {services} WHERE discipline_id IN ({_places(disciplines)})"
    if connection.vendor == "postgresql":
        return f"service_id = ANY (ARRAY({keys}))"
    return f"service_id IN ({keys})"


def _places(keys: Sequence[int]) -> str:
    return ", ".join(["%s"] * len(keys))


def _live(
    index: int, piece: Piece, measured: Measured, scope: Scope, slots: tuple[int, ...]
) -> Query:
    """The same sums from the facts."""
    measures = in_sql(measured.family, slots)
    source, params = _facts(measured.family, scope)
    table, by = measured.facts._meta.db_table, piece.by
    day = f"{table}.{measured.day}"
    key, group = _key(), ""
    if by in {"day", "month"}:
        group = day if by == "day" else month_of(day)
        key = _key(day=group)
    elif by:
        group = f"{table}.{by}_id"
        key = _key(number=group)
    sums = ", ".join(sql for sql, _params in measures)
    sql = f"SELECT {index}, {key}, {sums} FROM {source} AND {day} BETWEEN %s AND %s"
    if group:
        sql += f" GROUP BY {group}"
    return sql, [
        *(param for _sql, values in measures for param in values),
        *params,
        *(piece.period.first, piece.period.last),
    ]


@lru_cache(maxsize=1_000)
def _facts(family: Family, scope: Scope) -> Query:
    """The facts of a scope that count, whatever the day; compiled once, as a page asks often."""
    measured = FAMILIES[family]
    has_day = Q(**{f"{measured.day}__isnull": False})
    facts = scope.narrow(measured.facts._default_manager.filter(has_day, measured.counted))
    compiler = facts.order_by().query.get_compiler(connection=connection)
    compiler.pre_sql_setup()
    tables, params = compiler.get_from_clause()
    where, where_params = compiler.compile(compiler.query.where)
    return f"{' '.join(tables)} WHERE {where}", [*params, *where_params]
