"""What there is to ask about now: each matter nobody was asked about yet, with the rule that fits.

One query for each rule, one more for the contacts. What is older than INVITATION_WINDOW_DAYS is
history, and nobody is asked about it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import TypeVar

from django.conf import settings
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from clients.models import Client, Contact
from feedback import own_days, rules
from feedback.models import About, Invitation, Rating, Rule
from feedback.rules import Columns, Share
from partners.models import Intervention, Partner

ACTIVE_DAYS = 365  # a client without a completed intervention in so many is asked no more

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Occasion:
    """One matter to ask one person about; `at` is when it happened, the delay counts from there."""

    rule: Rule
    at: datetime
    scope: Mapping[str, int | None]
    languages: tuple[str, ...]  # the first that is known is the person's
    intervention: Intervention | None = None
    partner: Partner | None = None  # who is asked, when it is not the client
    contact: Contact | None = None
    day: str = ""  # of what is asked now and then


def due(*, now: datetime, limit: int) -> Iterator[list[Occasion]]:
    """Rule by rule, the oldest first, `limit` in all; what comes is read after the last is used."""
    for about, those in groupby(_active_rules(), key=lambda rule: About(rule.survey.about)):
        columns, find = FINDERS[about]
        for share in rules.shares(those, columns):
            found = find(share, now, limit)
            if found:
                yield found
            limit -= len(found)
            if limit <= 0:
                return


def _active_rules() -> list[Rule]:
    """By what they ask about, the most important first."""
    order = {about: n for n, about in enumerate(FINDERS)}
    return sorted(Rule.objects.active(*FINDERS), key=lambda rule: order[About(rule.survey.about)])


# Interventions


def _completed(share: Share, now: datetime, limit: int) -> list[Occasion]:
    rows = _lately(Intervention.objects.completed(), share, "completed_at", now, limit)
    return _of_interventions(rows, share.rule, "completed_at")


def _cancelled(share: Share, now: datetime, limit: int) -> list[Occasion]:
    """Of what the client could count on: a request that came to nothing is no cancellation."""
    was_on = Q(confirmed_at__isnull=False) | Q(started_at__isnull=False)
    rows = Intervention.objects.filter(was_on, status="cancelled")
    found = _lately(rows, share, "cancelled_at", now, limit)
    return _of_interventions(found, share.rule, "cancelled_at")


def _debriefs(share: Share, now: datetime, limit: int) -> list[Occasion]:
    """The link of a debrief is opened with the end of the intervention; the mail carries it."""
    since = now - timedelta(days=settings.INVITATION_WINDOW_DAYS)
    rows = Intervention.objects.awaiting_debrief().filter(
        debrief_request__asked_at__gt=since,
        debrief_request__asked_at__lte=now,
        debrief_request__expires_at__gt=now,
        partner__isnull=False,
    )
    found = _lately(rows, share, "completed_at", now, limit)
    return [
        Occasion(
            rule=share.rule,
            at=one.completed_at or now,
            scope=one.scope(),
            intervention=one,
            partner=one.partner,
            languages=(one.partner.language,) if one.partner else (),
        )
        for one in found
    ]


def _lately(
    rows: QuerySet[Intervention], share: Share, instant: str, now: datetime, limit: int
) -> list[Intervention]:
    """What was rated already, by phone, on site or in an import, is not asked about."""
    about = share.rule.survey.about
    invited = Invitation.objects.filter(
        intervention=OuterRef("pk"), about=about, channel=Invitation.Channel.MAIL
    )
    rated = Rating.objects.current().filter(intervention=OuterRef("pk"), about=about)
    since = now - timedelta(days=settings.INVITATION_WINDOW_DAYS)
    found = (
        rows.filter(share.matters, ~Exists(invited), ~Exists(rated))
        .filter(**{f"{instant}__gt": since, f"{instant}__lte": now})
        .order_by(instant)[:limit]
    )
    return _rows(found, "contact", "client", "partner")


def _of_interventions(
    interventions: list[Intervention], rule: Rule, instant: str
) -> list[Occasion]:
    """Whom to write to: the intervention's own contact, else the client's main one."""
    alone = [one.client_id for one in interventions if not _has_address(one.contact)]
    main = _main_contacts(alone)
    found = []
    for one in interventions:
        contact = one.contact if _has_address(one.contact) else main.get(one.client_id)
        found.append(
            Occasion(
                rule=rule,
                at=getattr(one, instant),
                scope=one.scope(),
                intervention=one,
                contact=contact,
                languages=_languages(contact, one.client),
            )
        )
    return found


# Clients


def _onboarded(share: Share, now: datetime, limit: int) -> list[Occasion]:
    invited = Invitation.objects.filter(client=OuterRef("pk"), about=About.ONBOARDING)
    since = now - timedelta(days=settings.INVITATION_WINDOW_DAYS)
    found = (
        Client.objects.filter(share.matters, ~Exists(invited))
        .filter(onboarded_at__gt=since, onboarded_at__lte=now)
        .order_by("onboarded_at")[:limit]
    )
    clients = [(one, one.onboarded_at or now, "") for one in _rows(found)]
    return _of_clients(clients, share.rule)


def _relations(share: Share, now: datetime, limit: int) -> list[Occasion]:
    since = now - timedelta(days=ACTIVE_DAYS)
    lively = Intervention.objects.completed().filter(
        client=OuterRef("pk"), completed_at__gt=since, completed_at__lte=now
    )
    clients = Client.objects.filter(share.matters, Exists(lively))
    found = own_days.fallen_due(clients, "client", share.rule, now=now)[:limit]
    days = own_days.of(_rows(found), share.rule, now=now)
    return _of_clients(
        [(one, own_days.begin(day), day.isoformat()) for one, day in days], share.rule
    )


def _of_clients(clients: Iterable[tuple[Client, datetime, str]], rule: Rule) -> list[Occasion]:
    clients = list(clients)
    main = _main_contacts([client.pk for client, _at, _day in clients])
    return [
        Occasion(
            rule=rule,
            at=at,
            day=day,
            scope={
                "client_id": client.pk,
                "setting_id": client.setting_id,
                "segment_id": client.segment_id,
                "region_id": client.region_id,
            },
            contact=main.get(client.pk),
            languages=_languages(main.get(client.pk), client),
        )
        for client, at, day in clients
    ]


# Partners


def _pulses(share: Share, now: datetime, limit: int) -> list[Occasion]:
    partners = Partner.objects.assignable().filter(share.matters).distinct()
    found = own_days.fallen_due(partners, "partner", share.rule, now=now)[:limit]
    return [
        Occasion(
            rule=share.rule,
            at=own_days.begin(day),
            day=day.isoformat(),
            scope={"partner_id": partner.pk, "region_id": partner.region_id},
            partner=partner,
            languages=(partner.language,),
        )
        for partner, day in own_days.of(_rows(found), share.rule, now=now)
    ]


# Whom to write to


def _main_contacts(clients: list[int]) -> dict[int, Contact]:
    rows = Contact.objects.filter(client__in=set(clients), is_main=True) if clients else ()
    return {contact.client_id: contact for contact in rows}


def _has_address(contact: Contact | None) -> bool:
    return bool(contact and contact.email)


def _languages(contact: Contact | None, client: Client) -> tuple[str, ...]:
    return (contact.language if contact else "", client.language)


def _rows(found: QuerySet[Row], *related: str) -> list[Row]:
    """Most sweeps find nothing: to ask for keys alone is quicker."""
    keys = list(found.values_list("pk", flat=True))
    if not keys:
        return []
    manager = found.model._default_manager
    rows = (manager.select_related(*related) if related else manager).in_bulk(keys)
    return [rows[key] for key in keys if key in rows]


Find = Callable[[Share, datetime, int], list[Occasion]]

OF_AN_INTERVENTION = Columns("service__discipline", "setting", "segment")
FINDERS: dict[About, tuple[Columns, Find]] = {
    About.INTERVENTION: (OF_AN_INTERVENTION, _completed),
    About.CANCELLATION: (OF_AN_INTERVENTION, _cancelled),
    About.DEBRIEF: (OF_AN_INTERVENTION, _debriefs),
    About.ONBOARDING: (Columns(setting="setting", segment="segment"), _onboarded),
    About.RELATION: (Columns(setting="setting", segment="segment"), _relations),
    About.PULSE: (Columns(discipline="disciplines", setting="settings"), _pulses),
}
