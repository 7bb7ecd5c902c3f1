"""The facts behind a number: the same conditions that count it, so that a tile equals its rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import F, FloatField, Q, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from indicators.models import Family
from indicators.notice import NOTICES
from indicators.repeat import of_each_judged, of_each_returned
from indicators.tallies.measures import ANSWERED, ARRIVED, EXPLAINED, FAMILIES, FIRM
from partners.models import CancelledBy, Status
from partners.scope import Scope
from triangle.periods import Period

Kind = Literal["rating", "intervention", "invitation", "debrief"]


@dataclass(frozen=True)
class Behind:
    """Which facts a number counts, and what the list of them is called.

    `only` picks one fact for each of what the number counts, where that is not the fact itself.
    `value` is what the number reads of each fact, where no other column says it, under its name.
    """

    family: Family
    title: Any  # a lazy translation
    condition: Q
    only: Callable[[QuerySet[Any]], QuerySet[Any]] | None = None
    value: tuple[Any, Combinable] | None = None

    @property
    def kind(self) -> str:
        return self.family.name.lower()


def _tenths(percent: str) -> Combinable:
    """Percentages are kept, and shown out of ten."""
    return Cast(F(percent), FloatField()) / 10.0


def _cancelled(side: str) -> Q:
    return FIRM & Q(status=Status.CANCELLED, cancelled_by=side)


BEHIND: dict[str, Behind] = {
    "explained": Behind(Family.RATING, _("Answers with a why"), EXPLAINED),
    "answers": Behind(Family.RATING, _("All answers"), Q()),
    "company": Behind(
        Family.RATING,
        _("Answers about our service"),
        Q(company_score__isnull=False),
        value=(_("Company service, 0 to 5"), F("company_score")),
    ),
    "partner": Behind(
        Family.RATING,
        _("Answers about the intervention itself"),
        Q(partner_score__isnull=False),
        value=(_("Partner satisfaction, 0 to 5"), F("partner_score")),
    ),
    "planned": Behind(Family.INTERVENTION, _("Interventions confirmed or later"), FIRM),
    "completed": Behind(
        Family.INTERVENTION, _("Interventions completed"), Q(status=Status.COMPLETED)
    ),
    "came_back": Behind(
        Family.INTERVENTION, _("Clients who ordered again within 90 days"), Q(), of_each_returned
    ),
    "judged": Behind(
        Family.INTERVENTION,
        _("Clients of whom it can be told whether they ordered again"),
        Q(),
        of_each_judged,
    ),
    "late": Behind(
        Family.INTERVENTION,
        _("Completed after the planned day"),
        Q(status=Status.COMPLETED, completed_on__gt=F("scheduled_on")),
        value=(_("Completed on"), F("completed_on")),
    ),
    "cancelled": Behind(Family.INTERVENTION, _("Cancellations"), FIRM & Q(status=Status.CANCELLED)),
    **{
        f"cancelled_{side.value}": Behind(
            Family.INTERVENTION, _("Cancellations"), _cancelled(side.value)
        )
        for side in CancelledBy
    },
    "disputed": Behind(Family.INTERVENTION, _("Disputed cancellations"), Q(is_disputed=True)),
    "expected": Behind(
        Family.INTERVENTION,
        _("Interventions with an assessed partner"),
        FIRM & Q(expected_percent__isnull=False),
        value=(_("Grid met, 0 to 10"), _tenths("expected_percent")),
    ),
    "delivered": Behind(
        Family.INTERVENTION,
        _("Interventions with known steps"),
        FIRM & Q(delivered_percent__isnull=False),
        value=(_("Steps kept, 0 to 10"), _tenths("delivered_percent")),
    ),
    "eligible": Behind(Family.INVITATION, _("Who could be asked"), ~Q(skip_reason="cancelled")),
    "invited": Behind(Family.INVITATION, _("Invitations sent"), ~Q(status="skipped")),
    "arrived": Behind(Family.INVITATION, _("Invitations delivered"), ARRIVED),
    "answered": Behind(Family.INVITATION, _("Invitations answered"), ANSWERED),
    "answered_with_why": Behind(
        Family.INVITATION, _("Invitations answered with a why"), ANSWERED & EXPLAINED
    ),
    "debriefs": Behind(Family.DEBRIEF, _("Partner returns"), Q()),
    "positive_debriefs": Behind(Family.DEBRIEF, _("Positive partner returns"), Q(score__gte=9)),
}
for _side in CancelledBy:
    for _notice, (_label, _is_of) in NOTICES.items():
        BEHIND[f"cancelled_{_side.value}_{_notice}"] = Behind(
            Family.INTERVENTION, _("Cancellations"), _cancelled(_side.value) & _is_of
        )
for _score in range(11):
    BEHIND[f"score_{_score}"] = Behind(
        Family.RATING, _("Answers with this score"), EXPLAINED & Q(score=_score)
    )


def rows(name: str, scope: Scope, period: Period) -> QuerySet[Any]:
    """The facts, latest first; KeyError for a name that is not in BEHIND."""
    behind = BEHIND[name]
    measured = FAMILIES[behind.family]
    facts: QuerySet[Any] = measured.facts._default_manager.filter(
        measured.counted,
        behind.condition,
        **{f"{measured.day}__range": (period.first, period.last)},
    )
    found: QuerySet[Any] = scope.narrow(facts)
    if behind.only:
        found = behind.only(found)
    if behind.value:
        found = found.annotate(value=behind.value[1])
    found = found.select_related("client", "partner", "service")
    latest: QuerySet[Any] = found.annotate(day=F(measured.day)).order_by("-day", "-pk")
    return latest
