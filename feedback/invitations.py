"""Asking: each completed intervention becomes one invitation, or a visible reason for none.

Nothing here is called by the intervention: a sweep pulls what is completed and not yet invited,
so it may run twice, late or beside itself; the unique constraint keeps one invitation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef

from clients.models import Contact
from feedback import suppressions
from feedback.models import Delivery, Invitation, Rating, Survey
from partners.models import Intervention
from triangle import journal, links
from triangle.periods import local_day

Skip, Status = Invitation.Skip, Invitation.Status

BATCH = 500  # interventions asked about in one transaction


def open_due(*, now: datetime, limit: int = BATCH) -> int:
    """Write the invitations of what was completed lately; returns how many are new."""
    survey = Survey.objects.filter(event=Survey.Event.COMPLETED, is_active=True).first()
    if survey is None:
        return 0
    interventions = _not_yet_asked(survey, now=now, limit=limit)
    contacts = _contacts(interventions)
    barred = suppressions.skips((one.email for one in contacts.values()), survey=survey)
    return _write(
        [_invitation(one, contacts.get(one.pk), survey, barred, now) for one in interventions],
        now=now,
    )


def expire(*, now: datetime, limit: int = BATCH) -> int:
    """Close the links nobody followed in time; returns how many."""
    with transaction.atomic():
        late = list(
            Invitation.objects.filter(status=Status.SENT, expires_at__lte=now)
            .select_for_update(skip_locked=True)
            .order_by("due_at")[:limit]
        )
        Invitation.objects.filter(pk__in=[one.pk for one in late]).update(status=Status.EXPIRED)
        journal.record_each("invitation.expired", late, now=now)
    return len(late)


def _not_yet_asked(survey: Survey, *, now: datetime, limit: int) -> list[Intervention]:
    """An intervention that was rated already, by phone or in an import, is not asked about."""
    since = now - timedelta(days=settings.INVITATION_WINDOW_DAYS)
    invited = Invitation.objects.filter(intervention=OuterRef("pk"), survey=survey)
    rated = Rating.objects.current().filter(intervention=OuterRef("pk"))
    return list(
        Intervention.objects.completed()
        .filter(~Exists(invited), ~Exists(rated), completed_at__gt=since, completed_at__lte=now)
        .select_related("contact", "client")
        .order_by("completed_at")[:limit]
    )


def _contacts(interventions: list[Intervention]) -> dict[int, Contact]:
    """Whom to write to: the intervention's own contact, else the client's main one."""
    main = {
        contact.client_id: contact
        for contact in Contact.objects.filter(
            client__in={one.client_id for one in interventions if not _has_address(one.contact)},
            is_main=True,
        )
    }
    chosen = {
        one.pk: one.contact if _has_address(one.contact) else main.get(one.client_id)
        for one in interventions
    }
    return {pk: contact for pk, contact in chosen.items() if contact}


def _has_address(contact: Contact | None) -> bool:
    return bool(contact and contact.email)


def _invitation(
    intervention: Intervention,
    contact: Contact | None,
    survey: Survey,
    barred: Mapping[str, Invitation.Skip],
    now: datetime,
) -> Invitation:
    due_at = (intervention.completed_at or now) + timedelta(hours=survey.delay_hours)
    email = contact.email if contact else ""
    skip = barred.get(suppressions.normal(email)) if email else Skip.NO_ADDRESS
    return Invitation(
        **intervention.scope(),
        **_links(),
        intervention=intervention,
        survey=survey,
        contact=contact,
        language=_language(contact, intervention),
        status=Status.SKIPPED if skip else Status.SCHEDULED,
        skip_reason=skip or "",
        counted_on=local_day(now) if skip else None,
        due_at=due_at,
        expires_at=due_at + timedelta(days=survey.expires_days),
    )


def _links() -> dict[str, str]:
    seed = links.new_seed()
    return {
        "link_seed": seed,
        "token_hash": links.token_hash(links.token_for("client", seed)),
        "opt_out_hash": links.token_hash(links.token_for("unsubscribe", seed)),
    }


def _language(contact: Contact | None, intervention: Intervention) -> str:
    return (contact and contact.language) or intervention.client.language or settings.LANGUAGE_CODE


def _write(planned: Iterable[Invitation], *, now: datetime) -> int:
    """Another sweep may have been faster: only rows that bear our tokens are ours."""
    planned = list(planned)
    if not planned:
        return 0
    with transaction.atomic():
        Invitation.objects.bulk_create(planned, ignore_conflicts=True)
        ours = list(Invitation.objects.filter(token_hash__in=[one.token_hash for one in planned]))
        scheduled = [one for one in ours if one.status == Status.SCHEDULED]
        Delivery.objects.bulk_create(
            [Delivery(invitation=one, due_at=one.due_at) for one in scheduled]
        )
        journal.record_each("invitation.scheduled", scheduled, now=now)
        for one in ours:
            if one.status == Status.SKIPPED:
                journal.record("invitation.skipped", one, now=now, reason=one.skip_reason)
    return len(ours)
