"""Answering on the spot: a code on the partner's phone opens the client's own page for an hour.

The link is another one than the mailed one, which no partner ever sees. It always opens a blank
page, so that it does not tell whether there is an answer (docs/decisions/0011).
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from feedback.models import About, Invitation, Rule
from feedback.surveys import versions
from partners.models import Intervention, Status
from triangle import floods, journal, links
from triangle.errors import StateError
from triangle.models import User
from triangle.periods import local_day

LINK_VALID = timedelta(hours=1)
CODE_VALID = timedelta(minutes=15)
AFTER_MIDNIGHT = timedelta(hours=3)  # an evening class ends, and people talk
WRONG_CODES = floods.Limit("codes", most=1_000, within_seconds=600)  # from everybody together
EVERYBODY = "everybody"

Channel, InvitationStatus, Skip = Invitation.Channel, Invitation.Status, Invitation.Skip


class NotNow(StateError):  # noqa: N818 - an answer, not a fault
    """Not completed, not today, or not asked at all."""


def show(intervention: Intervention, *, by: User, now: datetime) -> Invitation:
    """The invitation with a new link; the ones shown before are dead.

    An answer that is there already changes nothing here: the partner could tell by it.
    """
    rule = Rule.objects.active(About.INTERVENTION).first()
    if rule is None or not may_show(intervention, now=now):
        raise NotNow(_("A code can be shown on the day of the intervention, once it is completed."))
    fresh = {**_new_link(), "due_at": now, "expires_at": now + LINK_VALID}
    language = intervention.contact.language if intervention.contact else ""
    with transaction.atomic():
        invitation, is_new = Invitation.objects.get_or_create(
            intervention=intervention,
            about=About.INTERVENTION,
            channel=Channel.ON_SITE,
            defaults={
                **intervention.scope(),
                **fresh,
                "survey": rule.survey,
                "rule": rule,
                "version": versions.current(rule.survey),
                "contact": intervention.contact,
                "language": language or intervention.client.language or settings.LANGUAGE_CODE,
                "status": InvitationStatus.SENT,
                "sent_at": now,
            },
        )
        if not is_new:
            own = Invitation.objects.filter(pk=invitation.pk)
            own.update(**fresh)
            own.filter(status=InvitationStatus.EXPIRED).update(status=InvitationStatus.SENT)
            invitation.refresh_from_db()
        journal.record("invitation.shown_on_site", invitation, now=now, actor=by)
    return invitation


def may_show(intervention: Intervention, *, now: datetime) -> bool:
    if intervention.status != Status.COMPLETED or intervention.completed_at is None:
        return False
    if _is_left_out(intervention):
        return False
    is_today = intervention.completed_on == local_day(now)
    return is_today or now - intervention.completed_at < AFTER_MIDNIGHT


def code(invitation: Invitation) -> str:
    """In two halves, to read out."""
    whole = links.code_for(invitation.link_seed)
    return f"{whole[:4]}-{whole[4:]}"


def with_code(typed: str, *, now: datetime) -> Invitation | None:
    """The invitation whose code was shown within minutes; wrong ones are counted and slowed.

    Codes are stored nowhere: those of the last minutes are derived and compared.
    """
    wanted = links.typed_code(typed)
    if len(wanted) != links.CODE_LENGTH or WRONG_CODES.is_reached(EVERYBODY):
        return None
    shown = Invitation.objects.filter(
        channel=Channel.ON_SITE, due_at__gt=now - CODE_VALID, due_at__lte=now
    )
    for invitation in shown:
        if hmac.compare_digest(links.code_for(invitation.link_seed).encode(), wanted.encode()):
            return invitation
    WRONG_CODES.count(EVERYBODY)
    return None


def _new_link() -> dict[str, str]:
    seed = links.new_seed()
    return {"link_seed": seed, "token_hash": links.token_hash(links.token_for("client", seed))}


def _is_left_out(intervention: Intervention) -> bool:
    """Somebody decided not to ask this client."""
    return intervention.invitations.filter(
        about=About.INTERVENTION, skip_reason=Skip.BY_HAND
    ).exists()
