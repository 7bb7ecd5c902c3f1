"""The life of an intervention, one verb for each step.

The status moves by a conditional UPDATE: of two who try the same step, one writes and the other
finds it done. The journal entry is in the same transaction. A step that is already done returns
the intervention unchanged; one that is not possible raises `NotAllowed`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import fields as dataclass_fields
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import TypedDict, Unpack

from django.db import IntegrityError, transaction
from django.db.models import Func, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from clients.models import Client, Contact
from partners import debriefs, grids, scoring
from partners.models import OPEN, CancelledBy, Intervention, Partner, Status
from triangle import journal
from triangle.changes import Change, differing
from triangle.errors import StateError
from triangle.models import Service, Setting, User
from triangle.periods import local_day


class NotAllowed(StateError):  # noqa: N818 - an answer, not a fault
    """The intervention cannot take this step from where it stands."""


Note = dict[str, str | int | bool | None]

CANCEL_REASON_MAX = 500  # characters
AHEAD = (Status.REQUESTED, Status.PROPOSED, Status.CONFIRMED)
ENDED = (Status.COMPLETED, Status.CANCELLED, Status.NO_SHOW)
ALLOWED: dict[str, tuple[Status, ...]] = {  # step: the statuses it may start from
    "proposed": (Status.REQUESTED,),
    "assigned": AHEAD,
    "rescheduled": AHEAD,
    "confirmed": (Status.REQUESTED, Status.PROPOSED),
    "introduced": AHEAD,
    "brief_refined": OPEN,
    "started": (Status.CONFIRMED,),
    "completed": (Status.CONFIRMED, Status.IN_PROGRESS),
    "cancelled": OPEN,
    "no_show": (Status.CONFIRMED, Status.IN_PROGRESS),
    "cancellation_disputed": (Status.CANCELLED,),
}


class Details(TypedDict, total=False):
    """What is known about an intervention besides its steps."""

    contact: Contact | None
    partner: Partner | None
    setting: Setting
    scheduled_at: datetime | None
    scheduled_end_at: datetime | None
    place: str
    brief: str
    amount: Decimal | None
    currency: str


class PlatformFields(Details, total=False):
    """What the marketplace's own platform may send; only what is given is touched."""

    client: Client
    service: Service
    status: str
    requested_at: datetime | None
    completed_at: datetime | None
    cancelled_at: datetime | None
    cancelled_by: str
    cancel_reason: str


def request(
    *,
    client: Client,
    service: Service,
    now: datetime,
    by: User | None = None,
    external_id: str | None = None,
    **details: Unpack[Details],
) -> Intervention:
    """A new intervention; setting, segment and region are the client's unless told otherwise."""
    intervention = Intervention(client=client, service=service, requested_at=now, **details)
    if external_id:
        intervention.external_id = external_id
    if "contact" not in details:
        intervention.contact = client.contacts.filter(is_main=True).first()
    return _create(intervention, "requested", now=now, by=by, keep_setting="setting" in details)


def propose(intervention: Intervention, *, now: datetime, by: User | None = None) -> Intervention:
    return _move(intervention, "proposed", now=now, by=by, status=Status.PROPOSED, proposed_at=now)


def assign(
    intervention: Intervention, partner: Partner, *, now: datetime, by: User | None = None
) -> Intervention:
    """Give the intervention to a partner, keeping how much of the grid the partner holds today.

    Another partner than before has to be introduced anew.
    """
    if partner.status != Partner.Status.ACTIVE:
        raise NotAllowed(_("%(partner)s is not active in the network.") % {"partner": partner})
    if intervention.partner_id == partner.pk:
        return intervention
    return _step(
        intervention,
        "assigned",
        now=now,
        by=by,
        is_done=lambda row: row.partner_id == partner.pk,
        only_if=~Q(partner=partner),
        note={"partner": partner.name},
        partner=partner,
        expected_percent=grids.expected_percent(intervention, partner, today=local_day(now)),
        introduced_at=None,
    )


