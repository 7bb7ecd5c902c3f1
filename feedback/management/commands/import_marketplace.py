"""Imports a marketplace's history: a folder or zip of CSV files."""

from __future__ import annotations

import json
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from feedback.imports import imports
from feedback.marketplace import report as reports
from feedback.marketplace.load import load
from feedback.marketplace.report import BundleRefused, Report

ERRORS_SHOWN = 20
ACCEPTED, SET_ASIDE, REFUSED = 0, 1, 2


class Command(BaseCommand):
    help = (
        "Import services, partners, clients, interventions and ratings from CSV files. "
        "Rows are matched on external_id; the same bundle twice changes nothing. "
        "Exit: 0 all accepted, 1 some rows set aside, 2 refused whole."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="a folder or a zip of CSV files")
        parser.add_argument("--dry-run", action="store_true", help="check all, write nothing")
        parser.add_argument("--strict", action="store_true", help="one bad row: write nothing")
        parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
        parser.add_argument("--errors", type=Path, help="where to write all rows set aside, as CSV")

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console(stderr=True)
        errors_path = options["errors"] or _temporary_path()
        try:
            report = self._load(options, console, errors_path)
        except BundleRefused as refusal:
            self._refuse(refusal, console, as_json=options["json"])
            sys.exit(REFUSED)
        self._tell(report, console, errors_path)
        if options["json"]:
            where = str(errors_path) if report.error_count else None
            self.stdout.write(_json({**_document(report), "errors_file": where}))
        sys.exit(SET_ASIDE if report.error_count else ACCEPTED)

    def _load(self, options: dict[str, Any], console: Console, errors_path: Path) -> Report:
        now = timezone.now()
        path: Path = options["path"]
        with ExitStack() as stack:
            bar = stack.enter_context(
                Progress(
                    TextColumn("{task.description}"),
                    BarColumn(),
                    MofNCompleteColumn(),
                    TimeElapsedColumn(),
                    console=console,
                    transient=True,
                )
            )
            task = bar.add_task("", total=None)

            def show(progress: reports.Progress) -> None:
                bar.update(
                    task,
                    description=progress.step,
                    completed=progress.rows_done,
                    total=progress.rows_total,
                )

            return load(
                path,
                now=now,
                dry_run=options["dry_run"],
                strict=options["strict"],
                progress=show,
                errors_path=errors_path,
                conclude=lambda report: imports.note(path.name, report, now=now),
            )

    def _refuse(self, refusal: BundleRefused, console: Console, *, as_json: bool) -> None:
        console.print(refusal.message, style="bold red", markup=False, highlight=False)
        if as_json:
            document = {
                "status": "refused",
                "message": refusal.message,
                "file": refusal.file,
                "line": refusal.line,
            }
            self.stdout.write(_json(document))

    def _tell(self, report: Report, console: Console, errors_path: Path) -> None:
        table = Table("file", *("read", "created", "changed", "unchanged", "set aside"))
        for column in table.columns[1:]:
            column.justify = "right"
        for file in report.files:
            numbers = (file.read, file.created, file.changed, file.unchanged, file.set_aside)
            table.add_row(file.name, *(f"{number:,}" for number in numbers))
        console.print(table)
        for error in report.errors[:ERRORS_SHOWN]:
            console.print(
                f"{error.file} line {error.line} {error.column} {error.value!r}: {error.reason}",
                markup=False,
                highlight=False,
            )
        if report.error_count:
            console.print(f"{report.error_count:,} rows set aside, all in {errors_path}")
        for warning in report.warnings:
            console.print(warning, style="yellow", markup=False, highlight=False)
        console.print(_outcome(report))


def _temporary_path() -> Path:
    """A name for the rows set aside; the file is only written when there are any."""
    return Path(tempfile.gettempdir()) / f"import-set-aside-{uuid4().hex[:8]}.csv"


def _outcome(report: Report) -> str:
    seconds = f"{report.seconds:.1f} s"
    if report.is_imported:
        return (
            f"{report.changes:,} rows written, {report.current_ratings:,} current ratings, "
            f"{seconds}. Workers count them in the background, the indicators command at once."
        )
    if report.is_dry_run:
        return f"Dry run: {report.changes:,} rows would be written; nothing was. {seconds}"
    return f"Strict: rows were set aside, so nothing was imported. {seconds}"


def _document(report: Report) -> dict[str, Any]:
    status = (
        "imported" if report.is_imported else "checked" if report.is_dry_run else "not_imported"
    )
    body = report.as_json()
    files = {file.pop("name"): file for file in body.pop("files")}
    return {"status": status, "files": files, **body}


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1)
