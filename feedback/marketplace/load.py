"""Loads a bundle: reads and checks all of it, then writes it in one transaction or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from time import monotonic

from django.utils.translation import gettext as _

from feedback.marketplace import checks, follow, labels, plan, rows, write
from feedback.marketplace.bundle import FILES, Bundle, open_bundle
from feedback.marketplace.columns import SPECS, FileSpec, Kind, Reading, read_header
from feedback.marketplace.csv_reader import Table
from feedback.marketplace.plan import Counts
from feedback.marketplace.report import (
    ErrorLog,
    FileReport,
    Listener,
    Progress,
    Report,
    RowError,
)
from feedback.marketplace.staging import Staging, staging
from feedback.marketplace.targets import target
from feedback.models import RatingCriterion
from triangle.models import User

MANY = 10_000  # new rows after which the planner must look again
Conclusion = Callable[[Report], object]


def load(
    path: Path,
    *,
    now: datetime,
    by: User | None = None,
    dry_run: bool = False,
    strict: bool = False,
    progress: Listener | None = None,
    errors_path: Path | None = None,
    conclude: Conclusion | None = None,
) -> Report:
    """What was read, created, changed and set aside.

    `dry_run` tells what would be written and writes nothing; so does `strict` as soon as one row
    cannot be accepted. `conclude` is called with the report in the transaction of the rows, or
    alone when nothing is written. A manager (`by`) imports into the own portfolio only; without
    `by`, as from the command line, everything is open. Raises `BundleRefused` when the bundle is
    wrong as a whole.
    """
    manager_id = None if by is None or by.sees_everything else by.pk
    run = _Run(now, progress or (lambda _progress: None), ErrorLog(errors_path), manager_id)
    with ExitStack() as stack:
        stack.callback(run.errors.close)
        bundle = stack.enter_context(open_bundle(path))
        stack.enter_context(run.staging.reading())
        stack.callback(run.staging.drop_all)
        run.read(bundle)
        run.check()
        if dry_run or (strict and run.errors.count):
            return run.preview(conclude, is_dry_run=dry_run)
        return run.write(conclude)


@dataclass
class _Run:
    now: datetime
    progress: Listener
    errors: ErrorLog
    manager_id: int | None
    staging: Staging = field(default_factory=staging)
    readings: dict[str, Reading] = field(default_factory=dict)
    read_rows: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    slots: dict[str, int] = field(default_factory=dict)
    named: dict[str, list[str]] = field(default_factory=dict)
    lines_total: int = 0
    lines_done: int = 0
    current_ratings: int = 0
    started: float = field(default_factory=monotonic)

    def read(self, bundle: Bundle) -> None:
        """Every row into its waiting table, or into the errors."""
        self.lines_total = sum(bundle.lines.values())
        self.slots = dict(RatingCriterion.objects.values_list("code", "slot"))
        self.warnings += [
            _("%(file)s is not a file of a bundle") % {"file": name} for name in bundle.ignored
        ]
        labels.prepare(self.staging)
        for name in FILES:
            if name not in bundle.sources:
                _prepare_empty(SPECS[name], self.staging)
                continue
            with bundle.open(name) as stream:
                self._read_file(Table(name, stream))
            self.lines_done += bundle.lines[name]

    def check(self) -> None:
        """What only all rows together tell; the labels that are new."""
        self._tell(_("Checking"))
        for reading in self.readings.values():
            for errors in checks.set_aside(reading, self.staging, manager_id=self.manager_id):
                self.errors.add(errors)
            self._tell(_("Checking"))
        if clients := self.readings.get("clients.csv"):
            self.warnings += checks.unknown_managers(clients, self.staging)
        self.named = labels.named_in(self.readings.values(), self.staging)
        self.warnings += labels.notices(labels.unknown(self.named))

    def preview(self, conclude: Conclusion | None, *, is_dry_run: bool) -> Report:
        labels.resolve(self.named, self.staging)
        counts = {}
        for name, reading in self.readings.items():
            self._tell(_("Comparing %(file)s") % {"file": name})
            if name == "ratings.csv":
                self.current_ratings = follow.order_ratings(self.staging)
            counts[name] = plan.make(reading.spec, target(reading), self.staging)
        report = self._report(counts, is_dry_run=is_dry_run, is_imported=False)
        if conclude:
            conclude(report)
        return report

    def write(self, conclude: Conclusion | None) -> Report:
        self._tell(_("Writing"))  # seen by others: what is told later is part of the transaction
        with self.staging.writing():
            labels.create(labels.unknown(self.named))
            labels.resolve(self.named, self.staging)
            _create_criteria(self.slots)
            counts = {name: self._write_file(reading) for name, reading in self.readings.items()}
            report = self._report(counts, is_dry_run=False, is_imported=True)
            if conclude:
                conclude(report)
        return report

    def _read_file(self, table: Table) -> None:
        reading = read_header(table.name, table.header, self.slots)
        self.readings[table.name] = reading
        self.warnings += [
            _("%(file)s: the column %(column)s is not known and was left out")
            % {"file": table.name, "column": column}
            for column in reading.unknown
        ]
        _prepare(reading, self.staging)
        self.read_rows[table.name] = 0
        for chunk in table.chunks():
            batch = rows.convert(chunk, reading)
            self.errors.add(batch.errors)
            self.read_rows[table.name] += batch.read
            if batch.values["line"]:
                self.staging.fill(reading.spec.table, batch.values)
            for key, pairs in batch.words.items():
                if pairs:
                    lines, words = map(list, zip(*pairs, strict=True))
                    columns = {"line": lines, "word": words}
                    self.staging.fill(f"{reading.spec.table}_{key}", columns)
            self._tell(_("Reading %(file)s") % {"file": table.name}, lines=chunk.last_line)
        _index(reading, self.staging)

    def _write_file(self, reading: Reading) -> Counts:
        name, spec, staging = reading.spec.name, reading.spec, self.staging
        self._tell(_("Writing %(file)s") % {"file": name})
        if name == "ratings.csv":
            self.current_ratings = follow.order_ratings(staging)
            follow.write_invitations(reading, staging, now=self.now)
        goal = target(reading)
        counts = plan.make(spec, goal, staging)
        if name == "ratings.csv":
            follow.step_back(staging)
        write.write(spec, goal, staging, now=self.now)
        if counts.created > MANY:
            staging.learn(goal.table)
        if name == "clients.csv":
            follow.write_contacts(reading, staging)
        if name == "interventions.csv":
            follow.settle_interventions(staging)
        if name == "ratings.csv":
            follow.chain_revisions(staging)
            follow.join_invitations(reading, staging)
        return counts

    def _tell(self, step: str, *, lines: int = 0) -> None:
        done = min(self.lines_done + lines, self.lines_total)
        self.progress(Progress(step, done, self.lines_total))

    def _report(self, counts: dict[str, Counts], *, is_dry_run: bool, is_imported: bool) -> Report:
        return Report(
            files=tuple(
                FileReport(
                    name,
                    self.read_rows[name],
                    count.created,
                    count.changed,
                    count.unchanged,
                    self.errors.per_file.get(name, 0),
                )
                for name, count in counts.items()
            ),
            errors=tuple(sorted(self.errors.kept, key=_place)),
            error_count=self.errors.count,
            warnings=tuple(self.warnings),
            current_ratings=self.current_ratings,
            is_dry_run=is_dry_run,
            is_imported=is_imported,
            seconds=round(monotonic() - self.started, 3),
        )


def _place(error: RowError) -> tuple[int, int]:
    return FILES.index(error.file), error.line


def _staged_columns(reading: Reading) -> Iterator[tuple[str, Kind]]:
    for column in reading.known:
        if column.kind == Kind.WORDS:
            continue
        yield column.key, column.kind
        if column.kind == Kind.INSTANT:
            yield column.day_key, Kind.DAY
    if reading.criteria_slots:
        yield "not_applicable", Kind.NUMBER
    yield "line", Kind.NUMBER


def _prepare(reading: Reading, staging: Staging) -> None:
    staging.create(reading.spec.table, dict(_staged_columns(reading)))
    for column in reading.known:
        if column.kind == Kind.WORDS:
            words = {"line": Kind.NUMBER, "word": Kind.TEXT}
            staging.create(f"{reading.spec.table}_{column.key}", words)


def _prepare_empty(spec: FileSpec, staging: Staging) -> None:
    """A file that is not in the bundle refers to nothing and is referred to by nobody."""
    staging.create(spec.table, {"line": Kind.NUMBER, "external_id": Kind.TEXT})
    if spec.name == "clients.csv":
        scope = dict.fromkeys(("setting_id", "segment_id", "region_id"), Kind.NUMBER)
        staging.create(f"{spec.table}_plan", {"external_id": Kind.TEXT, **scope})


def _index(reading: Reading, staging: Staging) -> None:
    staging.index(reading.spec.table, "external_id", "line")
    for column in reading.known:
        if column.kind == Kind.WORDS:
            staging.index(f"{reading.spec.table}_{column.key}", "line")


def _create_criteria(slots: dict[str, int]) -> None:
    """Criteria that only history knows: counted, not asked until somebody says so."""
    known = set(RatingCriterion.objects.values_list("code", flat=True))
    for code, slot in slots.items():
        if code not in known:
            name = labels.readable(code)
            RatingCriterion.objects.create(
                code=code, slot=slot, name_en=name, name_fr=name, is_asked=False
            )
