"""Addresses we no longer write to, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from feedback.models import Delivery, Invitation, Suppression, Survey
from feedback.models.survey import OF_PARTNER
from feedback.sending import delivery_steps as steps
from feedback.sending import recipients
from feedback.sending.recipients import normal
from triangle import journal
from triangle.models import User

Skip = Invitation.Skip
WAITING = (Delivery.State.QUEUED, Delivery.State.RETRY)
LIFTED = "suppression.lifted"
WEIGHT = (  # what a person wants outweighs what became of the address
    Suppression.Reason.HARD_BOUNCE,
    Suppression.Reason.OPT_OUT,
    Suppression.Reason.COMPLAINT,
)

SKIP_FOR = {
    Suppression.Reason.OPT_OUT: Skip.OPTED_OUT,
    Suppression.Reason.COMPLAINT: Skip.OPTED_OUT,
    Suppression.Reason.HARD_BOUNCE: Skip.BOUNCED,
}


class LiftReason(models.TextChoices):
    """Chosen, not typed: the journal keeps no words about persons."""

    ASKED = "asked", _("the person asked to be written to again")
    WORKS = "works", _("the address works again")
    MISTAKE = "mistake", _("it was noted by mistake")


def suppress(
    email: str,
    *,
    survey: Survey | None = None,
    reason: Suppression.Reason,
    now: datetime,
    at: datetime | None = None,
) -> Suppression:
    """No more mail of this survey, or of any, to this address; what waits for it is skipped.

    The same wish twice is one row: the first instant stays, and the weightier reason. Under the
    lock of the recipient: a mail that starts to leave at this instant was first or sees this.
    """
    with transaction.atomic():
        recipients.lock(email)
        suppression, is_new = Suppression.objects.get_or_create(
            email=normal(email), survey=survey, defaults={"reason": reason, "at": at or now}
        )
        if is_new:
            journal.record("suppression.added", suppression, now=now, reason=reason.value)
        elif WEIGHT.index(reason) > WEIGHT.index(suppression.reason):
            restate(suppression, reason=reason, at=at or now, now=now)
        cancel(email, survey=survey, reason=reason, now=now)
    return suppression


def restate(
    suppression: Suppression,
    *,
    reason: Suppression.Reason | None,
    at: datetime | None,
    now: datetime,
) -> None:
    """More is known: another reason or instant, or, with neither, that there was none."""
    if reason is None or at is None:
        journal.record("suppression.withdrawn", suppression, now=now)
        suppression.delete()
    elif (suppression.reason, suppression.at) != (reason, at):
        suppression.reason, suppression.at = reason, at
        suppression.save(update_fields=["reason", "at"])
        journal.record("suppression.changed", suppression, now=now, reason=reason.value)


def cancel(
    email: str, *, survey: Survey | None, reason: Suppression.Reason, now: datetime
) -> list[Delivery]:
    """Skip what is queued for this address, first mails and reminders."""
    to_contact = Q(invitation__contact__email__iexact=normal(email))
    to_partner = Q(invitation__partner__email__iexact=normal(email))
    asks_partner = Q(invitation__about__in=OF_PARTNER)
    waiting = Delivery.objects.filter(state__in=WAITING).filter(
        (to_contact & ~asks_partner) | (to_partner & asks_partner)
    )
    if survey:
        waiting = waiting.filter(invitation__survey=survey)
    found = list(waiting.select_related("invitation").order_by("pk"))
    return steps.skip(found, SKIP_FOR[reason], now=now, sources=WAITING)


def lift(suppression: Suppression, *, reason: LiftReason, by: User, now: datetime) -> None:
    """Write to this address again; what the provider told before this instant counts no more."""
    with transaction.atomic():
        recipient = recipients.lock(suppression.email)
        if Suppression.objects.filter(pk=suppression.pk).delete()[0]:
            journal.record(
                LIFTED,
                recipient,
                now=now,
                actor=by,
                reason=reason.value,
                was=suppression.reason,
                survey=suppression.survey_id,
            )


@dataclass(frozen=True)
class Barred:
    """Why some addresses are not written to, in one survey or in any."""

    rows: Collection[tuple[str, int | None, str]]  # address, survey or all, reason

    def reason(self, email: str, *, survey_id: int) -> Invitation.Skip | None:
        address = normal(email)
        for barred, survey, reason in self.rows:
            if barred == address and survey in (None, survey_id):
                return SKIP_FOR[Suppression.Reason(reason)]
        return None


def barred(emails: Iterable[str]) -> Barred:
    wanted = {normal(email) for email in emails}
    found = Suppression.objects.filter(email__in=wanted).order_by("pk")
    return Barred(list(found.values_list("email", "survey", "reason")))


def skips(emails: Iterable[str], *, survey: Survey) -> dict[str, Invitation.Skip]:
    """Which of these addresses are not to be asked in this survey, and for what reason."""
    found = Suppression.objects.filter(
        Q(survey=None) | Q(survey=survey), email__in={normal(email) for email in emails}
    )
    return {one.email: SKIP_FOR[Suppression.Reason(one.reason)] for one in found}