def reschedule(
    intervention: Intervention,
    *,
    scheduled_at: datetime,
    scheduled_end_at: datetime | None = None,
    now: datetime,
    by: User | None = None,
) -> Intervention:
    if scheduled_end_at and scheduled_end_at <= scheduled_at:
        raise NotAllowed(_("The end must come after the start."))
    planned = (scheduled_at, scheduled_end_at)
    left = intervention.scheduled_at
    return _step(
        intervention,
        "rescheduled",
        now=now,
        by=by,
        is_done=lambda row: (row.scheduled_at, row.scheduled_end_at) == planned,
        only_if=~Q(scheduled_at=scheduled_at, scheduled_end_at=scheduled_end_at),
        note={"from": left.isoformat() if left else None, "to": scheduled_at.isoformat()},
        scheduled_at=scheduled_at,
        scheduled_on=local_day(scheduled_at),
        scheduled_end_at=scheduled_end_at,
    )


def confirm(intervention: Intervention, *, now: datetime, by: User | None = None) -> Intervention:
    if intervention.scheduled_at is None:
        raise NotAllowed(_("Choose a date before confirming."))
    return _move(
        intervention, "confirmed", now=now, by=by, status=Status.CONFIRMED, confirmed_at=now
    )


def introduce(intervention: Intervention, *, now: datetime, by: User | None = None) -> Intervention:
    """Client and partner know each other."""
    _need_a_partner(intervention)
    return _step(
        intervention,
        "introduced",
        now=now,
        by=by,
        is_done=lambda row: row.introduced_at is not None,
        only_if=Q(introduced_at=None),
        introduced_at=now,
    )


def refine_brief(
    intervention: Intervention, *, brief: str, now: datetime, by: User | None = None
) -> Intervention:
    """The partner has made the need precise; the first time is the one that counts."""
    return _step(
        intervention,
        "brief_refined",
        now=now,
        by=by,
        is_done=lambda row: row.brief_refined_at is not None and row.brief == brief,
        only_if=Q(brief_refined_at=None) | ~Q(brief=brief),
        brief=brief,
        brief_refined_at=Coalesce("brief_refined_at", Value(now)),
    )


def start(intervention: Intervention, *, now: datetime, by: User | None = None) -> Intervention:
    _need_a_partner(intervention)
    return _move(intervention, "started", now=now, by=by, status=Status.IN_PROGRESS, started_at=now)


def complete(
    intervention: Intervention,
    *,
    now: datetime,
    by: User | None = None,
    completed_at: datetime | None = None,
) -> Intervention:
    """Done: the delivery is scored and the partner is asked for a debrief."""
    completed_at = completed_at or now
    with transaction.atomic():
        _lock_moments(intervention)
        moments = replace(intervention.moments, completed_at=completed_at)
        was_open = intervention.is_open
        _move(
            intervention,
            "completed",
            now=now,
            by=by,
            status=Status.COMPLETED,
            completed_at=completed_at,
            completed_on=local_day(completed_at),
            delivered_percent=scoring.delivered_percent(
                moments, brief=intervention.brief_fulfilled
            ),
        )
        if was_open:
            debriefs.ask(intervention, now=now)
    return intervention


def cancel(
    intervention: Intervention,
    *,
    side: str,
    reason: str = "",
    now: datetime,
    by: User | None = None,
) -> Intervention:
    if side not in CancelledBy.values:
        raise NotAllowed(_("Say which side cancelled."))
    return _move(
        intervention,
        "cancelled",
        now=now,
        by=by,
        note={"side": side},
        status=Status.CANCELLED,
        cancelled_by=side,
        cancel_reason=reason.strip()[:CANCEL_REASON_MAX],
        cancelled_at=now,
        delivered_percent=scoring.delivered_percent(scoring.Moments(cancelled_by=side)),
    )


