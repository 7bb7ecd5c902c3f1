"""Typed tables as CSV and XLSX: numbers and days are cells a spreadsheet can count with.

Text that a spreadsheet would take for a formula gets an apostrophe, as in the sheets of the admin.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from indicators.files.report import Cell, Points, Share, Table
from triangle import typography
from triangle.sheets import SafeText

BYTE_ORDER_MARK = "\ufeff"  # so that spreadsheets read UTF-8
PLACES = 6  # more digits than any figure has meaning
MEMORY = 5_000_000  # bytes, then the workbook grows on disk
LONGEST_TITLE = 31  # characters of a sheet's name, and none of those:
NOT_IN_TITLES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
LONGEST_CELL = 32_000  # characters
NUMBER, POINTS, SHARE = "0.00", "+0.0;-0.0;0.0", "0.0%"
WHOLE, DAY = "#,##0", "yyyy-mm-dd"
WIDE, NARROW = 28, 14  # characters

_SAFE = SafeText()


class _Echo:
    """A file that hands back what is written, line by line."""

    def write(self, line: str) -> str:
        return line


def csv_lines(table: Table, language: str) -> Iterator[str]:
    """French spreadsheets expect semicolons between cells, for the comma is in their numbers."""
    is_french = typography.is_french(language)
    writer = csv.writer(_Echo(), delimiter=";" if is_french else ",")
    yield BYTE_ORDER_MARK
    yield cast(str, writer.writerow(table.head))
    for row in table.rows:
        yield cast(str, writer.writerow([_written(cell, is_french) for cell in row]))


def _written(cell: Cell, is_french: bool) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return _SAFE.render(cell.replace("\0", ""))
    if isinstance(cell, date):
        return cell.isoformat()
    text = f"{round(cell, PLACES):f}".rstrip("0").rstrip(".") if isinstance(cell, float) else cell
    return str(text).replace(".", ",") if is_french else str(text)


def workbook(tables: Sequence[Table], *, about: tuple[str, Iterable[str]]) -> IO[bytes]:
    """One sheet for each table; the last one says of what: `about` is its title and its lines."""
    book = Workbook(write_only=True)
    for table in tables:
        sheet = book.create_sheet(_title(table.title))
        for at in range(len(table.head)):
            sheet.column_dimensions[get_column_letter(at + 1)].width = NARROW if at else WIDE
        sheet.freeze_panes = "A2"
        sheet.append([_bold(sheet, name) for name in table.head])
        for row in table.rows:
            sheet.append([_typed(sheet, cell) for cell in row])
    title, lines = about
    sheet = book.create_sheet(_title(title))
    for line in lines:
        sheet.append([_typed(sheet, line)])
    file = SpooledTemporaryFile(max_size=MEMORY)  # noqa: SIM115 - the response closes it
    book.save(file)
    file.seek(0)
    return cast(IO[bytes], file)


def _title(text: str) -> str:
    return text.translate(NOT_IN_TITLES)[:LONGEST_TITLE].strip() or "1"


def _typed(sheet: Any, value: Cell) -> Any:
    if value is None:
        return None
    if isinstance(value, str):
        text = _SAFE.render(ILLEGAL_CHARACTERS_RE.sub("", value))[:LONGEST_CELL]
        cell = WriteOnlyCell(sheet, text)
        cell.data_type = "s"  # not an error, even where it says #REF!
        return cell
    cell = WriteOnlyCell(sheet, float(value) if isinstance(value, float) else value)
    cell.number_format = _format(value)
    return cell


def _format(value: int | float | date) -> str:
    if isinstance(value, date):
        return DAY
    if isinstance(value, Share):
        return SHARE
    if isinstance(value, Points):
        return POINTS
    return WHOLE if isinstance(value, int) else NUMBER


def _bold(sheet: Any, text: str) -> Any:
    cell = _typed(sheet, text)
    cell.font = Font(bold=True)
    return cell
