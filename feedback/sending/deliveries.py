"""Sending: at most one mail for each invitation and wave, whatever dies on the way.

queued -> claimed -> data_started -> sent is the good day. What fails before the message leaves
goes to retry, and to failed after DELIVERY_MAX_ATTEMPTS; what is cut after it started to leave is
uncertain and only a manager's word, never a timer, sends it again.

Mails go in batches: one commit notes as leaving as many as a worker then hands over one by one,
and one more notes how they ended. A worker that is killed in between leaves those in doubt, also
the ones that had not left yet; none is ever sent twice. So a batch is what leaves within a moment:
a handful over a distant server, more over a near one.
"""

from __future__ import annotations

import secrets
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from feedback.models import Delivery, Invitation, Suppression
from feedback.sending import delivery_steps as steps
from feedback.sending import last_look, mails, pace, postbox, recipients, reminders, suppressions
from feedback.sending.refusals import Refusal, may_pass
from triangle import journal
from triangle.errors import StateError
from triangle.models import User

State, Status = Delivery.State, Invitation.Status

MOST_AT_ONCE, LEAST_AT_ONCE = 50, 5  # mails of a batch: as many are in doubt after a kill
MOMENT_SECONDS = 0.2  # that a batch takes to leave


@dataclass(frozen=True)
class Batch:
    ends: Counter[str]  # how many ended how
    claimed: int
    is_last: bool  # nothing more is due, or nobody takes more


@dataclass(frozen=True)
class Letter:
    """A delivery with its message made ready."""

    delivery: Delivery
    parcel: postbox.Parcel
    email: str  # the address it was written to


@dataclass(frozen=True)
class Unwritten:
    delivery: Delivery
    fault: str


DOUBT = (State.UNCERTAIN,)
Answer = str | postbox.Declined | postbox.Cut | postbox.Unreachable  # str: its id at the server


def send_due(*, now: datetime, limit: int = 500, line: postbox.Line | None = None) -> Counter[str]:
    """Take up what dead workers left, then send what is due; returns how many ended how."""
    if line is None:
        with postbox.Line() as own:
            return send_due(now=now, limit=limit, line=own)
    ends = recover(now=now)
    while limit > 0 and not line.is_down:
        batch = send_batch(now=now, limit=limit, line=line)
        ends += batch.ends
        limit -= batch.claimed
        if batch.is_last:
            break
    return ends


def send_batch(*, now: datetime, line: postbox.Line, limit: int = MOST_AT_ONCE) -> Batch:
    """As many of what is due as leave within a moment, with a lease from this instant on."""
    leave = int(MOMENT_SECONDS / line.seconds_each)
    most = min(limit, MOST_AT_ONCE, max(LEAST_AT_ONCE, leave))
    claimed = claim(now=now, limit=most)
    ends = send(claimed, line=line, now=now)
    return Batch(ends, len(claimed), is_last=len(claimed) < most or line.is_down)


def recover(*, now: datetime, limit: int = 500) -> Counter[str]:
    """End the leases that ran out: before the message left it is tried again, after it is not.

    Doubt ends where the client followed the link of the mail, or the provider spoke of it: so it
    had left.
    """
    ends: Counter[str] = Counter()
    for one in Delivery.objects.abandoned(now=now).select_related("invitation")[:limit]:
        error = "the worker did not come back"
        ends[steps.try_again(one, Refusal.OURS, error=error, now=now, due_at=one.due_at)] += 1
    for one in Delivery.objects.cut(now=now).select_related("invitation")[:limit]:
        ends[steps.doubt(one, error="the worker died while it left", now=now)] += 1
    for one in Delivery.objects.proved().select_related("invitation__rule")[:limit]:
        ends.update(_sent([one], now=now, left_at=one.data_started_at))
    return ends


def claim(*, now: datetime, limit: int = MOST_AT_ONCE) -> list[Delivery]:
    """Deliveries that are this worker's alone until the lease ends; the attempt already counts."""
    lease = secrets.token_hex(16)
    until = now + timedelta(seconds=settings.DELIVERY_LEASE_SECONDS)
    with transaction.atomic():
        due = Delivery.objects.due(now=now).select_for_update(skip_locked=True)
        claimed = list(due[:limit])
        Delivery.objects.filter(pk__in=[one.pk for one in claimed]).update(
            state=State.CLAIMED, lease=lease, leased_until=until, attempts=F("attempts") + 1
        )
        for one in claimed:
            one.state, one.lease, one.leased_until = State.CLAIMED, lease, until
            one.attempts += 1
        journal.record_each("delivery.claimed", claimed, now=now)
    return claimed


