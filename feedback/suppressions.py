"""Addresses we no longer write to, and why."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from feedback.models import Invitation, Suppression, Survey
from triangle import journal

Skip = Invitation.Skip

SKIP_FOR = {
    Suppression.Reason.OPT_OUT: Skip.OPTED_OUT,
    Suppression.Reason.COMPLAINT: Skip.OPTED_OUT,
    Suppression.Reason.HARD_BOUNCE: Skip.BOUNCED,
}


def suppress(
    email: str, *, survey: Survey | None = None, reason: Suppression.Reason, now: datetime
) -> Suppression:
    """No more mail of this survey, or of any, to this address; mails on their way are skipped.

    The same wish twice is one row: the first reason and instant stay.
    """
    with transaction.atomic():
        suppression, is_new = Suppression.objects.get_or_create(
            email=normal(email), survey=survey, defaults={"reason": reason, "at": now}
        )
        if is_new:
            journal.record("suppression.added", suppression, now=now, reason=reason.value)
    return suppression


def skips(emails: Iterable[str], *, survey: Survey) -> dict[str, Invitation.Skip]:
    """Which of these addresses are not to be asked in this survey, and for what reason."""
    found = Suppression.objects.filter(
        Q(survey=None) | Q(survey=survey), email__in={normal(email) for email in emails}
    )
    return {one.email: SKIP_FOR[Suppression.Reason(one.reason)] for one in found}


def normal(email: str) -> str:
    return email.strip().lower()
