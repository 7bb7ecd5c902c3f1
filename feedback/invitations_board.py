"""What the page of invitations shows: the way from asked to explained, and each row in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Page
from django.db.models import Count, Prefetch, Q
from django.utils.translation import gettext as _

from feedback.filters import InvitationFilter
from feedback.models import Delivery, Invitation
from feedback.models.invitation import InvitationQuerySet
from partners.models import Intervention
from triangle import paging

MAILS = Prefetch("deliveries", Delivery.objects.order_by("wave"), to_attr="mails")
Status = Invitation.Status


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


def board(
    visible: InvitationQuerySet,
    asked: InvitationFilter,
    *,
    query: Mapping[str, str],
    now: datetime,
) -> Board:
    """Four queries: the counts, how many rows match, the rows, and their mails."""
    lately = visible.filter(due_at__gte=now - timedelta(days=asked.period_days))
    if client := asked.cleaned_data.get("client"):
        lately = lately.filter(client__name__icontains=client)
    funnel = _funnel(lately)
    rows = lately.filter(**_conditions(asked)).for_list().select_related("survey", "skipped_by")
    rows = rows.prefetch_related(MAILS)
    return Board(funnel=funnel, steps=_steps(funnel), page=paging.page(rows, query))


def _conditions(asked: InvitationFilter) -> dict[str, Any]:
    fields = {"status": "status", "skip_reason": "reason", "survey": "survey"}
    wanted = {field: asked.cleaned_data.get(name) for field, name in fields.items()}
    return {field: value for field, value in wanted.items() if value}


def _funnel(invitations: InvitationQuerySet) -> dict[str, int]:
    return invitations.aggregate(
        asked=Count("pk"),
        sent=Count("pk", filter=Q(sent_at__isnull=False)),
        answered=Count("pk", filter=Q(answered_at__isnull=False)),
        explained=Count("pk", filter=Q(is_explained=True)),
        **{
            status.value: Count("pk", filter=Q(status=status))
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


def to_decide(visible: InvitationQuerySet, intervention: Intervention) -> list[Invitation]:
    """What somebody may still choose not to ask about an intervention, or to ask after all."""
    undecided = Q(status=Status.SCHEDULED) | Q(skip_reason=Invitation.Skip.BY_HAND)
    rows = visible.filter(undecided, intervention=intervention).select_related("survey")
    return list(rows.order_by("id"))