def send(claimed: Sequence[Delivery], *, line: postbox.Line, now: datetime) -> Counter[str]:
    """Claimed deliveries from the last look to their ends; how many ended in which state."""
    if not claimed:
        return Counter()
    try:
        line.open()
    except postbox.Unreachable as error:
        return _given_back(claimed, error=str(error), now=now)
    letters = _write(claimed, line=line, now=now)
    leaving, ends = _start(letters, now=now)
    answers = list(_hand_over(leaving, line=line))
    return ends + _note_ends(answers, now=now)


def _write(
    claimed: Sequence[Delivery], *, line: postbox.Line, now: datetime
) -> list[Letter | Unwritten]:
    """Before anything is locked or noted: a mail that cannot be written stops no other."""
    rows = Invitation.objects.for_mail().select_related("rule")
    found = rows.in_bulk({one.invitation_id for one in claimed})
    letters: list[Letter | Unwritten] = []
    for delivery in claimed:
        invitation = delivery.invitation = found[delivery.invitation_id]
        email = recipients.email_of(invitation)
        try:
            message = _marked(mails.invitation(invitation, wave=delivery.wave, now=now), delivery)
            letters.append(Letter(delivery, line.pack(message), email))
        except Exception as error:
            letters.append(Unwritten(delivery, postbox.describe(error)))
    return letters


def _marked(message: EmailMultiAlternatives, delivery: Delivery) -> EmailMultiAlternatives:
    """What a provider sends back with each event, and must not do: rewrite links, count openings.

    Read by anymail's backends only: Django's messages do not know these names.
    """
    wishes = {
        "metadata": {"invitation": str(delivery.invitation_id), "wave": str(delivery.wave)},
        "tags": [delivery.invitation.about],
        "track_clicks": False,
        "track_opens": False,
    }
    for name, wish in wishes.items():
        setattr(message, name, wish)
    return message


def _start(
    letters: Sequence[Letter | Unwritten], *, now: datetime
) -> tuple[list[Letter], Counter[str]]:
    """The last look and the move to data_started in one commit; what may leave, what may not."""
    written = {letter.delivery.pk: letter for letter in letters}
    ready: dict[int, Letter] = {}
    ends: Counter[str] = Counter()
    with transaction.atomic():
        for looked in last_look.look([one.delivery for one in letters], now=now):
            delivery = looked.delivery
            match looked.verdict, written[delivery.pk]:
                case pace.Skip() as skip, _letter:
                    ends[_skip(delivery, skip, now=now)] += 1
                case pace.Postpone(until), _letter:
                    ends[steps.postpone(delivery, until=until, now=now)] += 1
                case pace.Go(), Unwritten(fault=fault):
                    ends[steps.try_again(delivery, Refusal.OURS, error=fault, now=now)] += 1
                case pace.Go(), Letter(email=email) if email != _email_of(delivery):
                    ends.update(_given_back([delivery], error="a new address", now=now))
                case pace.Go(), Letter() as letter:
                    delivery.recipient = looked.recipient
                    delivery.domain = recipients.domain_of(letter.email)
                    ready[delivery.pk] = letter
        leaving = steps.start([letter.delivery for letter in ready.values()], now=now)
    ends["lost"] += len(ready) - len(leaving)
    return [ready[one.pk] for one in leaving], +ends


def _skip(delivery: Delivery, skip: pace.Skip, *, now: datetime) -> str:
    until = skip.next_eligible_on
    skipped = steps.skip([delivery], skip.reason, now=now, next_eligible_on=until)
    return State.SKIPPED.value if skipped else "lost"


def _email_of(delivery: Delivery) -> str:
    return recipients.email_of(delivery.invitation)


