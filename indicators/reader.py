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
from typing import Any, Literal, NamedTuple, cast

from django.db import connection

from indicators.drained import month_of
from indicators.lattice import KEPT, Level, kept_by_criterion, serving
from indicators.measures import (
    CRITERION_COLUMNS,
    CRITERION_SUMS,
    FAMILIES,
    Measured,
    in_sql,
)
from indicators.models import CriterionTally, Family, Grain, Tally
from partners.scope import Scope
from triangle.models import Service
from triangle.periods import Period, month_start, next_month

By = Literal["day", "month", "service", "partner", "setting"]
Key = date | int | None
Query = tuple[str, list[Any]]

TOTAL = 0  # the key of sums that are not broken down
NEEDED = {"discipline": "service"}  # what a tally must keep apart for a dimension it does not name


@dataclass
class Sums:
    """Summed counts of one row: by family and column, and by slot of a criterion."""

    counts: dict[str, int] = field(default_factory=dict)
    criteria: dict[int, dict[str, int]] = field(default_factory=dict)

    def add(self, other: Sums) -> None:
        _add(self.counts, other.counts.keys(), other.counts.values())
        for slot, counts in other.criteria.items():
            _add(self.criteria.setdefault(slot, {}), counts.keys(), counts.values())

    def take_counts(self, other: Sums) -> None:
        _add(self.counts, other.counts.keys(), other.counts.values(), sign=-1)

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
    """Sums by key; one query for each family, and one for the criteria when slots are asked."""
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
    found = iter(read_pieces(scope, [one for pieces in cuts for one in pieces], families, slots))
    return [joined(pieces, [next(found) for _piece in pieces]) for pieces in cuts]


def read_pieces(
    scope: Scope,
    pieces: Sequence[Piece],
    families: Sequence[Family] = tuple(Family),
    slots: Sequence[int] = (),
) -> list[Rows]:
    """Of each piece its sums by key."""
    found: list[Rows] = [defaultdict(Sums) for _piece in pieces]
    if scope.sees_nothing or not pieces:
        return found
    for family in families:
        measured = FAMILIES[family]
        for index, key, *counts in _fetched(_family_query(measured, scope, pieces)):
            _add(found[index][key].counts, measured.names, counts)
    if slots:
        query = _criteria_query(scope, [_with_criteria(piece) for piece in pieces], slots)
        for index, key, slot, *counts in _fetched(query):
            _add(found[index][key].criteria.setdefault(slot, {}), CRITERION_COLUMNS, counts)
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


def _with_criteria(piece: Piece) -> Piece:
    """Where the criteria of a piece are."""
    return piece if piece.level and kept_by_criterion(piece.level) else piece._replace(level=None)


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
                rows[None].take_counts(sums)
    return {key: sums for key, sums in rows.items() if sums}


def _fetched(query: Query) -> Iterator[Sequence[Any]]:
    """Rows of (index of the piece, key, counts), but for sums over no cell at all."""
    with connection.cursor() as cursor:
        cursor.execute(*query)
        rows = cursor.fetchall()
    for index, number, day, *counts in rows:
        if counts[-1] is None:
            continue
        start = date.fromisoformat(day) if isinstance(day, str) else day
        yield index, start or number, *counts


def _key(number: str = str(TOTAL), day: str = "CAST(NULL AS date)") -> str:
    """A key in two columns, since parts of one query may have keys of either kind."""
    return f"{number} AS number, {day} AS day"


def _family_query(measured: Measured, scope: Scope, pieces: Sequence[Piece]) -> Query:
    parts = [
        _stored(index, piece, measured.tally, measured.sums, scope)
        if piece.level
        else _live(index, piece, measured, in_sql(measured.family), scope)
        for index, piece in enumerate(pieces)
    ]
    return " UNION ALL ".join(sql for sql, _ in parts), [p for _, params in parts for p in params]


def _criteria_query(scope: Scope, pieces: Sequence[Piece], slots: Sequence[int]) -> Query:
    """Columns of the facts become rows by slot, as they stand in the tally.

    Those of a partner are read live, those of nobody among them: they need no rest.
    """
    width = len(CRITERION_COLUMNS)
    ratings = FAMILIES[Family.RATING]
    wide, wide_params, parts, params = [], [], [], []
    for index, piece in enumerate(pieces):
        if piece.rest:
            continue
        if piece.level:
            sql, values = _stored(index, piece, CriterionTally, CRITERION_SUMS, scope, "slot")
            parts.append(sql)
            params += values
            continue
        measures = in_sql(Family.RATING, tuple(slots))
        sql, values = _live(index, piece, ratings, measures, scope)
        wide.append(f"live_{index} AS MATERIALIZED ({sql})")
        wide_params += values
        for place, slot in enumerate(slots):
            columns = ", ".join(f"m{n}" for n in range(place * width, (place + 1) * width))
            parts.append(f"SELECT {index}, number, day, {slot}, {columns} FROM live_{index}")
    return ("WITH " + ", ".join(wide) if wide else "") + " UNION ALL ".join(parts), [
        *wide_params,
        *params,
    ]


def _stored(
    index: int,
    piece: Piece,
    tally: type[Tally],
    sums: str,
    scope: Scope,
    slot: str = "",
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
    groups = [column for column in (group, slot) if column]
    where, values = _cells(level, scope)
    sql = (
        f"SELECT {index}, {key}, {slot and slot + ', '}{sums} FROM {tally._meta.db_table}"
        f" WHERE level = {level.number.value} AND starts_on BETWEEN %s AND %s{where}"
    )
    if groups:
        sql += f" GROUP BY {', '.join(groups)}"
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
        services = Service._meta.db_table
        conditions.append(
            f"service_id IN (SELECT id FROM {services}"
            f" WHERE discipline_id IN ({_places(scope.discipline)}))"
        )
        params += scope.discipline
    return "".join(f" AND {condition}" for condition in conditions), params


def _places(keys: Sequence[int]) -> str:
    return ", ".join(["%s"] * len(keys))


def _live(
    index: int,
    piece: Piece,
    measured: Measured,
    measures: Sequence[tuple[str, tuple[Any, ...]]],
    scope: Scope,
) -> Query:
    """The same sums from the facts; columns are named m0, m1 and so on."""
    by = piece.by
    days = {f"{measured.day}__range": (piece.period.first, piece.period.last)}
    facts = scope.narrow(measured.facts._default_manager.filter(measured.counted, **days))
    compiler = facts.order_by().query.get_compiler(connection=connection)
    compiler.pre_sql_setup()
    tables, params = compiler.get_from_clause()
    where, where_params = compiler.compile(compiler.query.where)
    table = measured.facts._meta.db_table
    day = f"{table}.{measured.day}"
    key, group = _key(), ""
    if by in {"day", "month"}:
        group = day if by == "day" else month_of(day)
        key = _key(day=group)
    elif by:
        group = f"{table}.{by}_id"
        key = _key(number=group)
    sums = ", ".join(f"{sql} AS m{place}" for place, (sql, _params) in enumerate(measures))
    sql = f"SELECT {index}, {key}, {sums} FROM {' '.join(tables)} WHERE {where}"
    if group:
        sql += f" GROUP BY {group}"
    return sql, [
        *(param for _sql, values in measures for param in values),
        *params,
        *where_params,
    ]
