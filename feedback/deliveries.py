"""Sending: at most one mail for each invitation and wave, whatever dies on the way.

queued -> claimed -> data_started -> sent is the good day. What fails before the message leaves
goes to retry, and to failed after DELIVERY_MAX_ATTEMPTS; what is cut after it started to leave is
uncertain and only a manager's word, never a timer, sends it again. Each step is a conditional
UPDATE on state and lease, in one transaction with its journal entry.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Case, F, QuerySet, Value, When
from django.utils.translation import gettext as _

from feedback import mails, postbox, suppressions
from feedback.models import Delivery, Invitation, Rating
from partners.models import Status as InterventionStatus
from triangle import journal
from triangle.errors import StateError
from triangle.models import User
from triangle.periods import local_day

State, Status, Skip = Delivery.State, Invitation.Status, Invitation.Skip

BATCH = 20  # mails claimed at once, few enough to leave within one lease
BACKOFF_MINUTES = (1, 10, 60, 360)  # after the first, second, ... attempt
ASKING = (Status.SCHEDULED, Status.UNCERTAIN)  # what the end of a mail may still change


def send_due(
    *, now: datetime, limit: int = 500, backend: BaseEmailBackend | None = None
) -> Counter[str]:
    """Take up what dead workers left, then send what is due; returns how many ended how."""
    ends = recover(now=now)
    with postbox.Line(backend) as line:
        while limit > 0 and not line.is_down:
            batch = claim(now=now, limit=min(BATCH, limit))
            ends.update(send(delivery, line=line, now=now) for delivery in batch)
            if len(batch) < BATCH:
                break
            limit -= len(batch)
    return ends


def recover(*, now: datetime, limit: int = 500) -> Counter[str]:
    """End the leases that ran out: before the message left it is tried again, after it is not.

    Doubt ends where the client followed the link of the mail: so it had arrived.
    """
    ends: Counter[str] = Counter()
    for delivery in Delivery.objects.abandoned(now=now)[:limit]:
        error = "the worker did not come back"
        ends[_try_again(delivery, error=error, now=now, due_at=delivery.due_at)] += 1
    for delivery in Delivery.objects.cut(now=now)[:limit]:
        ends[_doubt(delivery, error="the worker died while it left", now=now)] += 1
    for delivery in Delivery.objects.proved()[:limit]:
        ends[_sent(delivery, now=now, left_at=delivery.data_started_at)] += 1
    return ends


def claim(*, now: datetime, limit: int = BATCH) -> list[Delivery]:
    """Deliveries that are this worker's alone until the lease ends; the attempt already counts."""
    lease = secrets.token_hex(16)
    with transaction.atomic():
        due = Delivery.objects.due(now=now).select_for_update(skip_locked=True)
        ids = list(due.values_list("pk", flat=True)[:limit])
        Delivery.objects.due(now=now).filter(pk__in=ids).order_by().update(
            state=State.CLAIMED,
            lease=lease,
            leased_until=now + timedelta(seconds=settings.DELIVERY_LEASE_SECONDS),
            attempts=F("attempts") + 1,
        )
        claimed = list(Delivery.objects.filter(pk__in=ids, lease=lease).order_by("due_at", "id"))
        journal.record_each("delivery.claimed", claimed, now=now)
    return claimed


def send(delivery: Delivery, *, line: postbox.Line, now: datetime) -> str:
    """One claimed delivery from the last look to its end; returns the state it ended in."""
    invitation = Invitation.objects.for_mail().get(pk=delivery.invitation_id)
    delivery.invitation = invitation
    if skip := reason_not_to_send(invitation, wave=delivery.wave, now=now):
        return _skip(delivery, skip, now=now)
    try:
        message = mails.invitation(invitation, wave=delivery.wave, now=now)
        line.open()
    except postbox.Unreachable as error:
        return _try_again(delivery, error=str(error), now=now)
    except Exception as error:  # a mail that cannot be written must not stop the others
        return _try_again(delivery, error=postbox.describe(error), now=now)
    if not _start(delivery, now=now):
        return "lost"
    try:
        line.hand_over(message)
    except postbox.Declined as error:
        refused = _fail if error.is_lasting else _try_again
        return refused(delivery, error=str(error), now=now)
    except postbox.Cut as error:
        return _doubt(delivery, error=str(error), now=now)
    return _sent(delivery, now=now)


def reason_not_to_send(
    invitation: Invitation, *, wave: int, now: datetime
) -> Invitation.Skip | None:
    """The last look before a mail leaves; nothing seen earlier counts."""
    expected = Status.SCHEDULED if wave == 0 else Status.SENT
    if invitation.status == Status.SKIPPED:
        return Skip(invitation.skip_reason)
    if invitation.intervention.status != InterventionStatus.COMPLETED:
        return Skip.CANCELLED
    if Rating.objects.current().filter(intervention=invitation.intervention_id).exists():
        return Skip.ANSWERED
    if invitation.status == Status.ANSWERED:
        return Skip.ANSWERED
    if invitation.status != expected or invitation.is_expired(now=now):
        return Skip.TOO_LATE
    if not (invitation.contact and invitation.contact.email):
        return Skip.NO_ADDRESS
    email = invitation.contact.email
    return suppressions.skips([email], survey=invitation.survey).get(suppressions.normal(email))


def settle(delivery: Delivery, *, sent: bool, by: User, now: datetime) -> Delivery:
    """A manager knows how an uncertain mail ended: it arrived, or it never left and may go now."""
    if sent:
        left_at = delivery.data_started_at
        ended = _sent(delivery, now=now, left_at=left_at, sources=[State.UNCERTAIN], by=by)
    else:
        ended = _queue_again(delivery, source=State.UNCERTAIN, by=by, now=now)
    return _settled(delivery, ended)


