"""Writing the journal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import models

from triangle.models import JournalEntry, User


def record(
    kind: str,
    subject: models.Model,
    *,
    now: datetime,
    actor: User | None = None,
    **data: str | int | bool | None,
) -> JournalEntry:
    """Note that `kind` happened to `subject`; call it in the transaction of the change itself."""
    entry = _entry(kind, subject, now, actor, data)
    entry.save(force_insert=True)
    return entry


def record_each(
    kind: str,
    subjects: Iterable[models.Model],
    *,
    now: datetime,
    actor: User | None = None,
    **data: str | int | bool | None,
) -> None:
    """The same for many at once, in one statement."""
    JournalEntry.objects.bulk_create(
        [_entry(kind, subject, now, actor, data) for subject in subjects]
    )


def _entry(
    kind: str,
    subject: models.Model,
    now: datetime,
    actor: User | None,
    data: dict[str, str | int | bool | None],
) -> JournalEntry:
    return JournalEntry(
        at=now,
        actor=actor,
        kind=kind,
        subject_type=subject._meta.model_name or "",
        subject_id=subject.pk,
        data=data,
    )
