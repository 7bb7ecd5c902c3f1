"""What pages show beside the tallies: names, owners, targets. The database notes when it changes.

Whoever changes it, a verb, the admin or a hand at the database's prompt: a page that is kept for a
version of the figures (`ready.py`) is rendered anew until a drain has moved that version.
"""

# ruff: noqa: S608 (names come from our own models)

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connections
from django.db.models import Model

from clients.models import Client
from feedback.models import RatingCriterion
from indicators.models import Action, Amendment, Benchmark, ClosedMonth, Target, ZoneChange
from partners.models import CriterionGrid, Partner
from triangle.models import Discipline, Region, Segment, Service, Setting, User

WATCHED: dict[type[Model], tuple[str, ...]] = {  # columns whose change counts; none: every one
    Discipline: (),
    Region: (),
    Segment: (),
    Setting: (),
    Service: (),
    Partner: ("name", "external_id"),
    Client: ("name", "manager_id"),
    User: ("first_name", "last_name", "email", "role"),
    RatingCriterion: (),
    CriterionGrid: (),
    Action: (),
    Benchmark: (),
    ClosedMonth: (),
    Target: (),
    ZoneChange: (),
}
NOTES = Amendment._meta.db_table


def install(*, using: str = "default", **_signal: Any) -> None:
    """Put the triggers in place, as often as one likes, once all their tables are there."""
    connection = connections[using]
    if {NOTES, *_tables()} - set(connection.introspection.table_names()):
        return
    write = _write_sqlite if connection.vendor == "sqlite" else _write_postgresql
    with connection.cursor() as cursor:
        for model, columns in WATCHED.items():
            for statement in write(model._meta.db_table, columns):
                cursor.execute(statement)


def remove_from_sqlite(*, using: str = "default", **_signal: Any) -> None:
    """Before migrations: SQLite rebuilds a table under another name and trips on triggers."""
    connection = connections[using]
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        for table in _tables():
            for event in ("insert", "update", "delete"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {_name(table, event)}")


def _tables() -> list[str]:
    return [model._meta.db_table for model in WATCHED]


def _name(table: str, event: str) -> str:
    return f"amend_{table}_on_{event}"


def _write_sqlite(table: str, columns: tuple[str, ...]) -> Iterator[str]:
    """One writes at a time: a note that is there already is as good as another."""
    changed = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in columns)
    for event in ("insert", "update", "delete"):
        name = _name(table, event)
        when = f" WHEN {changed}" if changed and event == "update" else ""
        yield f"DROP TRIGGER IF EXISTS {name}"
        yield (
            f"CREATE TRIGGER {name} AFTER {event.upper()} ON {table} FOR EACH ROW{when} BEGIN"
            f" INSERT INTO {NOTES} (what) SELECT '{table}'"
            f" WHERE NOT EXISTS (SELECT 1 FROM {NOTES} WHERE what = '{table}'); END"
        )


def _write_postgresql(table: str, columns: tuple[str, ...]) -> Iterator[str]:
    """Each statement that changed a row leaves its own: that of another may be drained before."""
    shown = ", ".join(("id", *columns)) if columns else "*"
    old, new = "OLD TABLE AS old_rows", "NEW TABLE AS new_rows"
    for event, seen, changed in (
        ("insert", new, "SELECT FROM new_rows"),
        (
            "update",
            f"{old} {new}",
            f"SELECT {shown} FROM new_rows EXCEPT SELECT {shown} FROM old_rows",
        ),
        ("delete", old, "SELECT FROM old_rows"),
    ):
        name = _name(table, event)
        yield (
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF EXISTS ({changed}) THEN INSERT INTO {NOTES} (what) VALUES ('{table}'); END IF;"
            " RETURN NULL; END $$"
        )
        yield (
            f"CREATE OR REPLACE TRIGGER {name} AFTER {event.upper()} ON {table}"
            f" REFERENCING {seen} FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
        )