def mark_no_show(
    intervention: Intervention, *, now: datetime, by: User | None = None
) -> Intervention:
    return _move(intervention, "no_show", now=now, by=by, status=Status.NO_SHOW)


def dispute_cancellation(
    intervention: Intervention, *, reason: str, now: datetime, by: User | None = None
) -> Intervention:
    """Someone contests which side cancelled: until settled it counts as disputed only."""
    return _step(
        intervention,
        "cancellation_disputed",
        now=now,
        by=by,
        is_done=lambda row: row.is_disputed,
        note={"reason": reason.strip()[:CANCEL_REASON_MAX]},
        only_if=Q(is_disputed=False),
        is_disputed=True,
        delivered_percent=None,
    )


def save_from_platform(
    *, external_id: str, now: datetime, by: User | None = None, **fields: Unpack[PlatformFields]
) -> tuple[Intervention, Change]:
    """Create or update by external id; an intervention that has ended keeps its status."""
    with transaction.atomic():
        intervention = (
            Intervention.objects.select_for_update().filter(external_id=external_id).first()
        )
        if intervention is None:
            try:
                with transaction.atomic():
                    return _receive(external_id, now=now, by=by, **fields), Change.CREATED
            except IntegrityError:
                # Another request brought it in the meantime: this one is an update of that row.
                rows = Intervention.objects.select_for_update().filter(external_id=external_id)
                if not (intervention := rows.first()):
                    raise
        return intervention, _update_from_platform(intervention, now=now, by=by, **fields)


def _receive(
    external_id: str, *, now: datetime, by: User | None, **fields: Unpack[PlatformFields]
) -> Intervention:
    intervention = Intervention(external_id=external_id, **{"requested_at": now, **fields})
    if intervention.contact_id is None:
        intervention.contact = intervention.client.contacts.filter(is_main=True).first()
    if intervention.partner:
        intervention.expected_percent = grids.expected_percent(
            intervention, intervention.partner, today=local_day(now)
        )
    _settle(intervention, now=now)
    _create(intervention, "received", now=now, by=by, keep_setting="setting" in fields)
    if intervention.status == Status.COMPLETED:
        debriefs.ask(intervention, now=now)
    return intervention


def _update_from_platform(
    intervention: Intervention, *, now: datetime, by: User | None, **fields: Unpack[PlatformFields]
) -> Change:
    before = copy(intervention)
    wanted = differing(intervention, fields)
    if "status" in wanted and before.status in ENDED:
        raise _not_from(intervention)
    for name, value in wanted.items():
        setattr(intervention, name, value)
    if "client" in wanted:
        _copy_scope(intervention, keep_setting="setting" in fields)
    if "partner" in wanted and intervention.partner:
        intervention.expected_percent = grids.expected_percent(
            intervention, intervention.partner, today=local_day(now)
        )
    _settle(intervention, now=now)
    changed = sorted(name for name in _columns(before) if _differ(before, intervention, name))
    if not changed:
        return Change.UNCHANGED
    _save_quietly(intervention)
    kind = intervention.status if "status" in changed else "changed"
    journal.record(kind, intervention, now=now, actor=by, fields=", ".join(changed))
    if kind == Status.COMPLETED:
        debriefs.ask(intervention, now=now)
    return Change.CHANGED


def _columns(intervention: Intervention) -> list[str]:
    return [field.attname for field in intervention._meta.concrete_fields]


def _differ(before: Intervention, after: Intervention, name: str) -> bool:
    return bool(getattr(before, name) != getattr(after, name))


