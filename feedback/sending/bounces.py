"""From all that was told about a recipient to what holds now; pure, so the order cannot matter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from feedback.models import MailEvent, Suppression
from triangle.periods import local_day

Kind, Reason = MailEvent.Kind, Suppression.Reason

SOFT_IN_A_ROW = 3
ORDER = [Kind.DELIVERED, Kind.SOFT_BOUNCE, Kind.HARD_BOUNCE, Kind.OPT_OUT, Kind.COMPLAINT]
WISHES = {Kind.COMPLAINT: Reason.COMPLAINT, Kind.OPT_OUT: Reason.OPT_OUT}


@dataclass(frozen=True)
class Told:
    kind: str
    at: datetime
    delivery: int
    received_at: datetime


@dataclass(frozen=True)
class Judgement:
    """Why the recipient is not written to, since when; what became of which delivery, when first.

    Without reason, there is none to be silent.
    """

    reason: Suppression.Reason | None = None
    at: datetime | None = None
    bounced: dict[int, datetime] = field(default_factory=dict)
    delivered: dict[int, datetime] = field(default_factory=dict)


def judge(told: Iterable[Told], *, since: datetime | None = None) -> Judgement:
    """A complaint outweighs an opt-out, an opt-out a bounce; of each the first instant counts.

    Soft three times is hard: the third soft bounce in a row, each of another mail or of another
    day than those before it, with nothing delivered in between. What was received until `since`
    (somebody lifted the suppression) says what became of mails, and nothing about the recipient.
    """
    events = sorted(told, key=lambda one: (one.at, ORDER.index(Kind(one.kind)), one.delivery))
    counting = [one for one in events if since is None or one.received_at > since]
    bounced = _bounced(events)
    delivered = _first(one for one in events if one.kind == Kind.DELIVERED)
    for kind, reason in WISHES.items():
        if wish := next((one for one in counting if one.kind == kind), None):
            return Judgement(reason, wish.at, bounced, delivered)
    if hard := _bounced(counting):
        return Judgement(Reason.HARD_BOUNCE, min(hard.values()), bounced, delivered)
    return Judgement(None, None, bounced, delivered)


def _bounced(events: list[Told]) -> dict[int, datetime]:
    """The first hard bounce of each delivery; the third soft one in a row is hard, and the next."""
    hard = []
    row: set[tuple[int, object]] = set()
    for one in events:
        if one.kind == Kind.DELIVERED:
            row.clear()
        elif one.kind == Kind.HARD_BOUNCE:
            hard.append(one)
        elif one.kind == Kind.SOFT_BOUNCE:
            row.add((one.delivery, local_day(one.at)))
            if len(row) >= SOFT_IN_A_ROW:
                hard.append(one)
    return _first(hard)


def _first(events: Iterable[Told]) -> dict[int, datetime]:
    found: dict[int, datetime] = {}
    for one in events:
        found.setdefault(one.delivery, one.at)
    return found
