"""Publishing what we expect, and holding a partner against it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Max, Q, Sum
from django.utils.translation import gettext as _

from partners import scoring
from partners.models import (
    Assessment,
    AssessmentScore,
    Criterion,
    CriterionGrid,
    Intervention,
    Partner,
)
from triangle import journal
from triangle.errors import Refused
from triangle.models import Discipline, Setting, User
from triangle.periods import local_day

FULL_WEIGHT_PERCENT = 100
NEWEST_GRID_FIRST = ("-assessment__grid__valid_from", "-assessment__grid__version", "id")


class WeightsAreNotFull(Refused):
    """The weights of a grid do not total 100 %."""


class CannotAssess(Refused):
    """The scores do not fit the grid."""


def publish(
    *,
    discipline: Discipline,
    criteria: list[Criterion],
    valid_from: date,
    now: datetime,
    setting: Setting | None = None,
    next_review_on: date | None = None,
    by: User | None = None,
) -> CriterionGrid:
    """The next version of a discipline's grid; earlier assessments stay on theirs."""
    total = sum(criterion.weight_percent for criterion in criteria)
    if total != FULL_WEIGHT_PERCENT:
        raise WeightsAreNotFull(_("The weights total %(total)s %%, not 100 %%.") % {"total": total})
    with transaction.atomic():
        earlier = CriterionGrid.objects.filter(discipline=discipline, setting=setting)
        grid = CriterionGrid.objects.create(
            discipline=discipline,
            setting=setting,
            version=(earlier.aggregate(last=Max("version"))["last"] or 0) + 1,
            valid_from=valid_from,
            next_review_on=next_review_on,
        )
        for criterion in criteria:
            criterion.grid = grid
        Criterion.objects.bulk_create(criteria)
        journal.record("published", grid, now=now, actor=by)
    return grid


def assess(
    partner: Partner,
    grid: CriterionGrid,
    *,
    scores: Mapping[Criterion, Decimal],
    now: datetime,
    assessor: User | None = None,
    note: str = "",
) -> Assessment:
    """One assessor's levels on each criterion of the grid; once per assessor and version."""
    criteria = set(grid.criteria.all())
    if set(scores) != criteria:
        raise CannotAssess(_("Each criterion of the grid needs its level."))
    if any(not 0 <= held <= criterion.scale_max for criterion, held in scores.items()):
        raise CannotAssess(_("A level lies outside its scale."))
    try:
        with transaction.atomic():
            return _assess(partner, grid, scores=scores, now=now, assessor=assessor, note=note)
    except IntegrityError as error:
        raise CannotAssess(_("This person has already assessed this partner.")) from error


def _assess(
    partner: Partner,
    grid: CriterionGrid,
    *,
    scores: Mapping[Criterion, Decimal],
    now: datetime,
    assessor: User | None,
    note: str,
) -> Assessment:
    assessment = Assessment.objects.create(
        partner=partner, grid=grid, assessor=assessor, assessed_on=local_day(now), note=note
    )
    AssessmentScore.objects.bulk_create(
        AssessmentScore(assessment=assessment, criterion=criterion, held=held)
        for criterion, held in scores.items()
    )
    journal.record("assessed", partner, now=now, actor=assessor, grid=str(grid))
    return assessment


def is_complete(grid: CriterionGrid) -> bool:
    """Whether the weights of a grid edited by hand total 100 %."""
    total = grid.criteria.aggregate(total=Sum("weight_percent"))["total"] or 0
    return bool(total == FULL_WEIGHT_PERCENT)


@dataclass(frozen=True)
class Held:
    """The level on one criterion, the mean of its assessors."""

    criterion: Criterion
    level: Decimal

    @property
    def is_met(self) -> bool:
        return self.level >= self.criterion.asked


@dataclass(frozen=True)
class Holding:
    """A partner held against one grid."""

    grid: CriterionGrid
    assessed_on: date
    rows: list[Held]

    @property
    def percent(self) -> int | None:
        return scoring.expected_percent(
            scoring.Level(row.criterion.weight_percent, row.level, row.criterion.scale_max)
            for row in self.rows
        )

    @property
    def ten(self) -> float | None:
        """The same on the scale of 0 to 10 that pages show."""
        percent = self.percent
        return None if percent is None else percent / 10


def holdings(partner: Partner, *, today: date) -> list[Holding]:
    """The newest grid the partner was assessed on in each discipline and setting; one query."""
    scores = (
        AssessmentScore.objects.filter(assessment__partner=partner)
        .filter(assessment__assessed_on__lte=today, assessment__grid__valid_from__lte=today)
        .select_related("criterion", "assessment__grid__discipline", "assessment__grid__setting")
        .order_by(*NEWEST_GRID_FIRST)
    )
    newest: dict[tuple[int, int | None], int] = {}
    found = defaultdict[int, list[AssessmentScore]](list)
    for score in scores:
        grid = score.assessment.grid
        if newest.setdefault((grid.discipline_id, grid.setting_id), grid.pk) == grid.pk:
            found[grid.pk].append(score)
    return [_holding(scores) for scores in found.values()]


def holding(intervention: Intervention, partner: Partner, *, today: date) -> Holding | None:
    """What `expected_percent` is made of."""
    fitting = [
        one
        for one in holdings(partner, today=today)
        if one.grid.discipline_id == intervention.service.discipline_id
        and one.grid.setting_id in (None, intervention.setting_id)
    ]
    return max(fitting, key=lambda one: (one.grid.valid_from, one.grid.version), default=None)


def _holding(scores: list[AssessmentScore]) -> Holding:
    levels = defaultdict[Criterion, list[Decimal]](list)
    for score in scores:
        levels[score.criterion].append(score.held)
    rows = [Held(row, sum(held, Decimal(0)) / len(held)) for row, held in levels.items()]
    rows.sort(key=lambda row: (not row.criterion.is_must_have, -row.criterion.weight_percent))
    latest = max(score.assessment.assessed_on for score in scores)
    return Holding(scores[0].assessment.grid, latest, rows)


def expected_percent(intervention: Intervention, partner: Partner, *, today: date) -> int | None:
    """What the partner holds of the newest grid it was assessed on for this trade and setting.

    One query; the mean of the assessors on each criterion. None when nobody assessed it.
    """
    levels = AssessmentScore.objects.filter(
        Q(assessment__grid__setting=None) | Q(assessment__grid__setting=intervention.setting_id),
        assessment__partner=partner,
        assessment__assessed_on__lte=today,
        assessment__grid__discipline__services=intervention.service_id,
        assessment__grid__valid_from__lte=today,
    ).order_by(*NEWEST_GRID_FIRST)
    rows = levels.values_list(
        "assessment__grid_id",
        "criterion_id",
        "criterion__weight_percent",
        "criterion__scale_max",
        "held",
    )
    held = defaultdict[tuple[int, int, int], list[Decimal]](list)
    newest: int | None = None
    for grid_id, criterion_id, weight, scale_max, level in rows:
        newest = newest or grid_id
        if grid_id == newest:
            held[criterion_id, weight, scale_max].append(level)
    return scoring.expected_percent(
        scoring.Level(weight, sum(levels, Decimal(0)) / len(levels), scale_max)
        for (_criterion, weight, scale_max), levels in held.items()
    )