def _settle(intervention: Intervention, *, now: datetime) -> None:
    """Make the row say one thing: instants and sides that go with its status, days, score."""
    status = intervention.status
    if status == Status.CONFIRMED and not intervention.confirmed_at:
        intervention.confirmed_at = now
    if status == Status.COMPLETED:
        intervention.completed_at = intervention.completed_at or now
    else:
        intervention.completed_at = None
    if status == Status.CANCELLED:
        intervention.cancelled_at = intervention.cancelled_at or now
        intervention.cancelled_by = intervention.cancelled_by or CancelledBy.NOT_KNOWN
    else:
        intervention.cancelled_at = None
        intervention.cancelled_by = intervention.cancel_reason = ""
    is_over = status in (Status.COMPLETED, Status.CANCELLED) and not intervention.is_disputed
    intervention.delivered_percent = (
        scoring.delivered_percent(intervention.moments, brief=intervention.brief_fulfilled)
        if is_over
        else None
    )
    intervention.scheduled_on = _day(intervention.scheduled_at)
    intervention.completed_on = _day(intervention.completed_at)


def _day(instant: datetime | None) -> date | None:
    return local_day(instant) if instant else None


def _create(
    intervention: Intervention, kind: str, *, now: datetime, by: User | None, keep_setting: bool
) -> Intervention:
    _copy_scope(intervention, keep_setting=keep_setting)
    intervention.scheduled_on = _day(intervention.scheduled_at)
    with transaction.atomic(savepoint=False):
        _save_quietly(intervention)
        journal.record(kind, intervention, now=now, actor=by)
    return intervention


def _copy_scope(intervention: Intervention, *, keep_setting: bool) -> None:
    client = intervention.client
    intervention.segment_id, intervention.region_id = client.segment_id, client.region_id
    if not keep_setting:
        intervention.setting_id = client.setting_id


def _save_quietly(intervention: Intervention) -> None:
    """Steps are in the journal; a history row is for a correction by hand."""
    intervention.skip_history_when_saving = True  # type: ignore[attr-defined]
    try:
        intervention.save()
    finally:
        del intervention.skip_history_when_saving  # type: ignore[attr-defined]


def _need_a_partner(intervention: Intervention) -> None:
    if intervention.partner_id is None:
        raise NotAllowed(_("Assign a partner first."))


def _lock_moments(intervention: Intervention) -> None:
    """Score what the row says now, not what the page showed."""
    names = ["status", *(field.name for field in dataclass_fields(scoring.Moments))]
    locked = Intervention.objects.select_for_update()
    intervention.refresh_from_db(fields=names, from_queryset=locked)


def _move(
    intervention: Intervention,
    step: str,
    *,
    now: datetime,
    by: User | None,
    status: Status,
    note: Note | None = None,
    **fields: object,
) -> Intervention:
    """A step whose goal is a status."""
    return _step(
        intervention,
        step,
        now=now,
        by=by,
        is_done=lambda row: row.status == status,
        note=note,
        only_if=None,
        **{"status": status, **fields},
    )


def _step(
    intervention: Intervention,
    step: str,
    *,
    now: datetime,
    by: User | None,
    is_done: Callable[[Intervention], bool],
    note: Note | None = None,
    only_if: Q | None = None,
    **fields: object,
) -> Intervention:
    """Take the step when the database still allows it; the object then shows what was written."""
    if is_done(intervention):
        return intervention
    rows = Intervention.objects.filter(only_if or Q(), pk=intervention.pk, status__in=ALLOWED[step])
    with transaction.atomic(savepoint=False):
        if rows.update(**fields):
            _show(intervention, fields)
            journal.record(step, intervention, now=now, actor=by, **(note or {}))
            return intervention
    intervention.refresh_from_db()
    if is_done(intervention):
        return intervention
    raise _not_from(intervention)


def _show(intervention: Intervention, written: Mapping[str, object]) -> None:
    for name, value in written.items():
        if not isinstance(value, Func):
            setattr(intervention, name, value)
    if by_database := [name for name, value in written.items() if isinstance(value, Func)]:
        intervention.refresh_from_db(fields=by_database)


def _not_from(intervention: Intervention) -> NotAllowed:
    status = intervention.get_status_display()
    return NotAllowed(_("This is no longer possible: status “%(status)s”.") % {"status": status})
