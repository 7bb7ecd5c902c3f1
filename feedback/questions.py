"""What the answer page asks one person: the question by score, the criteria, the one importance."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from feedback import touchpoints
from feedback.models import Invitation, RatingCriterion, ReasonChip

MOST_CRITERIA = 6
LOW, MIDDLE, HIGH, NEUTRAL = "low", "middle", "high", "neutral"
QUESTIONS: dict[str, Promise] = {
    LOW: _("What should we put right?"),
    MIDDLE: _("What was missing?"),
    HIGH: _("What should we keep?"),
    NEUTRAL: _("Why this score?"),
}


@dataclass(frozen=True)
class Questions:
    criteria: list[RatingCriterion]
    importance_of: RatingCriterion | None
    chips: list[ReasonChip]


def for_invitation(invitation: Invitation) -> Questions:
    """Each person is asked one importance; the key of the invitation rotates it evenly."""
    discipline = invitation.service.discipline_id
    about = Q(disciplines=None) | Q(disciplines=discipline)
    asked = RatingCriterion.objects.filter(about, is_asked=True).order_by("slot").distinct()
    criteria = list(asked[:MOST_CRITERIA])
    return Questions(
        criteria=criteria,
        importance_of=criteria[invitation.pk % len(criteria)] if criteria else None,
        chips=touchpoints.chips(invitation.intervention),
    )


def band(score: int | None) -> str:
    if score is None:
        return NEUTRAL
    return LOW if score <= 6 else MIDDLE if score <= 8 else HIGH


def labels() -> list[str]:
    """Words of the page, in each language: copied into the box they explain nothing."""
    words = []
    for code, _name in settings.LANGUAGES:
        with override(code):
            words += [str(question) for question in QUESTIONS.values()]
    return words
