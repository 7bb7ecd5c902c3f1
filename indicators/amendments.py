"""What pages show beside the tallies: names, owners, targets. The database notes when it changes.

Whoever changes it, a verb, the admin or a hand at the database's prompt: a page that is kept for a
version of the figures (`ready.py`) is rendered anew until a drain has moved that version.
"""

# ruff: noqa: S608 (names come from our own models)

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
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
NOTE = "amend"  # the function of PostgreSQL's triggers


def install(*, using: str = "default", **_signal: Any) -> None:
    """Put the triggers in place, as often as one likes, once all their tables are there."""
    connection = connections[using]
    if {NOTES, *_tables()} - set(connection.introspection.table_names()):
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {NOTE}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                f" INSERT INTO {NOTES} (what) VALUES (TG_TABLE_NAME); RETURN NULL; END $$"
            )
        for statement in _triggers(connection):
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
    return f"{NOTE}_{table}_on_{event}"


def _triggers(connection: BaseDatabaseWrapper) -> Iterator[str]:
    """PostgreSQL notes a statement, SQLite its first row: one note of a table is enough."""
    for model, columns in WATCHED.items():
        table = model._meta.db_table
        some = f" OF {', '.join(columns)}" if columns else ""
        for event, when in (("insert", ""), ("update", some), ("delete", "")):
            name = _name(table, event)
            if connection.vendor == "postgresql":
                yield (
                    f"CREATE OR REPLACE TRIGGER {name} AFTER {event.upper()}{when} ON {table}"
                    f" FOR EACH STATEMENT EXECUTE FUNCTION {NOTE}()"
                )
                continue
            yield f"DROP TRIGGER IF EXISTS {name}"
            yield (
                f"CREATE TRIGGER {name} AFTER {event.upper()}{when} ON {table} FOR EACH ROW BEGIN"
                f" INSERT INTO {NOTES} (what) SELECT '{table}'"
                f" WHERE NOT EXISTS (SELECT 1 FROM {NOTES} WHERE what = '{table}'); END"
            )
