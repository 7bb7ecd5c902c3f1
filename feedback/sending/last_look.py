"""The last look before mails leave: nothing seen earlier counts.

It stands in the transaction that moves them to data_started, after their recipients and
invitations are locked: an opt-out, a bounce or an answer that was first is seen, one that comes
later waits until the mail is noted as leaving. A batch is looked at in a known number of queries.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, Q

from feedback.models import About, Delivery, Invitation, Rating, Recipient
from feedback.sending import pace, recipients, suppressions
from feedback.sending.pace import Go, Postpone, Skip, Verdict
from partners.models import Debrief
from partners.models import Status as InterventionStatus

Status, Reason = Invitation.Status, Invitation.Skip
MAY_HAVE_CHANGED = (
    *("status", "skip_reason", "expires_at"),
    *("contact__email", "partner__email", "intervention__status"),
)
BETWEEN_MAILS = timedelta(days=1)  # of one invitation, however late the sending is


@dataclass(frozen=True)
class Looked:
    delivery: Delivery
    verdict: Verdict
    recipient: Recipient | None  # locked; None where there is nobody to write to


def look(deliveries: Sequence[Delivery], *, now: datetime) -> list[Looked]:
    """Each with its `invitation` loaded by `for_mail`; what may have changed is read again."""
    asked = [one.invitation for one in deliveries]
    people = recipients.lock_all(recipients.email_of(one) for one in asked)
    _read_again(asked)
    seen = Seen.of(deliveries, now=now)
    traffic = pace.Traffic.of(asked, pace.policies(), now=now)
    return [
        Looked(one, seen.look(one, traffic), people.get(recipients.email_of(one.invitation)))
        for one in deliveries
    ]


@dataclass(frozen=True)
class Seen:
    """What speaks against mails, read for all of a batch."""

    now: datetime
    answered: Collection[tuple[str, int]]  # about and intervention
    answered_invitations: Collection[int]
    barred: suppressions.Barred
    last_left: dict[int, datetime]  # by invitation, where a reminder is to leave

    @classmethod
    def of(cls, deliveries: Sequence[Delivery], *, now: datetime) -> Seen:
        asked = [one.invitation for one in deliveries]
        interventions = {one.intervention_id for one in asked if one.intervention_id}
        ratings = Rating.objects.current().filter(
            Q(intervention__in=interventions) | Q(invitation__in=[one.pk for one in asked])
        )
        said = list(ratings.values_list("about", "intervention", "invitation"))
        return cls(
            now=now,
            answered={(about, of) for about, of, _by in said if of} | _debriefed(asked),
            answered_invitations={by for _about, _of, by in said if by},
            barred=suppressions.barred(recipients.email_of(one) for one in asked),
            last_left=_last_left([one for one in deliveries if one.wave]),
        )

    def look(self, delivery: Delivery, traffic: pace.Traffic) -> Verdict:
        if reason := self.reason_not_to_send(delivery):
            return Skip(reason)
        left_at = self.last_left.get(delivery.invitation_id)
        if delivery.wave and left_at and left_at + BETWEEN_MAILS > self.now:
            return Postpone(left_at + BETWEEN_MAILS)
        verdict = traffic.look(delivery, delivery.invitation, now=self.now)
        if isinstance(verdict, Go):
            self.last_left[delivery.invitation_id] = self.now
        return verdict

    def reason_not_to_send(self, delivery: Delivery) -> Invitation.Skip | None:
        one = delivery.invitation
        expected = Status.SCHEDULED if delivery.wave == 0 else Status.SENT
        if one.status == Status.SKIPPED:
            return Reason(one.skip_reason)
        if _is_moot(one):
            return Reason.CANCELLED
        if self._is_answered(one):
            return Reason.ANSWERED
        if one.status != expected or one.is_expired(now=self.now):
            return Reason.TOO_LATE
        if not (email := recipients.email_of(one)):
            return Reason.NO_ADDRESS
        return self.barred.reason(email, survey_id=one.survey_id)

    def _is_answered(self, one: Invitation) -> bool:
        return (
            one.status == Status.ANSWERED
            or (one.about, one.intervention_id) in self.answered
            or one.pk in self.answered_invitations
        )


def _read_again(asked: Sequence[Invitation]) -> None:
    """Under a lock: an answer is saved before this or after it, never beside it."""
    rows = Invitation.objects.filter(pk__in=[one.pk for one in asked])
    list(rows.select_for_update().order_by("pk").values_list("pk"))
    found = {pk: values for pk, *values in rows.values_list("pk", *MAY_HAVE_CHANGED)}
    for one in asked:
        one.status, one.skip_reason, one.expires_at, contact, partner, happened = found[one.pk]
        if one.contact:
            one.contact.email = contact or ""
        if one.partner:
            one.partner.email = partner or ""
        if one.intervention:
            one.intervention.status = happened


def _is_moot(invitation: Invitation) -> bool:
    """What is asked about did not come to pass after all."""
    if invitation.intervention is None:
        return False
    cancelled = invitation.about == About.CANCELLATION
    expected = InterventionStatus.CANCELLED if cancelled else InterventionStatus.COMPLETED
    return invitation.intervention.status != expected


def _debriefed(asked: Sequence[Invitation]) -> set[tuple[str, int]]:
    asking = [one.intervention_id for one in asked if one.about == About.DEBRIEF]
    if not asking:
        return set()
    done = Debrief.objects.filter(intervention__in=asking).values_list("intervention", flat=True)
    return {(About.DEBRIEF.value, one) for one in done}


def _last_left(reminders: Sequence[Delivery]) -> dict[int, datetime]:
    if not reminders:
        return {}
    rows = Delivery.objects.filter(
        invitation__in=[one.invitation_id for one in reminders], data_started_at__isnull=False
    )
    return dict(rows.order_by().values_list("invitation").annotate(Max("data_started_at")))
