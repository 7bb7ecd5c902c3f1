"""What the page of one import shows: its state in words, the counts per file, the first errors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from feedback.models import ImportRun

ERRORS_SHOWN = 50


@dataclass(frozen=True)
class ImportBoard:
    run: ImportRun
    is_moving: bool  # the page asks again by itself
    is_interrupted: bool
    percent: int | None  # of the lines read
    files: list[dict[str, Any]]
    errors: list[dict[str, Any]]
    errors_left: int  # not in the table
    can_confirm: bool
    confirmed: ImportRun | None
    has_errors_file: bool

    @property
    def has_lines(self) -> bool:
        return self.percent is not None


def board(run: ImportRun, *, now: datetime) -> ImportBoard:
    errors = run.report.get("errors", [])[:ERRORS_SHOWN]
    confirmed: ImportRun | None = getattr(run, "import_run", None)
    return ImportBoard(
        run=run,
        is_moving=not run.is_ended,
        is_interrupted=run.is_interrupted(now=now),
        percent=100 * run.rows_done // run.rows_total if run.rows_total else None,
        files=run.report.get("files", []),
        errors=errors,
        errors_left=run.error_count - len(errors),
        can_confirm=_can_confirm(run, confirmed),
        confirmed=confirmed,
        has_errors_file=run.error_count > 0 and run.errors_path.is_file(),
    )


def _can_confirm(run: ImportRun, confirmed: ImportRun | None) -> bool:
    is_checked = run.is_dry_run and run.state == ImportRun.State.DONE
    return is_checked and confirmed is None and bool(run.file) and run.changes > 0
