"""Creating and updating partners."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TypedDict, Unpack

from django.db import models, transaction

from partners.models import Partner
from triangle import journal
from triangle.changes import Change, differing
from triangle.models import Discipline, Region, Setting, User


class PartnerFields(TypedDict, total=False):
    name: str
    kind: str
    region: Region
    email: str
    phone: str
    language: str
    account: User | None
    status: str
    joined_on: date | None


def save(
    *,
    external_id: str,
    now: datetime,
    by: User | None = None,
    disciplines: Iterable[Discipline] | None = None,
    settings: Iterable[Setting] | None = None,
    **fields: Unpack[PartnerFields],
) -> tuple[Partner, Change]:
    """Create or update by external id; None leaves the disciplines or settings as they are."""
    with transaction.atomic():
        partner, is_new = Partner.objects.select_for_update().get_or_create(
            external_id=external_id, defaults=fields
        )
        changed = [] if is_new else _update(partner, fields)
        if disciplines is not None and _set(partner.disciplines, disciplines):
            changed.append("disciplines")
        if settings is not None and _set(partner.settings, settings):
            changed.append("settings")
        if not is_new and not changed:
            return partner, Change.UNCHANGED
        change = Change.CREATED if is_new else Change.CHANGED
        journal.record(change, partner, now=now, actor=by, fields=", ".join(sorted(changed)))
    return partner, change


def _update(partner: Partner, fields: PartnerFields) -> list[str]:
    wanted = differing(partner, fields)
    if wanted:
        for name, value in wanted.items():
            setattr(partner, name, value)
        partner.save(update_fields=list(wanted))
    return list(wanted)


def _set(relation: models.Manager[models.Model], wanted: Iterable[models.Model]) -> bool:
    """Whether the set of related rows had to change."""
    keys = {row.pk for row in wanted}
    if keys == set(relation.values_list("pk", flat=True)):
        return False
    relation.set(keys)  # type: ignore[attr-defined]
    return True
