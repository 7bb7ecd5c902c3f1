"""Triggers by which the database itself notes which cells a changed fact touches.

Written in the same statement as the change, whoever makes it: a verb, the admin, COPY, a hand at
the database's prompt. Insert, update and delete note the old and the new cell; a change of what is
not counted notes nothing. PostgreSQL notes each cell once per statement, SQLite once per row.
"""

# ruff: noqa: S608 (names come from our own models, values are parameters)

from __future__ import annotations

from itertools import chain
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from feedback.models import IMPORTANCE_FIELDS, SATISFACTION_FIELDS
from indicators.models import ALL, Family, Touched
from indicators.tallies import handovers
from indicators.tallies.measures import FAMILIES, Measured

SCOPE = ("service_id", "segment_id", "partner_id", "setting_id", "region_id")
COUNTED = {  # columns whose change moves a figure, besides the day and the scope
    Family.RATING: (
        *("about", "is_current", "score", "is_explained", "company_score", "partner_score"),
        *("not_applicable", *SATISFACTION_FIELDS, *IMPORTANCE_FIELDS),
    ),
    Family.INTERVENTION: (
        *("status", "is_disputed", "cancelled_by", "completed_on"),
        *("expected_percent", "delivered_percent"),
    ),
    Family.INVITATION: ("about", "channel", "status", "skip_reason", "bounced_at", "is_explained"),
    Family.DEBRIEF: ("score",),
}
TOUCHED = Touched._meta.db_table


def install(*, using: str = "default", **_signal: Any) -> None:
    """Put the triggers in place, as often as one likes, once all their tables are there."""
    connection = connections[using]
    if _tables() - set(connection.introspection.table_names()):
        return
    is_sqlite = connection.vendor == "sqlite"
    write = _write_sqlite if is_sqlite else _write_postgresql
    handed_over = handovers.write_sqlite() if is_sqlite else handovers.write_postgresql()
    with connection.cursor() as cursor:
        for statement in chain(*map(write, FAMILIES.values()), handed_over):
            cursor.execute(statement)


def remove_from_sqlite(*, using: str = "default", **_signal: Any) -> None:
    """Before migrations: SQLite rebuilds a table under another name and trips on triggers."""
    connection = connections[using]
    if connection.vendor == "sqlite":
        remove(connection)


def remove(connection: BaseDatabaseWrapper) -> None:
    on_table = connection.vendor == "postgresql"
    present = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        if handovers.CLIENTS in present:
            where = f" ON {handovers.CLIENTS}" if on_table else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {handovers.NAME}{where}")
        for measured in FAMILIES.values():
            table = measured.facts._meta.db_table
            for event in ("insert", "update", "delete") if table in present else ():
                where = f" ON {table}" if on_table else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {_name(measured, event)}{where}")


def _tables() -> set[str]:
    return {
        TOUCHED,
        handovers.CLIENTS,
        *(measured.facts._meta.db_table for measured in FAMILIES.values()),
    }


def _name(measured: Measured, event: str) -> str:
    return f"touch_{measured.family.name.lower()}_on_{event}"


def _watched(measured: Measured) -> tuple[str, ...]:
    return (measured.day, *SCOPE, "client_id", *COUNTED[measured.family])


def _columns(measured: Measured, row: str) -> str:
    scope = ", ".join(f"{row}.{name}" for name in SCOPE)
    nobody = scope.replace(f"{row}.partner_id", f"COALESCE({row}.partner_id, {ALL})")
    client = f"{handovers.manager_of(row)}, {row}.client_id"
    return f"{measured.family.value}, {row}.{measured.day}, {nobody}, {client}"


INTO = f"INSERT INTO {TOUCHED} (family, day, {', '.join((*SCOPE, 'manager_id', 'client_id'))})"


def touching(measured: Measured, rows: str) -> str:
    """The statement that touches the cells of some rows of facts, as if they had changed."""
    return f"{INTO} {_cells(measured, rows)}"


def _cells(measured: Measured, rows: str) -> str:
    return (
        f"SELECT DISTINCT {_columns(measured, 'f')} FROM {rows} f"
        f" WHERE f.{measured.day} IS NOT NULL AND f.service_id IS NOT NULL"
    )


def _write_sqlite(measured: Measured) -> list[str]:
    table, day = measured.facts._meta.db_table, measured.day
    changed = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in _watched(measured))

    def noted(row: str) -> str:
        return (
            f"{INTO} SELECT {_columns(measured, row)}"
            f" WHERE {row}.{day} IS NOT NULL AND {row}.service_id IS NOT NULL;"
        )

    bodies = {
        "insert": noted("NEW"),
        "update": f"{noted('OLD')} {noted('NEW')}",
        "delete": noted("OLD"),
    }
    statements = []
    for event, body in bodies.items():
        name = _name(measured, event)
        when = f"WHEN {changed}" if event == "update" else ""
        statements += [
            f"DROP TRIGGER IF EXISTS {name}",
            f"CREATE TRIGGER {name} AFTER {event.upper()} ON {table} FOR EACH ROW {when}"
            f" BEGIN {body} END",
        ]
    return statements


def _write_postgresql(measured: Measured) -> list[str]:
    table = measured.facts._meta.db_table
    counted = ", ".join(("id", *_watched(measured)))

    def only_in(one: str, other: str) -> str:
        return f"(SELECT {counted} FROM {one} EXCEPT SELECT {counted} FROM {other})"

    # Never a join of old with new: its plan is kept from the first statement, of one row perhaps,
    # and a nested loop over ten thousand rows does not end.
    bodies = {
        "insert": _cells(measured, "new_rows"),
        "update": f"{_cells(measured, only_in('old_rows', 'new_rows'))}"
        f" UNION {_cells(measured, only_in('new_rows', 'old_rows'))}",
        "delete": _cells(measured, "old_rows"),
    }
    seen = {
        "insert": "NEW TABLE AS new_rows",
        "update": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
        "delete": "OLD TABLE AS old_rows",
    }
    statements = []
    for event, body in bodies.items():
        name = _name(measured, event)
        statements += [
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN {INTO} {body}; RETURN NULL; END $$",
            f"CREATE OR REPLACE TRIGGER {name} AFTER {event.upper()} ON {table}"
            f" REFERENCING {seen[event]} FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
        ]
    return statements
