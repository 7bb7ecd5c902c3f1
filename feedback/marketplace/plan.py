"""Compares the waiting rows with the facts: which are new, which differ, what they will say."""

# ruff: noqa: S608 - the names in the statements are our own, values are parameters

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import ManyToManyField

from feedback.marketplace.columns import FileSpec
from feedback.marketplace.staging import Staging
from feedback.marketplace.targets import Target


@dataclass(frozen=True)
class Counts:
    created: int
    changed: int
    unchanged: int


@dataclass(frozen=True)
class Link:
    """The table between a row and its labels."""

    words: str  # the waiting table of its words
    differ: str  # the waiting table of the lines whose labels will change
    table: str
    own: str
    label: str
    kind: str


def links(spec: FileSpec, target: Target) -> list[Link]:
    found = []
    for name, kind in target.words.items():
        m2m = target.model._meta.get_field(name)
        assert isinstance(m2m, ManyToManyField)  # noqa: S101 - told to the type checker
        words = f"{spec.table}_{name}"
        own, label = m2m.m2m_column_name(), m2m.m2m_reverse_name()
        found.append(Link(words, f"{words}_differ", m2m.m2m_db_table(), own, label, kind))
    return found


def make(spec: FileSpec, target: Target, staging: Staging) -> Counts:
    """Fills the table `<spec.table>_plan`, one line for each waiting row, and counts it."""
    changes = [f"({sql}) IS DISTINCT FROM o.{column}" for column, sql in target.values.items()]
    changes.append(target.also_changed)
    for link in links(spec, target):
        staging.create_as(link.differ, _differing_lines(spec, target, link))
        changes.append(f"s.line IN (SELECT line FROM {link.differ})")
    columns = {**target.values, **target.only_new}
    chosen = ", ".join(f"{sql} AS {column}" for column, sql in columns.items())
    staging.create_as(
        f"{spec.table}_plan",
        f"SELECT s.line, s.external_id, o.id AS old_id, {chosen}, "
        f"(o.id IS NOT NULL AND ({' OR '.join(changes)})) AS is_changed "
        f"FROM {spec.table} s LEFT JOIN {target.table} o ON o.external_id = s.external_id"
        f"{target.joins}",
    )
    staging.index(f"{spec.table}_plan")
    return _counts(f"{spec.table}_plan", staging)


def _counts(table: str, staging: Staging) -> Counts:
    ((everything, created, changed),) = staging.rows(
        "SELECT count(*), count(CASE WHEN old_id IS NULL THEN 1 END), "
        f"count(CASE WHEN is_changed THEN 1 END) FROM {table}"
    )
    return Counts(created, changed, everything - created - changed)


def _differing_lines(spec: FileSpec, target: Target, link: Link) -> str:
    rows = f"{spec.table} s JOIN {target.table} o ON o.external_id = s.external_id"
    words = f"{link.words} w JOIN import_labels l ON l.kind = '{link.kind}' AND l.cell = w.word"
    return (
        f"SELECT s.line FROM {words} JOIN {spec.table} s ON s.line = w.line "
        f"JOIN {target.table} o ON o.external_id = s.external_id WHERE NOT EXISTS ("
        f"SELECT 1 FROM {link.table} t WHERE t.{link.own} = o.id AND t.{link.label} = l.label_id) "
        f"UNION SELECT s.line FROM {rows} JOIN {link.table} t ON t.{link.own} = o.id "
        f"WHERE NOT EXISTS (SELECT 1 FROM {words} "
        f"WHERE w.line = s.line AND l.label_id = t.{link.label})"
    )
