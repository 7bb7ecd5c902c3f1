"""A client who can no longer answer may still ask to be called; a manager sees it on Today."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from feedback.answering import contact_times
from feedback.models import Invitation
from triangle import journal
from triangle.errors import Refused
from triangle.models import User

CONTACT_ASKED = "invitation.contact_asked"
CONTACTED = "invitation.contacted"


class NoTime(Refused):
    """Nobody can call back without a moment."""


def ask(invitation: Invitation, *, when: str, now: datetime) -> None:
    """Note the wish once a day, however often it is sent."""
    if when == contact_times.ANY_TIME or not contact_times.is_known(when):
        raise NoTime(_("Choose when we may contact you."))
    not_today = Q(contact_asked_at=None) | Q(contact_asked_at__lte=now - timedelta(days=1))
    with transaction.atomic():
        if Invitation.objects.filter(not_today, pk=invitation.pk).update(
            contact_asked_at=now, contact_when=when, contacted_at=None
        ):
            journal.record(CONTACT_ASKED, invitation, now=now, when=when)


def note_made(invitation: Invitation, *, by: User, now: datetime) -> None:
    """Somebody called; the second time changes nothing."""
    with transaction.atomic():
        if Invitation.objects.asking_contact().filter(pk=invitation.pk).update(contacted_at=now):
            journal.record(CONTACTED, invitation, now=now, actor=by)
