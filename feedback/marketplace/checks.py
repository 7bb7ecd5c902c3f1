"""What only all rows together can tell: an id that is there twice, a reference to nothing."""

# ruff: noqa: S608 - the names in the statements are our own, values are parameters

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from feedback.marketplace.columns import SPECS, FileSpec, Reading
from feedback.marketplace.report import VALUE_SHOWN, RowError
from feedback.marketplace.staging import Staging
from feedback.marketplace.targets import CLIENT, INTERVENTION, MANAGER, RATING, TABLES, USER

MANAGERS_NAMED = 10
THEIRS = f"SELECT c.id FROM {CLIENT} c WHERE c.manager_id <> {{manager_id}}"
NOT_MINE = {  # file: the column to show, and the rows about clients of another portfolio
    "clients.csv": (
        "external_id",
        "SELECT s.line, s.external_id FROM import_clients s "
        f"JOIN {CLIENT} t ON t.external_id = s.external_id WHERE t.id IN ({THEIRS})",
    ),
    "interventions.csv": (
        "client",
        "SELECT s.line, s.client FROM import_interventions s "
        f"LEFT JOIN {CLIENT} t ON t.external_id = s.client "
        f"LEFT JOIN {INTERVENTION} o ON o.external_id = s.external_id "
        f"WHERE t.id IN ({THEIRS}) OR o.client_id IN ({THEIRS})",
    ),
    "ratings.csv": (
        "intervention",
        "SELECT s.line, s.intervention FROM import_ratings s "
        f"LEFT JOIN {INTERVENTION} t ON t.external_id = s.intervention "
        f"LEFT JOIN {RATING} o ON o.external_id = s.external_id "
        f"WHERE t.client_id IN ({THEIRS}) OR o.client_id IN ({THEIRS})",
    ),
}


def set_aside(
    reading: Reading, staging: Staging, *, manager_id: int | None
) -> Iterator[list[RowError]]:
    """Takes the rows out that cannot be written; each is told once, by its first fault.

    With a `manager_id`, rows about clients of another manager's portfolio are among them.
    """
    spec = reading.spec
    yield from _take_out(
        spec, staging, "external_id", _duplicates(spec), _("this id is already on an earlier line")
    )
    for column, file in spec.references.items():
        if reading.has(column):
            reason = _("unknown: neither in %(file)s of this bundle nor here yet") % {"file": file}
            yield from _take_out(spec, staging, column, _dangling(spec, column, file), reason)

    if manager_id is not None and spec.name in NOT_MINE:
        column, query = NOT_MINE[spec.name]
        yield from _take_out(
            spec,
            staging,
            column,
            query.format(manager_id=manager_id),
            _("the client is in the portfolio of another manager"),
        )


def unknown_managers(reading: Reading, staging: Staging) -> list[str]:
    """Their clients are imported all the same and keep the manager they have."""
    if not reading.has("manager"):
        return []
    query = (
        f"SELECT DISTINCT s.manager FROM {reading.spec.table} s "
        f"WHERE s.manager IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {USER} u WHERE {MANAGER}) "
        f"ORDER BY 1 LIMIT {MANAGERS_NAMED}"
    )
    return [
        _("clients.csv: nobody here manages clients under the address %(email)s") % {"email": email}
        for (email,) in staging.rows(query)
    ]


def _take_out(
    spec: FileSpec, staging: Staging, column: str, query: str, reason: str
) -> Iterator[list[RowError]]:
    table = "import_errors"
    staging.create_as(table, query)
    for rows in staging.by_line(table):
        yield [
            RowError(spec.name, line, column, str(value)[:VALUE_SHOWN], reason)
            for line, value in rows
        ]
    staging.run(f"DELETE FROM {spec.table} WHERE line IN (SELECT line FROM {table})")


def _duplicates(spec: FileSpec) -> str:
    return (
        f"SELECT s.line, s.external_id FROM {spec.table} s JOIN ("
        f"SELECT external_id, min(line) AS first_line FROM {spec.table} "
        "GROUP BY external_id HAVING count(*) > 1"
        ") d ON d.external_id = s.external_id WHERE s.line > d.first_line"
    )


def _dangling(spec: FileSpec, column: str, file: str) -> str:
    return (
        f"SELECT s.line, s.{column} FROM {spec.table} s WHERE s.{column} IS NOT NULL "
        f"AND NOT EXISTS (SELECT 1 FROM {TABLES[file]} t WHERE t.external_id = s.{column}) "
        f"AND NOT EXISTS (SELECT 1 FROM {SPECS[file].table} w WHERE w.external_id = s.{column})"
    )
