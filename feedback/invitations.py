"""Asking: each matter becomes one invitation, or a visible reason for none; each ends somewhere.

Nothing here is called by what happened: a sweep pulls what is due and was not asked about yet, so
it may run twice, late or beside itself; the unique constraints keep one invitation of each matter.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from feedback import asking, occasions
from feedback.models import About, Delivery, Invitation
from feedback.sending import pace, recipients, window
from partners.models import Debrief
from partners.models import Status as InterventionStatus
from triangle import journal
from triangle.errors import StateError
from triangle.models import User
from triangle.periods import local_day

Skip, Status, State = Invitation.Skip, Invitation.Status, Delivery.State

BATCH = 500  # matters asked about, or invitations closed, in one call
UNTOUCHED = (State.QUEUED, State.RETRY)  # no worker has taken it up
ENDED = (State.SENT, State.FAILED, State.UNCERTAIN, State.SKIPPED)


class TooLate(StateError):  # noqa: N818 - an answer, not a fault
    """The mail has left, or the link has ended."""


def open_due(*, now: datetime, limit: int = BATCH) -> int:
    """Write the invitations of what happened lately or fell due; returns how many are new."""
    return sum(asking.ask(found, now=now) for found in occasions.due(now=now, limit=limit))


def withdraw(*, now: datetime, limit: int = BATCH) -> int:
    """Take back what was scheduled about something that did not come to pass after all."""
    completed = Q(about__in=[About.INTERVENTION, About.DEBRIEF])
    cancelled = Q(about=About.CANCELLATION)
    moot = completed & ~Q(intervention__status=InterventionStatus.COMPLETED)
    moot |= cancelled & ~Q(intervention__status=InterventionStatus.CANCELLED)
    return skip(Invitation.objects.filter(moot), Skip.CANCELLED, now=now, limit=limit)


def close_debriefs(*, now: datetime, limit: int = BATCH) -> int:
    """The debrief is in: what was sent about it is answered, what waits is not sent."""
    filed = Invitation.objects.about(About.DEBRIEF).filter(intervention__debrief__isnull=False)
    return _answer(filed, now=now, limit=limit) + skip(filed, Skip.ANSWERED, now=now, limit=limit)


def expire(*, now: datetime, limit: int = BATCH) -> int:
    """Close the links nobody followed in time, and what never left before its end."""
    over = Invitation.objects.filter(expires_at__lte=now)
    return _expire(over, now=now, limit=limit) + skip(over, Skip.TOO_LATE, now=now, limit=limit)


def skip(
    invitations: QuerySet[Invitation],
    reason: Invitation.Skip,
    *,
    now: datetime,
    limit: int = BATCH,
    by: User | None = None,
    hand_reason: str = "",
) -> int:
    """Those of them whose mail no worker has taken up yet do not leave; returns how many.

    Mails are locked before invitations, as sending does.
    """
    if not (ids := _some(invitations.filter(status=Status.SCHEDULED), limit)):
        return 0
    with transaction.atomic():
        waiting = Delivery.objects.filter(invitation__in=ids).exclude(state__in=ENDED)
        mails = list(waiting.select_for_update().order_by("pk"))
        busy = {one.invitation_id for one in mails if one.state not in UNTOUCHED}
        ours = Invitation.objects.filter(pk__in=set(ids) - busy, status=Status.SCHEDULED)
        rows = list(ours.select_for_update().order_by("pk"))
        kept = {one.pk for one in rows}
        held = [one for one in mails if one.invitation_id in kept]
        Delivery.objects.filter(pk__in=[one.pk for one in held]).update(
            state=State.SKIPPED, error=reason.value
        )
        Invitation.objects.filter(pk__in=kept).update(
            status=Status.SKIPPED,
            skip_reason=reason.value,
            hand_reason=hand_reason,
            skipped_by=by,
            counted_on=local_day(now),
        )
        journal.record_each("delivery.skipped", held, now=now, actor=by)
        told = {"reason": reason.value, **({"why": hand_reason} if hand_reason else {})}
        journal.record_each("invitation.skipped", rows, now=now, actor=by, **told)
    return len(rows)


def leave_out(
    invitation: Invitation, *, reason: Invitation.HandReason, by: User, now: datetime
) -> Invitation:
    """Somebody decides not to ask; the reason is counted, so that a choice cannot embellish."""
    ours = Invitation.objects.filter(pk=invitation.pk)
    if not skip(ours, Skip.BY_HAND, now=now, by=by, hand_reason=reason.value):
        raise TooLate(_("This mail has left, or is leaving just now."))
    invitation.refresh_from_db()
    return invitation


def ask_after_all(invitation: Invitation, *, by: User, now: datetime) -> Invitation:
    """Undo what was left out by hand; its mail waits again, for an open hour."""
    policy = pace.policy_for(invitation)
    zone = recipients.zone_of(invitation)
    due_at = window.next_open(max(invitation.due_at, now), policy, zone, window.is_holiday)
    with transaction.atomic():
        mails = Delivery.objects.filter(invitation=invitation, wave=0, state=State.SKIPPED)
        mail = mails.select_for_update().first()
        left_out = Invitation.objects.filter(
            pk=invitation.pk, skip_reason=Skip.BY_HAND, expires_at__gt=due_at
        )
        if mail is None or not left_out.update(
            status=Status.SCHEDULED,
            skip_reason="",
            hand_reason="",
            skipped_by=None,
            counted_on=None,
            due_at=due_at,
        ):
            raise TooLate(_("It is too late to ask about this."))
        mails.update(state=State.QUEUED, due_at=due_at, error="", attempts=0)
        journal.record("delivery.queued", mail, now=now, actor=by)
        journal.record("invitation.scheduled", invitation, now=now, actor=by)
    invitation.refresh_from_db()
    return invitation


def _answer(filed: QuerySet[Invitation], *, now: datetime, limit: int) -> int:
    open_ones = filed.filter(status__in=[Status.SENT, Status.UNCERTAIN])
    if not (ids := _some(open_ones, limit)):
        return 0
    with transaction.atomic():
        rows = list(open_ones.filter(pk__in=ids).select_for_update(of=("self",)))
        debriefs = Debrief.objects.in_bulk(
            [one.intervention_id for one in rows], field_name="intervention_id"
        )
        for one in rows:
            one.status, one.is_explained = Status.ANSWERED, True
            one.answered_at = debriefs[one.intervention_id].answered_at
        Invitation.objects.bulk_update(rows, ["status", "is_explained", "answered_at"])
        journal.record_each("invitation.answered", rows, now=now)
    return len(rows)


def _expire(over: QuerySet[Invitation], *, now: datetime, limit: int) -> int:
    sent = over.filter(status=Status.SENT)
    if not (ids := _some(sent, limit)):
        return 0
    with transaction.atomic():
        late = list(sent.filter(pk__in=ids).select_for_update())
        Invitation.objects.filter(pk__in=[one.pk for one in late]).update(status=Status.EXPIRED)
        journal.record_each("invitation.expired", late, now=now)
    return len(late)


def _some(invitations: QuerySet[Invitation], limit: int) -> list[int]:
    """Looked up before anything is locked: most sweeps find nothing."""
    return list(invitations.order_by("due_at").values_list("pk", flat=True)[:limit])
