"""What an import found and did: the refusal of a whole bundle, the rows set aside, the counts."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TextIO

from triangle.errors import Refused

ERRORS_KEPT = 1_000  # rows in the report itself; the file of errors holds them all
VALUE_SHOWN = 200  # characters of a refused cell
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class BundleRefused(Refused):
    """Nothing of the bundle can be imported; the message says what to mend."""

    def __init__(self, message: str, *, file: str = "", line: int | None = None) -> None:
        super().__init__(message)
        self.file, self.line = file, line


@dataclass(frozen=True)
class RowError:
    file: str
    line: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True)
class FileReport:
    name: str
    read: int
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    set_aside: int = 0


@dataclass(frozen=True)
class Report:
    files: tuple[FileReport, ...]
    errors: tuple[RowError, ...]  # the first ones
    error_count: int
    warnings: tuple[str, ...]
    current_ratings: int
    is_dry_run: bool
    is_imported: bool
    seconds: float

    @property
    def changes(self) -> int:
        return sum(file.created + file.changed for file in self.files)

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "changes": self.changes}


@dataclass(frozen=True)
class Progress:
    step: str
    rows_done: int
    rows_total: int


Listener = Callable[[Progress], None]


def formula_safe(cell: str) -> str:
    """A spreadsheet must read the cell as text, whatever it begins with."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


@dataclass
class ErrorLog:
    """Keeps the first errors and writes all of them to a CSV file as they come."""

    path: Path | None
    kept: list[RowError] = field(default_factory=list)
    count: int = 0
    per_file: dict[str, int] = field(default_factory=dict)
    _stream: TextIO | None = None

    def add(self, errors: Iterable[RowError]) -> None:
        for error in errors:
            self.count += 1
            self.per_file[error.file] = self.per_file.get(error.file, 0) + 1
            if len(self.kept) < ERRORS_KEPT:
                self.kept.append(error)
            self._write(error)

    def close(self) -> None:
        if self._stream:
            self._stream.close()

    def _write(self, error: RowError) -> None:
        if self.path is None:
            return
        if self._stream is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # The byte order mark is what makes spreadsheets read UTF-8.
            self._stream = self.path.open("w", encoding="utf-8-sig", newline="")
            csv.writer(self._stream).writerow(["file", "line", "column", "value", "reason"])
        cells = (error.file, str(error.line), error.column, error.value, error.reason)
        csv.writer(self._stream).writerow([formula_safe(cell) for cell in cells])