def _hand_over(leaving: Sequence[Letter], *, line: postbox.Line) -> Iterator[tuple[Letter, Answer]]:
    """One by one; when half of the lease is over the rest stays here, so that it ends under none.

    Somebody might settle what seems to be in doubt while it is about to leave.
    """
    latest = time.monotonic() + settings.DELIVERY_LEASE_SECONDS / 2
    for letter in leaving:
        if time.monotonic() > latest:
            yield letter, postbox.Unreachable("the server was too slow for the others")
            continue
        try:
            yield letter, line.hand_over(letter.parcel)
        except (postbox.Declined, postbox.Cut, postbox.Unreachable) as answer:
            yield letter, answer


def _note_ends(answers: Sequence[tuple[Letter, Answer]], *, now: datetime) -> Counter[str]:
    accepted = [letter.delivery for letter, answer in answers if isinstance(answer, str)]
    _keep_ids([(letter.delivery, answer) for letter, answer in answers if isinstance(answer, str)])
    ends = _sent(accepted, now=now)
    for letter, answer in answers:
        if isinstance(answer, postbox.Declined):
            ends[_declined(letter, answer, now=now)] += 1
        elif isinstance(answer, postbox.Cut):
            ends[steps.doubt(letter.delivery, error=str(answer), now=now)] += 1
        elif isinstance(answer, postbox.Unreachable):
            ends.update(_given_back([letter.delivery], error=str(answer), now=now))
    return ends


def _keep_ids(answers: Sequence[tuple[Delivery, str]]) -> None:
    """A provider speaks of a mail by its own id; an SMTP server only knows ours."""
    named = [delivery for delivery, name in answers if name]
    for delivery, name in answers:
        delivery.provider_id = name[:255]
    if named:
        Delivery.objects.bulk_update(named, ["provider_id"])


def _declined(letter: Letter, answer: postbox.Declined, *, now: datetime) -> str:
    delivery, error = letter.delivery, str(answer)
    if may_pass(answer.refusal):
        return steps.try_again(delivery, answer.refusal, error=error, now=now)
    if answer.refusal is not Refusal.NO_MAILBOX:
        return steps.fail(delivery, error=error, now=now)
    with transaction.atomic():
        suppressions.suppress(letter.email, reason=Suppression.Reason.HARD_BOUNCE, now=now)
        end = steps.fail(delivery, error=error, now=now)
        steps.invitations_of([delivery]).filter(bounced_at=None).update(bounced_at=now)
    return end


def _given_back(deliveries: Sequence[Delivery], *, error: str, now: datetime) -> Counter[str]:
    given = len(steps.give_back(deliveries, error=error, now=now))
    return +Counter(queued=given, lost=len(deliveries) - given)


def _sent(
    deliveries: Sequence[Delivery],
    *,
    now: datetime,
    left_at: datetime | None = None,
    sources: Sequence[str] = (State.DATA_STARTED, State.UNCERTAIN),
    by: User | None = None,
) -> Counter[str]:
    with steps.together():
        ours = steps.sent(deliveries, now=now, left_at=left_at, sources=sources, by=by)
        reminders.plan(ours, sent_at=left_at or now, now=now)
    return +Counter(sent=len(ours), lost=len(deliveries) - len(ours))


def settle(delivery: Delivery, *, sent: bool, by: User, now: datetime) -> Delivery:
    """A manager knows how an uncertain mail ended: it arrived, or it never left and may go now."""
    if sent:
        left_at = delivery.data_started_at
        has_moved = bool(_sent([delivery], now=now, left_at=left_at, sources=DOUBT, by=by)["sent"])
    else:
        has_moved = steps.queue_again(delivery, source=State.UNCERTAIN, by=by, now=now)
    return _settled(delivery, has_moved)


def prove(delivery: Delivery, *, told_at: datetime, now: datetime) -> None:
    """Its provider spoke of it: it had left, even where somebody said that it had not."""
    left_at = delivery.data_started_at or told_at
    _sent([delivery], now=now, left_at=left_at, sources=(State.UNCERTAIN, State.QUEUED))


def replay(delivery: Delivery, *, by: User, now: datetime) -> Delivery:
    """Try a failed mail again, from the first attempt."""
    return _settled(delivery, steps.queue_again(delivery, source=State.FAILED, by=by, now=now))


def _settled(delivery: Delivery, has_moved: bool) -> Delivery:
    if not has_moved:
        raise StateError(_("Somebody was faster: the state of this mail has changed."))
    delivery.refresh_from_db()
    return delivery
