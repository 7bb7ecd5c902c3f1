"""The triangle record of one intervention: what was asked, what happened, what was felt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from feedback.models import Rating, RatingCriterion
from indicators.next_act import NextAct, next_act
from indicators.timeline import MISSED, STEP_NAMES, Event, timeline
from partners import grids
from partners.grids import Holding
from partners.models import CONDITIONS, Debrief, Intervention
from partners.scoring import BRIEF_SCALE, Step, steps
from triangle.models import User
from triangle.periods import local_day

GapName = Literal["partner_client", "expected_delivered", "delivered_perceived"]


@dataclass(frozen=True)
class Gap:
    """Difference of two corners, 0 to 10; None when one of them is unknown."""

    name: GapName
    value: float | None
    note: str
    is_widest: bool = False

    @property
    def size(self) -> float:
        return abs(self.value or 0)


@dataclass(frozen=True)
class Measure:
    label: str | Promise
    value: int | None
    is_not_applicable: bool = False


@dataclass(frozen=True)
class Record:
    intervention: Intervention
    rating: Rating | None
    earlier: list[Rating]
    debrief: Debrief | None
    holding: Holding | None
    steps: list[Step]
    criteria: list[Measure]
    conditions: list[Measure]
    gaps: list[Gap]
    timeline: list[Event]
    next_act: NextAct | None

    @property
    def expected(self) -> float | None:
        return _tenth(self.intervention.expected_percent)

    @property
    def delivered(self) -> float | None:
        return _tenth(self.intervention.delivered_percent)

    @property
    def perceived(self) -> int | None:
        return self.rating.score if self.rating else None

    @property
    def kept(self) -> int:
        return sum(step.verdict == "kept" for step in self.steps)

    @property
    def known(self) -> int:
        return sum(step.verdict != "unknown" for step in self.steps)

    @property
    def gap_by_name(self) -> dict[str, Gap]:
        return {gap.name: gap for gap in self.gaps}

    @property
    def widest(self) -> Gap | None:
        return next((gap for gap in self.gaps if gap.is_widest), None)


def record(intervention: Intervention, *, user: User, now: datetime) -> Record:
    """Seven queries whatever there is to show."""
    ratings = list(
        Rating.objects.visible_to(user)
        .filter(intervention=intervention)
        .prefetch_related("reasons")
        .order_by("-answered_at", "-id")
    )
    rating = next((one for one in ratings if one.is_current), None)
    debrief: Debrief | None = getattr(intervention, "debrief", None)
    today, partner = local_day(now), intervention.partner
    walked = list(steps(intervention.moments))
    asked = list(RatingCriterion.objects.order_by("slot"))
    return Record(
        intervention=intervention,
        rating=rating,
        earlier=[one for one in ratings if not one.is_current],
        debrief=debrief,
        holding=grids.holding(intervention, partner, today=today) if partner else None,
        steps=walked,
        criteria=list(_criteria(rating, asked)),
        conditions=list(_conditions(debrief)),
        gaps=gaps(intervention, rating, debrief, walked),
        timeline=timeline(intervention, ratings, debrief, walked, user=user),
        next_act=next_act(intervention, rating, debrief, now=now),
    )


def gaps(
    intervention: Intervention, rating: Rating | None, debrief: Debrief | None, walked: list[Step]
) -> list[Gap]:
    """The widest known one is marked, and comes first; unknown ones last."""
    expected = _tenth(intervention.expected_percent)
    delivered = _tenth(intervention.delivered_percent)
    perceived = rating.score if rating else None
    partner_view = debrief.score if debrief else None
    found = [
        Gap("partner_client", _less(partner_view, perceived), _views(partner_view, perceived)),
        Gap(
            "expected_delivered",
            _less(delivered, expected),
            _not_kept(intervention, walked, debrief),
        ),
        Gap("delivered_perceived", _less(perceived, delivered), _felt(perceived, delivered)),
    ]
    found.sort(key=lambda gap: (gap.value is None, -gap.size))
    first, *rest = found
    return [Gap(first.name, first.value, first.note, is_widest=first.size > 0), *rest]


def _less(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else round(one - other, 1)


def _tenth(percent: int | None) -> float | None:
    return None if percent is None else percent / 10


def _views(partner: int | None, client: int | None) -> str:
    if partner is None:
        return _("no debrief yet") if client is not None else _("neither has answered yet")
    if client is None:
        return _("no answer from the client yet")
    return _("partner %(partner)s, client %(client)s") % {"partner": partner, "client": client}


def _not_kept(intervention: Intervention, walked: list[Step], debrief: Debrief | None) -> str:
    if intervention.is_open:
        return _("not over yet")
    words = []
    for step in walked:
        if step.verdict == "missed":
            words.append(str(MISSED.get(step.name, "")).lower())
        elif step.verdict == "late":
            words.append(_("%(step)s late") % {"step": str(STEP_NAMES[step.name]).lower()})
    brief = debrief.brief_accuracy if debrief else None
    if brief is not None and brief < BRIEF_SCALE:
        words.append(_("brief fulfilled %(n)s of %(scale)s") % {"n": brief, "scale": BRIEF_SCALE})
    if words:
        return ", ".join(words)
    known = any(step.verdict != "unknown" for step in walked)
    return _("each step was kept") if known else _("the steps are not known")


def _felt(perceived: int | None, delivered: float | None) -> str:
    if perceived is None or delivered is None:
        return _("one of the two is not known")
    if perceived < delivered:
        return _("felt worse than the steps tell")
    return _("felt as the steps tell") if perceived == delivered else _("felt better than told")


def _criteria(rating: Rating | None, asked: list[RatingCriterion]) -> Iterator[Measure]:
    """What the client answered, row by row, and the two scores that are asked of all."""
    if rating is None:
        return
    for criterion in asked:
        value, na = rating.satisfaction(criterion), rating.is_not_applicable(criterion)
        if value is not None or na:
            yield Measure(criterion.name, value, na)
    for label, score in (
        (_("The intervention itself"), rating.partner_score),
        (_("Our service"), rating.company_score),
    ):
        if score is not None:
            yield Measure(label, score)


def _conditions(debrief: Debrief | None) -> Iterator[Measure]:
    columns = {field.name: field for field in Debrief._meta.concrete_fields}
    for name in CONDITIONS:
        value = getattr(debrief, name, None)
        if value is not None:
            yield Measure(columns[name].verbose_name, value)
