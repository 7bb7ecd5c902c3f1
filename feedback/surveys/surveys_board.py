"""Reads of the survey pages: the list with what each brought, and what each version changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, OuterRef, Q, Subquery

from feedback.models import Invitation, Rule, Survey, SurveyVersion
from feedback.surveys import survey_words, version_changes, wording
from feedback.surveys.version_changes import Change

LATELY = timedelta(days=30)


@dataclass(frozen=True)
class Row:
    survey: Survey
    rules: list[tuple[Rule, str]]
    number: int | None
    sent: int
    answered: int

    @property
    def share(self) -> float | None:
        return self.answered / self.sent if self.sent else None

    @property
    def is_asking(self) -> bool:
        return self.survey.is_active and any(rule.is_active for rule, _words in self.rules)


@dataclass(frozen=True)
class Step:
    """A version beside the one before it."""

    version: SurveyVersion
    changes: list[Change]
    is_current: bool


def rows(*, now: datetime) -> list[Row]:
    """Six queries, however many surveys."""
    number = SurveyVersion.objects.filter(survey=OuterRef("pk")).order_by("-number")
    surveys = (
        Survey.objects.annotate(number=Subquery(number.values("number")[:1]))
        .prefetch_related("rules__disciplines", "rules__settings", "rules__segments")
        .order_by("pk")
    )
    brought = _brought(since=now - LATELY)
    return [
        Row(
            survey=survey,
            rules=[(rule, survey_words.rule(rule)) for rule in survey.rules.all()],
            number=survey.number,
            **brought.get(survey.pk, {"sent": 0, "answered": 0}),
        )
        for survey in surveys
    ]


def history(survey: Survey, *, limit: int = 50) -> list[Step]:
    """The newest first, each with what it changed."""
    versions = list(survey.versions.select_related("by").order_by("-number")[: limit + 1])
    contents = [wording.from_json(version.content) for version in versions]
    steps = []
    for place, version in enumerate(versions[:limit]):
        before = contents[place + 1] if place + 1 < len(contents) else None
        changes = version_changes.between(before, contents[place]) if before else []
        steps.append(Step(version, changes, is_current=place == 0))
    return steps


def _brought(*, since: datetime) -> dict[int, dict[str, int]]:
    """Mails that left lately, and how many of those were answered, by survey."""
    counted = (
        Invitation.objects.filter(sent_at__gte=since)
        .order_by()
        .values("survey")
        .annotate(sent=Count("pk"), answered=Count("pk", filter=Q(status="answered")))
    )
    return {row["survey"]: {name: row[name] for name in ("sent", "answered")} for row in counted}
