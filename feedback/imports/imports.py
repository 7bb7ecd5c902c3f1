"""Imports of a marketplace's history: asked for on a page, run by a worker, noted for all.

A page only stores the files and a row; a worker claims the row with a lease. The claim counts the
attempts first, and the number of the attempt is what its writes are conditional on: a worker that
was overtaken can no longer end the run, nor commit its rows.
"""

from __future__ import annotations

import logging
import zipfile
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path, PurePath
from tempfile import TemporaryFile
from uuid import uuid4

from django.core.files import File
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from feedback.marketplace.load import load
from feedback.marketplace.report import BundleRefused, Progress, Report
from feedback.models import ImportRun
from triangle import journal
from triangle.errors import Refused, StateError
from triangle.models import User

logger = logging.getLogger(__name__)

State = ImportRun.State
UPLOAD_BYTES_MAX = 200_000_000  # all files together
FILES_MAX = 10
LEASE = timedelta(seconds=90)  # renewed by each step
ATTEMPTS_MAX = 3
KEPT = timedelta(days=7)  # files and rows set aside hold names and addresses
Clock = Callable[[], datetime]


class UploadRefused(Refused):
    """The files cannot be a bundle."""


class OvertakenError(Exception):
    """The lease ran out and another worker took the run."""


def ask(files: Sequence[UploadedFile], *, by: User, now: datetime) -> ImportRun:
    """Stores the upload and queues its check; raises `UploadRefused`."""
    _refuse_upload(files)
    names = ", ".join(PurePath(file.name or "").name for file in files)
    run = ImportRun(by=by, name=names[:200], created_at=now)
    with TemporaryFile() as packed:
        content = files[0] if _is_zip(files[0]) else _packed(files, packed)
        run.file.save(f"{uuid4().hex}.zip", content, save=False)
    with transaction.atomic():
        run.save()
        journal.record("import.asked", run, now=now, actor=by, name=run.name)
    return run


def confirm(preview: ImportRun, *, by: User, now: datetime) -> ImportRun:
    """Queues the import of what was checked, once; asked again it returns the same run."""
    if preview.state != State.DONE or not preview.is_dry_run or not preview.file:
        raise StateError(_("Only a bundle that was checked and is still here can be imported."))
    try:
        with transaction.atomic():
            run = ImportRun.objects.create(
                by=by,
                file=preview.file.name,
                name=preview.name,
                is_dry_run=False,
                preview=preview,
                created_at=now,
            )
            journal.record("import.confirmed", run, now=now, actor=by, name=run.name)
    except IntegrityError:
        return ImportRun.objects.get(preview=preview)
    return run


def run_next(*, clock: Clock = timezone.now) -> ImportRun | None:
    """Claims one waiting run and brings it to its end; None when nothing waits."""
    run = _claim(now=clock())
    if run is None:
        return None
    language = run.by.language if run.by else None
    with translation.override(language):
        _run(run, clock)
    run.refresh_from_db()
    return run


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
        ended_at=now + timedelta(seconds=report.seconds),
        report=report.as_json(),
    )
    journal.record("import.done", run, now=now, actor=by, changes=report.changes)
    return run


def forget(*, now: datetime) -> int:
    """Deletes uploads and rows set aside of old runs; their counts stay. How many runs."""
    old = list(
        ImportRun.objects.filter(ended_at__lt=now - KEPT)
        .exclude(file="")
        .exclude(import_run__state__in=[State.QUEUED, State.RUNNING])
    )
    for run in old:
        run.file.delete(save=False)
        run.errors_path.unlink(missing_ok=True)
        report = {**run.report, "errors": []} if run.report else {}
        ImportRun.objects.filter(pk=run.pk).update(file="", report=report)
    return len(old)


def _refuse_upload(files: Sequence[UploadedFile]) -> None:
    if not files:
        raise UploadRefused(_("Choose a zip file or the CSV files of a bundle."))
    if sum(file.size or 0 for file in files) > UPLOAD_BYTES_MAX:
        megabytes = UPLOAD_BYTES_MAX // 1_000_000
        raise UploadRefused(_("Together the files exceed %(mb)s MB.") % {"mb": megabytes})
    if len(files) == 1 and _is_zip(files[0]):
        return
    if len(files) > FILES_MAX or not all(_suffix(file) == ".csv" for file in files):
        raise UploadRefused(_("Choose one zip file, or CSV files only."))
    names = [PurePath(file.name or "").name.lower() for file in files]
    if len(set(names)) < len(names):
        raise UploadRefused(_("Two of the files have the same name."))


