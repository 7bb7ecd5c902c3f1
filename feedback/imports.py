"""Imports of a marketplace's history: asked for on a page, run by a worker, noted for all."""

from __future__ import annotations

from datetime import datetime

from feedback.marketplace.report import Report
from feedback.models import ImportRun
from triangle import journal
from triangle.models import User

State = ImportRun.State


def note(name: str, report: Report, *, now: datetime, by: User | None = None) -> ImportRun | None:
    """An import from the command line, when it changed something."""
    if not report.is_imported or not report.changes:
        return None
    run = ImportRun.objects.create(
        by=by,
        name=name[:200],
        is_dry_run=False,
        state=State.DONE,
        created_at=now,
        started_at=now,
        ended_at=now,
        report=report.as_json(),
    )
    journal.record("import.done", run, now=now, actor=by, changes=report.changes)
    return run
