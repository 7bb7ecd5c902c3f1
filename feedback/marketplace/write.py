"""Writes what was planned: one statement for the rows of a file, the same rows never twice."""

# ruff: noqa: S608 - the names in the statements are our own, values are parameters

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.db.models import Field, GeneratedField, Model

from feedback.marketplace.columns import FileSpec
from feedback.marketplace.plan import Link, links
from feedback.marketplace.staging import Staging
from feedback.marketplace.targets import Target


def write(spec: FileSpec, target: Target, staging: Staging, *, now: datetime) -> None:
    _remember(spec, target, staging, now=now, is_before=True)
    _upsert(spec, target, staging)
    for link in links(spec, target):
        _relink(spec, target, link, staging)
    _remember(spec, target, staging, now=now, is_before=False)


def defaults(model: type[Model], *, without: set[str]) -> dict[str, object]:
    """What the model says of the columns that a statement leaves out, as the database takes it."""
    return {
        field.column: field.get_db_prep_save(field.get_default(), connection)
        for field in _columns(model)
        if field.column not in without and (field.has_default() or not field.null)
    }


def _columns(model: type[Model]) -> list[Field]:
    return [
        field
        for field in model._meta.concrete_fields
        if not field.primary_key and not isinstance(field, GeneratedField)
    ]


def _upsert(spec: FileSpec, target: Target, staging: Staging) -> None:
    told = ["external_id", *target.values, *target.only_new]
    untold = defaults(target.model, without=set(told))
    columns = ", ".join([*told, *untold])
    values = ", ".join([f"n.{column}" for column in told] + ["%s"] * len(untold))
    updates = ", ".join(f"{column} = excluded.{column}" for column in target.values)
    staging.write(
        f"INSERT INTO {target.table} ({columns}) SELECT {values} "
        f"FROM {spec.table}_plan n WHERE n.old_id IS NULL OR n.is_changed"
        f"{' ORDER BY n.line' if target.in_order else ''} "
        f"ON CONFLICT (external_id) DO UPDATE SET {updates}",
        list(untold.values()),
    )


def _relink(spec: FileSpec, target: Target, link: Link, staging: Staging) -> None:
    """Exactly the labels of the file, for new rows and for those whose labels differ."""
    words = f"{link.words} w JOIN import_labels l ON l.kind = '{link.kind}' AND l.cell = w.word"
    plan = f"{spec.table}_plan n"
    staging.write(
        f"DELETE FROM {link.table} WHERE {link.own} IN (SELECT n.old_id FROM {plan} "
        f"WHERE n.line IN (SELECT line FROM {link.differ}))"
    )
    staging.write(
        f"INSERT INTO {link.table} ({link.own}, {link.label}) "
        f"SELECT DISTINCT o.id, l.label_id FROM {words} JOIN {plan} ON n.line = w.line "
        f"JOIN {target.table} o ON o.external_id = n.external_id "
        f"WHERE n.old_id IS NULL OR n.line IN (SELECT line FROM {link.differ})"
    )


def _remember(
    spec: FileSpec, target: Target, staging: Staging, *, now: datetime, is_before: bool
) -> None:
    """History of the rows that change; of their state before too, when nothing is remembered."""
    if not hasattr(target.model, "history"):
        return
    history = target.model.history.model
    known = {field.column for field in history._meta.concrete_fields}
    columns = [
        field.column for field in target.model._meta.concrete_fields if field.column in known
    ]
    unseen = f"AND NOT EXISTS (SELECT 1 FROM {history._meta.db_table} h WHERE h.id = o.id)"
    staging.write(
        f"INSERT INTO {history._meta.db_table} "
        f"({', '.join(columns)}, history_date, history_type, history_change_reason) "
        f"SELECT {', '.join(f'o.{column}' for column in columns)}, %s, %s, %s "
        f"FROM {target.table} o JOIN {spec.table}_plan n ON n.old_id = o.id "
        f"WHERE n.is_changed {unseen if is_before else ''}",
        [connection.ops.adapt_datetimefield_value(now), "+" if is_before else "~", "import"],
    )
