"""What a partner's phone shows: debriefs that wait, what comes next, what is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from partners.models import Intervention, Status
from partners.models.intervention import InterventionQuerySet

MOST_ROWS = 50
PAST_ROWS = 10


@dataclass(frozen=True)
class MyWork:
    waiting: list[Intervention]
    ahead: list[Intervention]
    past: list[Intervention]


def my_work(mine: InterventionQuerySet) -> MyWork:
    """Three queries; each list is cut where a phone has scrolled enough."""
    rows = mine.select_related("client", "service")
    ahead = rows.filter(status__in=[Status.PROPOSED, Status.CONFIRMED, Status.IN_PROGRESS])
    past = rows.filter(status__in=[Status.COMPLETED, Status.CANCELLED, Status.NO_SHOW])
    return MyWork(
        waiting=list(waiting(mine)[:MOST_ROWS]),
        ahead=list(ahead.order_by("scheduled_at", "id")[:MOST_ROWS]),
        past=list(past.select_related("debrief").order_by("-scheduled_at", "-id")[:PAST_ROWS]),
    )


def waiting(mine: InterventionQuerySet) -> InterventionQuerySet:
    """Completed, asked for a debrief, none filed yet; the latest first."""
    asked = mine.awaiting_debrief().filter(debrief_request__isnull=False)
    return asked.select_related("client", "service")


@dataclass(frozen=True)
class Place:
    """Where one debrief stands among those that wait."""

    number: int
    count: int
    next: Intervention | None


def place(intervention: Intervention, mine: InterventionQuerySet) -> Place:
    rows = list(waiting(mine)[:MOST_ROWS])
    others = [row for row in rows if row.pk != intervention.pk]
    number = next((i for i, row in enumerate(rows, 1) if row.pk == intervention.pk), 1)
    return Place(number=number, count=len(others) + 1, next=others[0] if others else None)


def is_expired(intervention: Intervention, *, now: datetime) -> bool:
    return now >= intervention.debrief_request.expires_at
