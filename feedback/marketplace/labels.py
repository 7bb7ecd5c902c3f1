"""Labels named in a bundle: known ones are found by code or name, the others are new."""

# ruff: noqa: S608 - the names in the statements are our own, values are parameters

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from feedback.marketplace.columns import Kind, Reading
from feedback.marketplace.report import BundleRefused
from feedback.marketplace.staging import Staging
from feedback.models import ReasonChip
from triangle.models import Discipline, Label, Region, Segment, Setting

NEW_MAX = 1_000  # of one kind: more of them are a wrong column, not labels
NAMED = 10  # new labels named in the report
MODELS: dict[str, type[Label]] = {
    "discipline": Discipline,
    "setting": Setting,
    "segment": Segment,
    "region": Region,
    "reason": ReasonChip,
}


def prepare(staging: Staging) -> None:
    staging.create("import_labels", {"kind": Kind.TEXT, "cell": Kind.TEXT, "label_id": Kind.NUMBER})


def named_in(readings: Iterable[Reading], staging: Staging) -> dict[str, list[str]]:
    """The different cells of each kind of label, over all files."""
    found: dict[str, set[str]] = {}
    for reading in readings:
        for column in reading.known:
            if not column.label:
                continue
            table, cell = reading.spec.table, column.key
            if column.kind == Kind.WORDS:
                table, cell = f"{table}_{column.key}", "word"
            query = f'SELECT DISTINCT "{cell}" FROM {table} WHERE "{cell}" IS NOT NULL'
            cells = staging.rows(f"{query} LIMIT {20 * NEW_MAX}")
            found.setdefault(column.label, set()).update(str(row[0]) for row in cells)
    return {kind: sorted(cells) for kind, cells in found.items()}


def unknown(named: dict[str, list[str]]) -> dict[str, list[str]]:
    """The cells that will become new labels; refuses a bundle that would bring too many."""
    new = {
        kind: [cell for cell in cells if cell.casefold() not in _ids(kind)]
        for kind, cells in named.items()
    }
    for kind, cells in new.items():
        if len(cells) > NEW_MAX:
            raise BundleRefused(
                _(
                    "The bundle would bring %(n)s new labels of the kind “%(kind)s”: "
                    "is this column the right one?"
                )
                % {"n": len(cells), "kind": MODELS[kind]._meta.verbose_name}
            )
    return {kind: cells for kind, cells in new.items() if cells}


def notices(new: dict[str, list[str]]) -> list[str]:
    return [
        ngettext(
            "%(n)s new label of the kind “%(kind)s”: %(names)s",
            "%(n)s new labels of the kind “%(kind)s”: %(names)s",
            len(cells),
        )
        % {
            "n": len(cells),
            "kind": MODELS[kind]._meta.verbose_name,
            "names": ", ".join(cells[:NAMED]) + ("…" if len(cells) > NAMED else ""),
        }
        for kind, cells in new.items()
    ]


def create(new: dict[str, list[str]]) -> None:
    """Labels the company did not have; nobody is offered a reason that only history knows."""
    for kind, cells in new.items():
        for cell in _first_of_each(cells):
            fields = {"name_en": readable(cell), "name_fr": readable(cell)}
            if kind == "reason":
                ReasonChip.objects.create(code=cell, is_offered=False, **fields)
            else:
                MODELS[kind]._default_manager.create(code=cell, **fields)


def resolve(named: dict[str, list[str]], staging: Staging) -> None:
    """Fills the table that leads from a cell to its label; a label still to come has no key yet."""
    staging.run("DELETE FROM import_labels")
    for kind, cells in named.items():
        ids = _ids(kind)
        unborn = {cell.casefold(): -number for number, cell in enumerate(cells, start=1)}
        keys = [ids.get(cell.casefold(), unborn[cell.casefold()]) for cell in cells]
        columns: dict[str, list] = {"kind": [kind] * len(cells), "cell": cells, "label_id": keys}
        if cells:
            staging.fill("import_labels", columns)


def _ids(kind: str) -> dict[str, int]:
    ids: dict[str, int] = {}
    for label in MODELS[kind]._default_manager.order_by("-pk"):
        for name in (label.name_fr, label.name_en, label.code):
            ids[name.casefold()] = label.pk
    return ids


def _first_of_each(cells: list[str]) -> list[str]:
    return list({cell.casefold(): cell for cell in reversed(cells)}.values())


def readable(cell: str) -> str:
    words = cell.replace("_", " ")
    return words[0].upper() + words[1:]
