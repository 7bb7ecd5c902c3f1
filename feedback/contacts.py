"""A client who can no longer answer may still ask to be called; a manager sees it on Today."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from feedback import contact_times
from feedback.models import Invitation
from triangle import journal
from triangle.errors import Refused
from triangle.models import JournalEntry

CONTACT_ASKED = "invitation.contact_asked"


class NoTime(Refused):
    """Nobody can call back without a moment."""


def ask(invitation: Invitation, *, when: str, now: datetime) -> None:
    """Note the wish once a day, however often it is sent."""
    if when == contact_times.ANY_TIME or not contact_times.is_known(when):
        raise NoTime(_("Choose when we may contact you."))
    with transaction.atomic():
        Invitation.objects.select_for_update().get(pk=invitation.pk)
        today = JournalEntry.objects.about(invitation).filter(
            kind=CONTACT_ASKED, at__gt=now - timedelta(days=1)
        )
        if not today.exists():
            journal.record(CONTACT_ASKED, invitation, now=now, when=when)
