"""Creating and updating clients and the person we write to."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict, Unpack

from django.db import transaction

from clients.models import Client, Contact
from triangle import journal
from triangle.changes import Change, differing
from triangle.models import Region, Segment, Setting, User


class ClientFields(TypedDict, total=False):
    name: str
    kind: str
    setting: Setting
    segment: Segment
    region: Region
    language: str
    manager: User | None
    salesperson: str
    requirements: str


class ContactFields(TypedDict, total=False):
    name: str
    email: str
    phone: str
    language: str
    time_zone: str


def save(
    *,
    external_id: str,
    now: datetime,
    by: User | None = None,
    contact: ContactFields | None = None,
    **fields: Unpack[ClientFields],
) -> tuple[Client, Change]:
    """Create or update by external id; `contact` is the main one, left alone when not given."""
    with transaction.atomic():
        client, is_new = Client.objects.select_for_update().get_or_create(
            external_id=external_id, defaults=fields
        )
        changed = [] if is_new else _update(client, fields)
        if contact is not None:
            changed += write_to(client, contact)
        if not is_new and not changed:
            return client, Change.UNCHANGED
        change = Change.CREATED if is_new else Change.CHANGED
        journal.record(change, client, now=now, actor=by, fields=", ".join(sorted(changed)))
    return client, change


def finish_onboarding(client: Client, *, now: datetime, by: User | None = None) -> Client:
    """The client is ready; from this instant they are asked how the beginning went. Once."""
    with transaction.atomic():
        row = Client.objects.select_for_update().get(pk=client.pk)
        if row.onboarded_at is None:
            row.onboarded_at = now
            row.save(update_fields=["onboarded_at"])
            journal.record("onboarded", row, now=now, actor=by)
    client.onboarded_at = row.onboarded_at
    return client


def write_to(client: Client, fields: ContactFields) -> list[str]:
    """Make these the client's main contact; the names of what changed."""
    main = client.contacts.filter(is_main=True).first()
    if main is None:
        named = {"name": client.name, "language": client.language, **fields}
        Contact.objects.create(client=client, is_main=True, **named)
        return ["contact"]
    wanted = differing(main, fields)
    if not wanted:
        return []
    for name, value in wanted.items():
        setattr(main, name, value)
    main.save(update_fields=list(wanted))
    return [f"contact {name}" for name in wanted]


def _update(client: Client, fields: ClientFields) -> list[str]:
    wanted = differing(client, fields)
    if wanted:
        for name, value in wanted.items():
            setattr(client, name, value)
        client.save(update_fields=list(wanted))
    return list(wanted)
