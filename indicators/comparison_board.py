"""A partner or a service beside the others of like work, read live when somebody looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet, Sum

from feedback.models import Rating
from indicators.formulas.comparison import Cell, Compared, compared
from indicators.formulas.sums import Answers
from indicators.models import Family
from indicators.tallies.measures import EXPLAINED, FAMILIES
from partners.scope import Scope
from triangle.models import Discipline, Setting
from triangle.periods import Period

MEASURED = FAMILIES[Family.RATING]

Subject = Literal["partner", "service"]


@dataclass(frozen=True)
class Line:
    discipline: str
    setting: str
    found: Compared


@dataclass(frozen=True)
class ComparisonBoard:
    """`subject` is None when the filter names no single partner or service."""

    subject: Subject | None
    lines: list[Line]


def subject_of(scope: Scope) -> Subject | None:
    """What a filter is about, when it is about one."""
    if len(scope.partner) == 1:
        return "partner"
    return "service" if len(scope.service) == 1 else None


def comparison_board(scope: Scope, period: Period) -> ComparisonBoard:
    """Four queries at most: what was said of it, of the others, and two for names."""
    subject = subject_of(scope)
    if subject is None:
        return ComparisonBoard(None, [])
    key = getattr(scope, subject)[0]
    ratings = _ratings(scope.without("partner", "service"), period)
    own = _scores(scope.narrow(ratings))
    theirs = ~Q((subject, key)) & Q((f"{subject}__isnull", False))
    disciplines = {discipline for discipline, _setting in own}
    others = _scores(ratings.filter(theirs, service__discipline__in=disciplines))
    found = compared(own, others, minimum=settings.PARTNER_MINIMUM_ANSWERS)
    names = {
        model: {one.pk: one.name for one in model.objects.filter(pk__in=keys)}
        for model, keys in (
            (Discipline, disciplines),
            (Setting, {setting for _discipline, setting in own}),
        )
    }
    return ComparisonBoard(
        subject,
        [
            Line(names[Discipline][one.discipline], names[Setting][one.setting], one)
            for one in found
        ],
    )


def _ratings(scope: Scope, period: Period) -> QuerySet[Rating]:
    days = {f"{MEASURED.day}__range": (period.first, period.last)}
    ratings: QuerySet[Rating] = scope.narrow(
        Rating.objects.filter(MEASURED.counted, EXPLAINED, **days)
    )
    return ratings


def _scores(ratings: QuerySet[Rating]) -> dict[Cell, Answers]:
    rows: Any = (
        ratings.order_by()
        .values_list("service__discipline", "setting")
        .annotate(n=Count("pk"), total=Sum("score"), squares=Sum(F("score") * F("score")))
    )
    return {(discipline, setting): Answers(*sums) for discipline, setting, *sums in rows}
