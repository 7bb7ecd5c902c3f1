"""What every installation asks from the first day; written after each migrate, never changed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from feedback.models import (
    About,
    ContactPolicy,
    RatingCriterion,
    ReasonChip,
    Rule,
    Survey,
    SurveyVersion,
)
from feedback.surveys import default_wording, wording
from feedback.themes import dictionary

Touchpoint = ReasonChip.Touchpoint

SURVEYS: dict[About, tuple[str, str, str]] = {
    About.INTERVENTION: ("after_intervention", "After the intervention", "Après l’intervention"),
    About.CANCELLATION: ("after_cancellation", "After a cancellation", "Après une annulation"),
    About.ONBOARDING: ("after_onboarding", "After the onboarding", "Après l’intégration"),
    About.RELATION: ("relation", "Our relation", "Notre relation"),
    About.DEBRIEF: ("debrief", "Debrief of the partner", "Retour d’intervention"),
    About.PULSE: ("pulse", "Working with us", "Travailler avec nous"),
}
EXPIRES_DAYS = {About.DEBRIEF: 30, About.RELATION: 30, About.PULSE: 30}
RULES: dict[About, dict[str, int | bool]] = {
    About.INTERVENTION: {
        "delay_hours": settings.INVITATION_DELAY_HOURS,
        "first_reminder_days": 4,
        "priority": 2,
    },
    About.CANCELLATION: {"delay_hours": 4, "priority": 3},
    About.ONBOARDING: {"delay_hours": 48, "first_reminder_days": 5, "priority": 4},
    # Asked now and then: somebody decides that it starts.
    About.RELATION: {
        "every_days": 180,
        "first_reminder_days": 7,
        "priority": 6,
        "is_active": False,
    },
    About.DEBRIEF: {"delay_hours": 1, "first_reminder_days": 3, "priority": 2},
    About.PULSE: {"every_days": 90, "first_reminder_days": 7, "priority": 6, "is_active": False},
}
POLICIES = {
    ContactPolicy.Role.CLIENT: {"cap": 1, "days": 14},
    ContactPolicy.Role.PARTNER: {"cap": 10, "days": 7},  # a debrief is part of the work
}

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
    dictionary.ensure_default(using)
    for about in SURVEYS:
        _ensure_survey(about, using)
    for survey in Survey.objects.using(using).filter(versions=None):
        _write_first_version(survey, using)
    for role, budget in POLICIES.items():
        ContactPolicy.objects.using(using).get_or_create(role=role, defaults=budget)
    for slot, (code, names) in enumerate(CRITERIA.items(), start=1):
        _ensure_criterion(slot, code, names, using)
    for code, (touchpoint, name_en, name_fr) in CHIPS.items():
        ReasonChip.objects.using(using).get_or_create(
            code=code,
            defaults={"touchpoint": touchpoint, "name_en": name_en, "name_fr": name_fr},
        )


def _ensure_survey(about: About, using: str) -> None:
    surveys = Survey.objects.using(using)
    if surveys.filter(about=about).exists():
        return
    code, name_en, name_fr = SURVEYS[about]
    survey = surveys.create(
        code=code,
        name_en=name_en,
        name_fr=name_fr,
        about=about,
        expires_days=EXPIRES_DAYS.get(about, settings.INVITATION_EXPIRES_DAYS),
    )
    Rule.objects.using(using).create(survey=survey, **RULES[about])


def _write_first_version(survey: Survey, using: str) -> None:
    SurveyVersion.objects.using(using).get_or_create(
        survey=survey,
        number=1,
        defaults={
            "content": wording.to_json(default_wording.content(survey.about)),
            "created_at": timezone.now(),
        },
    )


def _ensure_criterion(slot: int, code: str, names: tuple[str, str], using: str) -> None:
    """A slot once given keeps its meaning: the answers stand in its columns."""
    criteria = RatingCriterion.objects.using(using)
    if not criteria.filter(Q(code=code) | Q(slot=slot)).exists():
        criteria.create(slot=slot, code=code, name_en=names[0], name_fr=names[1])
