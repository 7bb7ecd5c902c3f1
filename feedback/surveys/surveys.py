"""What a quality lead does to surveys: new texts, rules and limits, each step in the journal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from feedback.models import (
    ContactPolicy,
    RatingCriterion,
    ReasonChip,
    Rule,
    Survey,
    SurveyVersion,
)
from feedback.sending import mail_check
from feedback.surveys import versions, wording
from feedback.surveys.wording import BadWording, Content, Known, Problem
from triangle import journal
from triangle.errors import StateError
from triangle.models import Discipline, User


class Overtaken(StateError):  # noqa: N818 - an answer, not a fault
    """Somebody published while this text was written."""


def publish(
    survey: Survey, content: Content, *, by: User, now: datetime, based_on: int | None = None
) -> SurveyVersion:
    """The new version, or the current one where nothing is said differently.

    `based_on` is the number the editor started from. Raises `BadWording` or `Overtaken`, with
    nothing written; of two at once, the constraint on the number lets one through.
    """
    if found := problems(survey, content, now=now):
        raise BadWording(found)
    current = versions.current(survey)
    number = current.number if current else 0
    if based_on is not None and based_on != number:
        raise Overtaken(_overtaken())
    if current and wording.from_json(current.content) == content:
        return current
    version = SurveyVersion(
        survey=survey,
        number=number + 1,
        content=wording.to_json(content),
        created_at=now,
        by=by,
    )
    try:
        with transaction.atomic():
            version.save(force_insert=True)
            journal.record("survey.published", survey, now=now, actor=by, version=version.number)
    except IntegrityError as error:
        raise Overtaken(_overtaken()) from error
    return version


def restore(version: SurveyVersion, *, by: User, now: datetime) -> SurveyVersion:
    """What was said then is said again, as the newest version: history is only ever added to."""
    return publish(version.survey, wording.from_json(version.content), by=by, now=now)


def problems(survey: Survey, content: Content, *, now: datetime) -> list[Problem]:
    """First what the texts say, then what the mails made of them lack."""
    found = wording.problems(content, about=survey.about, known=known())
    return found or mail_check.problems(survey, content, now=now)


def known() -> Known:
    """The codes a content may name."""
    return Known(
        criteria=frozenset(RatingCriterion.objects.values_list("code", flat=True)),
        chips=frozenset(ReasonChip.objects.values_list("code", flat=True)),
        disciplines=frozenset(Discipline.objects.values_list("code", flat=True)),
    )


@transaction.atomic
def save_survey(survey: Survey, *, by: User, now: datetime) -> Survey:
    survey.save()
    journal.record("survey.saved", survey, now=now, actor=by, is_active=survey.is_active)
    return survey


@transaction.atomic
def save_rule(
    rule: Rule, *, audience: Mapping[str, Iterable[models.Model]], by: User, now: datetime
) -> Rule:
    """With its audience: disciplines, settings, segments; none of a kind means all of it."""
    rule.save()
    for name, rows in audience.items():
        getattr(rule, name).set(rows)
    journal.record("rule.saved", rule, now=now, actor=by, is_active=rule.is_active)
    return rule


@transaction.atomic
def save_policy(policy: ContactPolicy, *, by: User, now: datetime) -> ContactPolicy:
    policy.save()
    journal.record("contact_policy.saved", policy, now=now, actor=by)
    return policy


def _overtaken() -> str:
    return _("Somebody else has published another version in the meantime.")
