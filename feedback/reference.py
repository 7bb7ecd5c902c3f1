"""What every installation asks from the first day; written after each migrate, never changed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Q

from feedback.models import RatingCriterion, ReasonChip, Survey

Touchpoint = ReasonChip.Touchpoint

CRITERIA = {  # in the order of their slots
    "punctuality": ("Punctuality", "Ponctualité"),
    "listening": ("Listening", "Écoute"),
    "preparation": ("Preparation", "Préparation"),
    "skill": ("Skill", "Savoir-faire"),
    "follow_up": ("Follow-up", "Suivi"),
}
CHIPS = {
    "introduction": (Touchpoint.INTRODUCTION, "Introduction", "Présentation"),
    "preparation": (Touchpoint.PREPARATION, "Preparation", "Préparation"),
    "equipment": (Touchpoint.PREPARATION, "Equipment", "Matériel"),
    "punctuality": (Touchpoint.PUNCTUALITY, "Punctuality", "Ponctualité"),
    "act": (Touchpoint.ACT, "The intervention itself", "L’intervention elle-même"),
    "listening": (Touchpoint.ACT, "Listening", "Écoute"),
    "result": (Touchpoint.ACT, "Result", "Résultat"),
    "follow_up": (Touchpoint.FOLLOW_UP, "Follow-up", "Suivi"),
    "price": (Touchpoint.OTHER, "Price", "Prix"),
}


def ensure(*, using: str = "default", **_signal: Any) -> None:
    _ensure_survey(using)
    for slot, (code, names) in enumerate(CRITERIA.items(), start=1):
        _ensure_criterion(slot, code, names, using)
    for code, (touchpoint, name_en, name_fr) in CHIPS.items():
        ReasonChip.objects.using(using).get_or_create(
            code=code,
            defaults={"touchpoint": touchpoint, "name_en": name_en, "name_fr": name_fr},
        )


def _ensure_survey(using: str) -> None:
    surveys = Survey.objects.using(using)
    if surveys.filter(event=Survey.Event.COMPLETED).exists():
        return
    surveys.create(
        code="after_intervention",
        name_en="After the intervention",
        name_fr="Après l’intervention",
        event=Survey.Event.COMPLETED,
        delay_hours=settings.INVITATION_DELAY_HOURS,
        expires_days=settings.INVITATION_EXPIRES_DAYS,
    )


def _ensure_criterion(slot: int, code: str, names: tuple[str, str], using: str) -> None:
    """A slot once given keeps its meaning: the answers stand in its columns."""
    criteria = RatingCriterion.objects.using(using)
    if not criteria.filter(Q(code=code) | Q(slot=slot)).exists():
        criteria.create(slot=slot, code=code, name_en=names[0], name_fr=names[1])
