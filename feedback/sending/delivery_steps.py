"""The steps of a delivery from one state to the next, each with its entry in the journal.

Each is a conditional UPDATE on state and lease: who comes second changes nothing. What the end of
a first mail means for its invitation is written in the same transaction; reminders change no
invitation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, F, QuerySet, Value, When

from feedback.models import Delivery, Invitation
from feedback.sending import refusals
from feedback.sending.refusals import Refusal
from triangle import journal
from triangle.models import User
from triangle.periods import local_day

State, Status = Delivery.State, Invitation.Status
together = partial(transaction.atomic, savepoint=False)  # one step is never half undone
HELD = (State.CLAIMED, State.DATA_STARTED)
ASKING = (Status.SCHEDULED, Status.UNCERTAIN)  # what the end of a mail may still change


def start(deliveries: Sequence[Delivery], *, now: datetime) -> list[Delivery]:
    """Committed before the messages leave: from here on none is sent again by itself.

    Recipient and domain, set on the rows, are stored with it: by them the next mails are counted.
    """
    until = now + timedelta(seconds=settings.DELIVERY_LEASE_SECONDS)
    with together():
        ours = move(
            deliveries,
            State.DATA_STARTED,
            sources=[State.CLAIMED],
            now=now,
            data_started_at=now,
            leased_until=until,
        )
        _store_addresses(ours)
    return ours


def _store_addresses(deliveries: Sequence[Delivery]) -> None:
    """Both databases know this form; a CASE for each row costs more than all else of a mail."""
    if not deliveries:
        return
    rows = ", ".join(["(%s, %s, %s)"] * len(deliveries))
    values = [value for one in deliveries for value in (one.pk, one.recipient_id, one.domain)]
    table = Delivery._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            # Only the number of places and a name of ours are written in; values are parameters.
            f"WITH addressed (delivery, recipient, domain) AS (VALUES {rows})"  # noqa: S608
            f" UPDATE {table} SET recipient_id = CAST(recipient AS bigint),"
            f" domain = addressed.domain FROM addressed WHERE {table}.id = delivery",
            values,
        )


def sent(
    deliveries: Sequence[Delivery],
    *,
    now: datetime,
    left_at: datetime | None = None,
    sources: Iterable[str] = (State.DATA_STARTED, State.UNCERTAIN),
    by: User | None = None,
) -> list[Delivery]:
    """A worker that was slow, not dead, still knows best: it may settle what looked uncertain."""
    sent_at = left_at or now
    with together():
        ours = move(
            deliveries, State.SENT, sources=sources, now=now, by=by, sent_at=sent_at, error=""
        )
        if firsts := [one for one in ours if one.wave == 0]:
            invitations_of(firsts).update(
                sent_at=sent_at,
                counted_on=local_day(sent_at),
                status=Case(
                    When(status__in=ASKING, then=Value(Status.SENT.value)), default=F("status")
                ),
            )
            asked = [one.invitation for one in firsts]
            journal.record_each("invitation.sent", asked, now=now, actor=by)
    return ours


def try_again(
    delivery: Delivery,
    refusal: Refusal,
    *,
    error: str,
    now: datetime,
    due_at: datetime | None = None,
) -> str:
    """Later each time; the last attempt is the end of it, so that nothing poisons the queue."""
    if delivery.attempts >= settings.DELIVERY_MAX_ATTEMPTS:
        return fail(delivery, error=error, now=now)
    wait = timedelta(minutes=refusals.wait_minutes(refusal, delivery.attempts))
    with together():
        moved = move(
            [delivery],
            State.RETRY,
            sources=HELD,
            now=now,
            due_at=due_at or now + wait,
            error=error,
            data_started_at=None,
        )
    return _ended(moved, State.RETRY)


def give_back(deliveries: Sequence[Delivery], *, error: str, now: datetime) -> list[Delivery]:
    """Nothing of them left and it was not their fault: the attempt is not counted.

    Taken back from doubt too: whoever held them knows that they did not leave.
    """
    with together():
        ours = move(
            deliveries,
            State.QUEUED,
            sources=[*HELD, State.UNCERTAIN],
            now=now,
            due_at=now + timedelta(minutes=refusals.AWAY_MINUTES),
            attempts=F("attempts") - 1,
            error=error,
            data_started_at=None,
        )
        _change(ours, Status.SCHEDULED, sources=[Status.UNCERTAIN], now=now, counted_on=None)
    return ours


def postpone(delivery: Delivery, *, until: datetime, now: datetime) -> str:
    """Its hour has not come; looking is no attempt."""
    with together():
        moved = move(
            [delivery],
            State.QUEUED,
            sources=[State.CLAIMED],
            now=now,
            due_at=until,
            attempts=F("attempts") - 1,
        )
        if moved and delivery.wave == 0:
            invitations_of(moved).update(due_at=until)
    return "postponed" if moved else "lost"


def fail(delivery: Delivery, *, error: str, now: datetime) -> str:
    return _end_badly(delivery, State.FAILED, Status.FAILED, error=error, now=now)


def doubt(delivery: Delivery, *, error: str, now: datetime) -> str:
    return _end_badly(delivery, State.UNCERTAIN, Status.UNCERTAIN, error=error, now=now)


def _end_badly(
    delivery: Delivery,
    state: Delivery.State,
    status: Invitation.Status,
    *,
    error: str,
    now: datetime,
) -> str:
    with together():
        moved = move([delivery], state, sources=HELD, now=now, error=error)
        _change(moved, status, now=now, counted_on=local_day(now))
    return _ended(moved, state)


def skip(
    deliveries: Sequence[Delivery],
    reason: Invitation.Skip,
    *,
    now: datetime,
    sources: Iterable[str] = (State.CLAIMED,),
    next_eligible_on: date | None = None,
) -> list[Delivery]:
    with together():
        moved = move(deliveries, State.SKIPPED, sources=sources, now=now, error=reason.value)
        _change(
            moved,
            Status.SKIPPED,
            now=now,
            skip_reason=reason.value,
            counted_on=local_day(now),
            next_eligible_on=next_eligible_on,
        )
    return moved


def queue_again(delivery: Delivery, *, source: Delivery.State, by: User, now: datetime) -> bool:
    with together():
        moved = move(
            [delivery],
            State.QUEUED,
            sources=[source],
            now=now,
            by=by,
            due_at=now,
            attempts=0,
            error="",
            data_started_at=None,
        )
        sources = [Status.UNCERTAIN, Status.FAILED]
        _change(moved, Status.SCHEDULED, sources=sources, by=by, now=now, counted_on=None)
    return bool(moved)


def move(
    deliveries: Sequence[Delivery],
    state: Delivery.State,
    *,
    sources: Iterable[str],
    now: datetime,
    by: User | None = None,
    leased_until: datetime | None = None,
    **fields: object,
) -> list[Delivery]:
    """Those that were still ours, moved; what another has taken by now is left alone."""
    sources = list(sources)
    ours: list[Delivery] = []
    for lease, held in _by_lease(deliveries).items():
        rows = Delivery.objects.filter(
            pk__in=[one.pk for one in held], lease=lease, state__in=sources
        )
        if len(held) == 1:
            found = {held[0].pk} if rows.update(**_values(state, leased_until, fields)) else set()
        else:
            found = set(rows.select_for_update().order_by("pk").values_list("pk", flat=True))
            rows = Delivery.objects.filter(pk__in=found)
            rows.update(**_values(state, leased_until, fields))
        ours += [one for one in held if one.pk in found]
    journal.record_each(f"delivery.{state.value}", ours, now=now, actor=by)
    return ours


def _values(
    state: Delivery.State, leased_until: datetime | None, fields: dict[str, object]
) -> dict[str, object]:
    return {"state": state, "leased_until": leased_until, **fields}


def _by_lease(deliveries: Sequence[Delivery]) -> dict[str, list[Delivery]]:
    """Those of one claim are moved by one statement."""
    held: dict[str, list[Delivery]] = defaultdict(list)
    for one in deliveries:
        held[one.lease].append(one)
    return held


def _change(
    deliveries: Sequence[Delivery],
    status: Invitation.Status,
    *,
    now: datetime,
    sources: Iterable[str] = (Status.SCHEDULED,),
    by: User | None = None,
    **fields: object,
) -> None:
    """What the end of first mails means for their invitations, unless the client was faster."""
    firsts = {one.invitation_id: one.invitation for one in deliveries if one.wave == 0}
    if not firsts:
        return
    rows = Invitation.objects.filter(pk__in=firsts, status__in=sources).order_by("pk")
    if ours := list(rows.select_for_update().values_list("pk", flat=True)):
        Invitation.objects.filter(pk__in=ours).update(status=status, **fields)
        changed = [firsts[pk] for pk in ours]
        journal.record_each(f"invitation.{status.value}", changed, now=now, actor=by)


def invitations_of(deliveries: Iterable[Delivery]) -> QuerySet[Invitation]:
    return Invitation.objects.filter(pk__in=[one.invitation_id for one in deliveries])


def _ended(moved: list[Delivery], state: Delivery.State) -> str:
    return state.value if moved else "lost"
