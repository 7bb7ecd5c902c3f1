"""The catalogue of services: what happens to an entry."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict, Unpack

from django.db import transaction

from triangle import journal
from triangle.changes import Change, differing
from triangle.models import Discipline, Service, User


class ServiceFields(TypedDict, total=False):
    name: str
    discipline: Discipline
    promise: str
    is_published: bool


def save(
    *, external_id: str, now: datetime, by: User | None = None, **fields: Unpack[ServiceFields]
) -> tuple[Service, Change]:
    """Create or update by external id; what is left out stays as it is."""
    with transaction.atomic():
        service, is_new = Service.objects.select_for_update().get_or_create(
            external_id=external_id, defaults=fields
        )
        changes = {} if is_new else differing(service, fields)
        if not is_new and not changes:
            return service, Change.UNCHANGED
        for name, value in changes.items():
            setattr(service, name, value)
        if changes:
            service.save(update_fields=list(changes))
        change = Change.CREATED if is_new else Change.CHANGED
        journal.record(change, service, now=now, actor=by, fields=", ".join(sorted(changes)))
    return service, change
