"""What the page of invitations shows: the way from asked to explained, and each row in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from feedback.models import Invitation
from feedback.models.invitation import InvitationQuerySet

PAGE_SIZE = 50
PERIODS = (30, 90, 365)  # days
DEFAULT_DAYS = 90
Status, Skip = Invitation.Status, Invitation.Skip


@dataclass(frozen=True)
class Asked:
    """What the address asks for; anything unknown in it counts as not asked."""

    days: int = DEFAULT_DAYS
    status: str = ""
    reason: str = ""
    client: str = ""
    page: str = "1"

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Asked:
        days = query.get("days", "")
        status, reason = query.get("status", ""), query.get("reason", "")
        return cls(
            days=next((known for known in PERIODS if str(known) == days), DEFAULT_DAYS),
            status=status if status in Status.values else "",
            reason=reason if reason in Skip.values else "",
            client=query.get("client", "").strip()[:100],
            page=query.get("page", "1"),
        )


@dataclass(frozen=True)
class Step:
    """One bar of the way: how many came so far, and which share of all that were to be asked."""

    name: str
    n: int
    share: float | None


@dataclass(frozen=True)
class Board:
    funnel: dict[str, int]
    steps: list[Step]
    page: Page[Invitation]


def board(visible: InvitationQuerySet, asked: Asked, *, now: datetime) -> Board:
    """Three queries: the counts, how many rows match, and the rows with their mails."""
    since = now - timedelta(days=asked.days)
    lately = visible.filter(due_at__gte=since)
    if asked.client:
        lately = lately.filter(client__name__icontains=asked.client)
    funnel = _funnel(lately)
    rows = lately.filter(**_conditions(asked)).for_list().prefetch_related("deliveries")
    page = Paginator(rows, PAGE_SIZE).get_page(asked.page)
    return Board(funnel=funnel, steps=_steps(funnel), page=page)


def _conditions(asked: Asked) -> dict[str, str]:
    wanted = {"status": asked.status, "skip_reason": asked.reason}
    return {name: value for name, value in wanted.items() if value}


def _funnel(invitations: InvitationQuerySet) -> dict[str, int]:
    return invitations.aggregate(
        asked=Count("pk"),
        sent=Count("pk", filter=Q(sent_at__isnull=False)),
        answered=Count("pk", filter=Q(answered_at__isnull=False)),
        explained=Count("pk", filter=Q(is_explained=True)),
        **{
            status: Count("pk", filter=Q(status=status))
            for status in (Status.SCHEDULED, Status.SKIPPED, Status.UNCERTAIN, Status.FAILED)
        },
    )


def _steps(funnel: Mapping[str, int]) -> list[Step]:
    ways = [
        (_("to be asked"), "asked"),
        (_("sent"), "sent"),
        (_("answered"), "answered"),
        (_("with a why"), "explained"),
    ]
    whole = funnel["asked"]
    return [
        Step(name=name, n=funnel[key], share=funnel[key] / whole if whole else None)
        for name, key in ways
    ]
