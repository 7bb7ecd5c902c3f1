"""Writing the journal."""

from __future__ import annotations

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
    return JournalEntry.objects.create(
        at=now,
        actor=actor,
        kind=kind,
        subject_type=subject._meta.model_name or "",
        subject_id=subject.pk,
        data=data,
    )
