"""Typed tables as a PDF: numbers are written here, the page is set by `report.typ`.

Everything goes in as JSON, so no text of a person is ever read as markup.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import typst
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from indicators.files.report import Cell, Points, Share, Table
from triangle import typography
from triangle.templatetags.ui import moment

TEMPLATE = settings.BASE_DIR / "templates" / "indicators" / "report.typ"
FONTS = settings.BASE_DIR / "static" / "vendor" / "inter"


@dataclass(frozen=True)
class Report:
    """`words` say of what; `charts` are drawn before the tables."""

    title: str
    words: Sequence[str]
    tables: Sequence[Table]
    as_of: datetime | None = None
    charts: dict[str, Any] = field(default_factory=dict)
    is_wide: bool = False


def pdf(report: Report) -> bytes:
    made = typst.compile(
        TEMPLATE,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"report": json.dumps(document(report))},
    )
    if not isinstance(made, bytes):
        raise TypeError("one file was asked for")
    return made


def document(report: Report) -> dict[str, Any]:
    """All that stands on the pages, as it is written there."""
    counted = _("counted until %(moment)s") % {"moment": moment(report.as_of)}
    return {
        "language": get_language() or "en",
        "title": report.title,
        "company": settings.COMPANY_NAME,
        "lines": [*report.words, *([counted] if report.as_of else [])],
        "page": _("page"),
        "is_wide": report.is_wide,
        "charts": report.charts,
        "tables": [_table(table) for table in report.tables],
    }


def _table(table: Table) -> dict[str, Any]:
    """Columns in which nothing stands are left out: paper has no room for them."""
    rows = list(table.rows)
    columns = [
        at for at in range(len(table.head)) if not rows or any(row[at] is not None for row in rows)
    ]
    return {
        "title": table.title,
        "head": [table.head[at] for at in columns],
        "numeric": [_is_numeric([row[at] for row in rows]) for at in columns],
        "rows": [
            [said(row[at], is_change=at == table.change_at) for at in columns] for row in rows
        ],
    }


def _is_numeric(cells: Sequence[Cell]) -> bool:
    known = [cell for cell in cells if cell is not None]
    return bool(known) and all(isinstance(cell, int | float) for cell in known)


def said(cell: Cell, *, is_change: bool = False) -> str:
    """As the page writes it; an unknown is left empty."""
    language = get_language() or "en"
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, date):
        month = typography.short_month(cell, language)
        return f"{typography.day_of_month(cell, language)} {month} {cell.year}"
    places = 0 if isinstance(cell, int) else 1 if isinstance(cell, Points | Share) else 2
    if isinstance(cell, Share):
        if not is_change:
            return typography.percent(cell, language, places=places)
        points = typography.signed(100 * cell, language, places=places)
        return f"{points}{typography.NO_BREAK}pt"
    if is_change or isinstance(cell, Points):
        return typography.signed(cell, language, places=places)
    return typography.number(cell, language, places=places)
