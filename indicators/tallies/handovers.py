"""A client that changes hands: what was counted of one manager is counted of the other.

A fact knows its client, and the client its manager of today. Nobody waits for anybody: a trigger
touches at once what it sees of the client, and leaves a note; the drain looks once more, for facts
that were being written meanwhile. Those it cannot see yet ask for the manager when they are
drained themselves.
"""

# ruff: noqa: S608 (names come from our own models)

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from clients.models import Client
from indicators.models import ALL, NOBODY, Handover, Touched
from indicators.tallies.measures import FAMILIES, Measured

CLIENTS, NOTES = Client._meta.db_table, Handover._meta.db_table
NAME = "touch_managers_on_update"
KEYS = "id AS client_id, manager_id"
KEYS_OF_FACT = "service_id, segment_id, setting_id, region_id"
INTO = (
    f"INSERT INTO {Touched._meta.db_table} (family, day, {KEYS_OF_FACT},"
    " partner_id, manager_id, client_id)"
)


def manager_of(row: str) -> str:
    """The manager of a fact's client, in SQL."""
    found = f"SELECT manager_id FROM {CLIENTS} WHERE {CLIENTS}.id = {row}.client_id"
    return f"COALESCE(({found}), {NOBODY})"


def looked_at_again() -> Iterator[str]:
    """The notes become touched cells of all facts that are there by now."""
    if connection.vendor == "postgresql":
        gone = f"WITH gone AS (DELETE FROM {NOTES} RETURNING client_id, manager_id)"
        yield f"{gone} {INTO} {_cells('gone', 'postgresql')}"
    else:
        yield f"{INTO} {_cells(NOTES, 'sqlite')}"
        yield f"DELETE FROM {NOTES}"


def _cells(moved: str, vendor: str) -> str:
    """Where the facts of clients are counted; `moved` has the keys of clients and managers."""
    return " UNION ".join(_of(measured, moved, vendor) for measured in FAMILIES.values())


def _of(measured: Measured, moved: str, vendor: str) -> str:
    """Facts are found client by client: either planner would rather read all of them."""
    table, day = measured.facts._meta.db_table, measured.day
    theirs = f"client_id = moved.client_id AND {day} IS NOT NULL AND service_id IS NOT NULL"
    if vendor == "postgresql":
        facts = f"SELECT {day}, {KEYS_OF_FACT} FROM {table} WHERE {theirs} OFFSET 0"
        rows = f"{moved} moved CROSS JOIN LATERAL ({facts}) fact"
    else:
        rows = f"{moved} moved CROSS JOIN {table} fact ON fact.{theirs}"
    return (
        f"SELECT {measured.family.value}, {day}, {KEYS_OF_FACT}, {ALL},"
        f" COALESCE(moved.manager_id, {NOBODY}), {ALL} FROM {rows}"
    )


def write_sqlite() -> Iterator[str]:
    moved = " UNION ALL ".join(
        f"SELECT {side}.id AS client_id, {side}.manager_id AS manager_id" for side in ("OLD", "NEW")
    )
    yield f"DROP TRIGGER IF EXISTS {NAME}"
    yield (
        f"CREATE TRIGGER {NAME} AFTER UPDATE ON {CLIENTS} FOR EACH ROW"
        f" WHEN OLD.manager_id IS NOT NEW.manager_id"
        f" BEGIN {INTO} {_cells(f'({moved})', 'sqlite')}; END"
    )


def write_postgresql() -> Iterator[str]:
    old, new = (f"SELECT {KEYS} FROM {rows}" for rows in ("old_rows", "new_rows"))
    moved = f"moved AS (({old} EXCEPT {new}) UNION ALL ({new} EXCEPT {old}))"
    noted = (
        f"noted AS (INSERT INTO {NOTES} (client_id, manager_id)"
        f" SELECT client_id, COALESCE(manager_id, {NOBODY}) FROM moved)"
    )
    yield (
        f"CREATE OR REPLACE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" WITH {moved}, {noted} {INTO} {_cells('moved', 'postgresql')};"
        " RETURN NULL; END $$"
    )
    yield (
        f"CREATE OR REPLACE TRIGGER {NAME} AFTER UPDATE ON {CLIENTS}"
        " REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {NAME}()"
    )
