"""Where clients leave the answer page: opened, begun, scored, explained.

Each step holds the ones after it, whatever the log of openings has forgotten: it keeps 30 days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from feedback.models import Draft, Invitation, LinkOpening, Rating

# Who opens three of our links within twenty seconds, or one the instant the mail left, is no hand.
BURST = 3
BURST_WITHIN = timedelta(seconds=20)
NO_HAND_WITHIN = timedelta(seconds=10)
OWN_SOURCES = (Rating.Source.LINK, Rating.Source.ON_SITE, Rating.Source.DRAFT)


@dataclass(frozen=True)
class DropOff:
    """Numbers of invitations."""

    opened: int
    begun: int
    scored: int
    explained: int


def of(invitations: QuerySet[Invitation]) -> DropOff:
    """One query; an answer heard on the phone or imported took no step on the page."""
    answers = Rating.objects.filter(invitation=OuterRef("pk"), source__in=OWN_SOURCES)
    drafts = Draft.objects.filter(invitation=OuterRef("pk"))
    seen = opened_by_hand().filter(invitation=OuterRef("pk"))
    scored = Exists(answers) | Exists(drafts.filter(answer__has_key="score"))
    begun = Exists(answers) | Exists(drafts)
    steps = {
        "opened": begun | Exists(seen),
        "begun": begun,
        "scored": scored,
        "explained": Exists(answers.filter(is_explained=True)),
    }
    counts = invitations.order_by().aggregate(
        **{name: Count("pk", filter=step) for name, step in steps.items()}
    )
    return DropOff(**counts)


def opened_by_hand() -> QuerySet[LinkOpening]:
    """Openings that look like a person's."""
    around = (
        LinkOpening.objects.filter(
            invitation=OuterRef("invitation"),
            address_hash=OuterRef("address_hash"),
            method="GET",
            at__gte=OuterRef("at") - BURST_WITHIN,
            at__lte=OuterRef("at") + BURST_WITHIN,
        )
        .order_by()
        .values("invitation")
        .annotate(n=Count("pk"))
    )
    not_at_once = Q(invitation__channel=Invitation.Channel.ON_SITE) | Q(
        at__gte=F("invitation__sent_at") + NO_HAND_WITHIN
    )
    looks = LinkOpening.objects.filter(not_at_once, method="GET", suspicion="")
    return looks.annotate(around=Subquery(around.values("n"))).filter(around__lt=BURST)
