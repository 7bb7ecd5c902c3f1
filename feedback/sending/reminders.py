"""Reminders: rows beside the first mail, each looked at again before it leaves.

A reminder belongs to an invitation that was sent; whatever becomes of it, the invitation stays as
it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from feedback.models import Delivery, Invitation
from feedback.sending import delivery_steps as steps

State, Status, Skip = Delivery.State, Invitation.Status, Invitation.Skip
WAITING = (State.QUEUED, State.RETRY)
STOPPED_BY = {
    Status.ANSWERED: Skip.ANSWERED,
    Status.EXPIRED: Skip.TOO_LATE,
}


def plan(sent: Iterable[Delivery], *, sent_at: datetime, now: datetime) -> None:
    """The reminders of first mails that were sent, as their rules say.

    Counted from the sending; where that was long ago, a doubt settled late, from now on.
    """
    Delivery.objects.bulk_create(
        [
            Delivery(invitation_id=first.invitation_id, wave=wave, due_at=due_at)
            for first in sent
            if first.wave == 0
            for wave, due_at in enumerate(_due(first.invitation, sent_at, now), start=1)
        ],
        ignore_conflicts=True,
    )


def _due(invitation: Invitation, sent_at: datetime, now: datetime) -> Iterator[datetime]:
    days = invitation.rule.reminder_days if invitation.rule else ()
    if days:
        since = max(sent_at, now - timedelta(days=days[0]))
        dues = (since + timedelta(days=one) for one in days)
        yield from (due for due in dues if due < invitation.expires_at)


def stop(*, now: datetime, limit: int = 500) -> int:
    """Skip the reminders nobody needs any more; returns how many.

    The last look would skip them too, on their day: this is to show it at once.
    """
    needless = (
        Delivery.objects.filter(wave__gt=0, state__in=WAITING)
        .filter(invitation__status__in=STOPPED_BY)
        .select_related("invitation")
        .order_by("pk")[:limit]
    )
    by_reason: dict[Invitation.Skip, list[Delivery]] = defaultdict(list)
    for one in needless:
        by_reason[STOPPED_BY[Status(one.invitation.status)]].append(one)
    return sum(
        len(steps.skip(some, reason, now=now, sources=WAITING))
        for reason, some in by_reason.items()
    )