def replay(delivery: Delivery, *, by: User, now: datetime) -> Delivery:
    """Try a failed mail again, from the first attempt."""
    return _settled(delivery, _queue_again(delivery, source=State.FAILED, by=by, now=now))


def _settled(delivery: Delivery, ended: str) -> Delivery:
    if ended == "lost":
        raise StateError(_("Somebody was faster: the state of this mail has changed."))
    delivery.refresh_from_db()
    return delivery


# Steps


def _start(delivery: Delivery, *, now: datetime) -> bool:
    """Committed just before the message leaves: from here on it is never sent again by itself."""
    until = now + timedelta(seconds=settings.DELIVERY_LEASE_SECONDS)
    with transaction.atomic():
        return _move(
            delivery,
            State.DATA_STARTED,
            sources=[State.CLAIMED],
            now=now,
            data_started_at=now,
            leased_until=until,
        )


def _sent(
    delivery: Delivery,
    *,
    now: datetime,
    left_at: datetime | None = None,
    sources: Iterable[str] = (State.DATA_STARTED, State.UNCERTAIN),
    by: User | None = None,
) -> str:
    """A worker that was slow, not dead, still knows best: it may settle what looked uncertain."""
    sent_at = left_at or now
    with transaction.atomic():
        if not _move(
            delivery, State.SENT, sources=sources, now=now, by=by, sent_at=sent_at, error=""
        ):
            return "lost"
        if delivery.wave == 0:
            _invitation(delivery).update(
                sent_at=sent_at,
                counted_on=local_day(sent_at),
                status=Case(
                    When(status__in=ASKING, then=Value(Status.SENT.value)), default=F("status")
                ),
            )
            journal.record("invitation.sent", delivery.invitation, now=now, actor=by)
    return State.SENT.value


def _try_again(
    delivery: Delivery, *, error: str, now: datetime, due_at: datetime | None = None
) -> str:
    """Later each time; the last attempt is the end of it, so that nothing poisons the queue."""
    if delivery.attempts >= settings.DELIVERY_MAX_ATTEMPTS:
        return _fail(delivery, error=error, now=now)
    minutes = BACKOFF_MINUTES[min(delivery.attempts, len(BACKOFF_MINUTES)) - 1]
    with transaction.atomic():
        moved = _move(
            delivery,
            State.RETRY,
            sources=[State.CLAIMED, State.DATA_STARTED],
            now=now,
            due_at=due_at or now + timedelta(minutes=minutes),
            error=error,
            data_started_at=None,
        )
    return State.RETRY.value if moved else "lost"


def _fail(delivery: Delivery, *, error: str, now: datetime) -> str:
    return _end_badly(delivery, State.FAILED, Status.FAILED, error=error, now=now)


def _doubt(delivery: Delivery, *, error: str, now: datetime) -> str:
    return _end_badly(delivery, State.UNCERTAIN, Status.UNCERTAIN, error=error, now=now)


def _end_badly(
    delivery: Delivery,
    state: Delivery.State,
    status: Invitation.Status,
    *,
    error: str,
    now: datetime,
) -> str:
    with transaction.atomic():
        sources = [State.CLAIMED, State.DATA_STARTED]
        if not _move(delivery, state, sources=sources, now=now, error=error):
            return "lost"
        _change(delivery, status, now=now, counted_on=local_day(now))
    return state.value


def _skip(delivery: Delivery, skip: Invitation.Skip, *, now: datetime) -> str:
    with transaction.atomic():
        if not _move(
            delivery,
            State.SKIPPED,
            sources=[State.CLAIMED],
            now=now,
            error=skip.value,
        ):
            return "lost"
        _change(
            delivery, Status.SKIPPED, now=now, skip_reason=skip.value, counted_on=local_day(now)
        )
    return State.SKIPPED.value


def _queue_again(delivery: Delivery, *, source: Delivery.State, by: User, now: datetime) -> str:
    with transaction.atomic():
        if not _move(
            delivery,
            State.QUEUED,
            sources=[source],
            now=now,
            by=by,
            due_at=now,
            attempts=0,
            error="",
            data_started_at=None,
        ):
            return "lost"
        sources = [Status.UNCERTAIN, Status.FAILED]
        _change(delivery, Status.SCHEDULED, sources=sources, by=by, now=now, counted_on=None)
    return State.QUEUED.value


def _move(
    delivery: Delivery,
    state: Delivery.State,
    *,
    sources: Iterable[str],
    now: datetime,
    by: User | None = None,
    leased_until: datetime | None = None,
    **fields: object,
) -> bool:
    """The conditional UPDATE of every step; False when the row is another's by now."""
    ours = Delivery.objects.filter(pk=delivery.pk, lease=delivery.lease, state__in=sources)
    if not ours.update(state=state, leased_until=leased_until, **fields):
        return False
    journal.record(f"delivery.{state.value}", delivery, now=now, actor=by)
    return True


def _change(
    delivery: Delivery,
    status: Invitation.Status,
    *,
    now: datetime,
    sources: Iterable[str] = (Status.SCHEDULED,),
    by: User | None = None,
    **fields: object,
) -> None:
    """What the end of the first mail means for its invitation, unless the client was faster."""
    ours = _invitation(delivery).filter(status__in=sources)
    if delivery.wave == 0 and ours.update(status=status, **fields):
        journal.record(f"invitation.{status.value}", delivery.invitation, now=now, actor=by)


def _invitation(delivery: Delivery) -> QuerySet[Invitation]:
    return Invitation.objects.filter(pk=delivery.invitation_id)