def _suffix(file: UploadedFile) -> str:
    return PurePath(file.name or "").suffix.lower()


def _is_zip(file: UploadedFile) -> bool:
    return _suffix(file) == ".zip"


def _packed(files: Sequence[UploadedFile], target: object) -> File:
    """Several CSV files as one zip, compressed a little: reading them must stay quick."""
    with zipfile.ZipFile(
        target,  # type: ignore[call-overload]
        "w",
        zipfile.ZIP_DEFLATED,
        compresslevel=1,
    ) as archive:
        for file in files:
            with archive.open(PurePath(file.name or "").name.lower(), "w") as entry:
                for chunk in file.chunks():
                    entry.write(chunk)
    return File(target)  # type: ignore[arg-type]


def _claim(*, now: datetime) -> ImportRun | None:
    with transaction.atomic():
        rows = ImportRun.objects.waiting(now=now).select_for_update(skip_locked=True, of=("self",))
        run = rows.first()
        if run is None:
            return None
        if run.attempts >= ATTEMPTS_MAX:
            _fail(run, _("The import was interrupted three times; nothing was written."), now=now)
            return None
        run.attempts += 1
        run.state, run.started_at, run.leased_until = State.RUNNING, now, now + LEASE
        run.save(update_fields=["attempts", "state", "started_at", "leased_until"])
    return run


def _run(run: ImportRun, clock: Clock) -> None:
    if run.by is None or not run.by.is_active:
        message = _("Who asked for it has no account here any more.")
        _end(run, State.REFUSED, now=clock(), message=message)
        return
    try:
        load(
            Path(run.file.path),
            now=clock(),
            by=run.by,
            dry_run=run.is_dry_run,
            progress=lambda progress: _renew(run, progress, now=clock()),
            errors_path=run.errors_path,
            conclude=lambda report: _end(run, State.DONE, now=clock(), report=report.as_json()),
        )
    except BundleRefused as refusal:
        _end(run, State.REFUSED, now=clock(), message=refusal.message)
    except OvertakenError:
        logger.warning("import %s was taken over by another worker", run.pk)
    except Exception:
        logger.exception("import %s failed in attempt %s", run.pk, run.attempts)
        _give_back(run, now=clock())


def _mine(run: ImportRun) -> QuerySet[ImportRun]:
    return ImportRun.objects.filter(pk=run.pk, state=State.RUNNING, attempts=run.attempts)


def _renew(run: ImportRun, progress: Progress, *, now: datetime) -> None:
    renewed = _mine(run).update(
        step=progress.step[:60],
        rows_done=progress.rows_done,
        rows_total=progress.rows_total,
        leased_until=now + LEASE,
    )
    if not renewed:
        raise OvertakenError


def _end(
    run: ImportRun,
    state: ImportRun.State,
    *,
    now: datetime,
    message: str = "",
    report: dict[str, object] | None = None,
) -> None:
    """In the transaction of the rows: they and the end of the run are committed together."""
    with transaction.atomic():
        ended = _mine(run).update(
            state=state,
            ended_at=now,
            leased_until=None,
            step="",
            message=message[:1000],
            report=report or {},
        )
        if not ended:
            raise OvertakenError
        journal.record(f"import.{state.value}", run, now=now, actor=run.by)


def _give_back(run: ImportRun, *, now: datetime) -> None:
    if run.attempts >= ATTEMPTS_MAX:
        _fail(run, _("The import failed three times; nothing was written."), now=now)
    else:
        _mine(run).update(state=State.QUEUED, leased_until=None, step="")


def _fail(run: ImportRun, message: str, *, now: datetime) -> None:
    with transaction.atomic():
        failed = ImportRun.objects.filter(
            pk=run.pk, attempts=run.attempts, state__in=[State.QUEUED, State.RUNNING]
        ).update(state=State.FAILED, ended_at=now, leased_until=None, step="", message=message)
        if failed:
            journal.record("import.failed", run, now=now, actor=run.by)
