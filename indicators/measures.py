"""What each family of tallies counts, said once: read live from the facts, or stored by a recount.

Each measure is an aggregate over the facts, and a column of the tally that bears its name; parts
of a period or of a scope add up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from django.db import connection
from django.db.models import Aggregate, Count, F, Model, Q, Sum
from django.db.models.lookups import GreaterThan

from feedback.models import SLOTS, About, Invitation, Rating
from indicators.models import (
    SCORES,
    CriterionTally,
    DebriefTally,
    Family,
    InterventionTally,
    InvitationTally,
    RatingTally,
    Tally,
)
from partners.models import PLANNED, CancelledBy, Debrief, Intervention, Status

Measures = dict[str, Aggregate]


@dataclass(frozen=True)
class Measured:
    """A family: its facts, the day they belong to, which of them count, and what is counted."""

    family: Family
    facts: type[Model]
    day: str
    counted: Q
    tally: type[Tally]
    measures: Measures

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """As they stand in the tally."""
        return tuple(self.measures)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """As they stand among the sums of all families."""
        return tuple(f"{self.family.name.lower()}_{column}" for column in self.columns)

    @cached_property
    def sums(self) -> str:
        """The columns added up, in SQL; the cells of a scope are chosen by the reader."""
        return sums_of(self.columns)


def sums_of(columns: Iterable[str]) -> str:
    return ", ".join(f"SUM({column})" for column in columns)


def _count(condition: Q | None = None) -> Aggregate:
    return Count("pk", filter=condition)


def _answers(prefix: str, column: str, among: Q | None = None) -> Measures:
    """Number, sum and sum of squares: what a mean and its interval need."""
    answered = Q(**{f"{column}__isnull": False})
    among = answered & among if among else answered
    return {
        f"{prefix}n": _count(among),
        f"{prefix}sum": Sum(column, filter=among, default=0),
        f"{prefix}squares": Sum(F(column) * F(column), filter=among, default=0),
    }


EXPLAINED = Q(is_explained=True)
FIRM = Q(status__in=PLANNED, is_disputed=False)  # confirmed or later, cancelled ones included
SKIPPED = Q(status=Invitation.Status.SKIPPED)
ANSWERED = Q(status=Invitation.Status.ANSWERED)
ARRIVED = ANSWERED | Q(
    status__in=[Invitation.Status.SENT, Invitation.Status.EXPIRED], bounced_at__isnull=True
)

RATINGS: Measures = {
    **{f"all_{score}": _count(Q(score=score)) for score in SCORES},
    **{f"explained_{score}": _count(EXPLAINED & Q(score=score)) for score in SCORES},
    **_answers("company_", "company_score"),
    **_answers("partner_", "partner_score"),
}

INTERVENTIONS: Measures = {
    "planned": _count(FIRM),
    "completed": _count(Q(status=Status.COMPLETED)),
    "late": _count(Q(status=Status.COMPLETED, completed_on__gt=F("scheduled_on"))),
    "no_show": _count(Q(status=Status.NO_SHOW)),
    "disputed": _count(Q(is_disputed=True)),
    **{
        f"cancelled_{side}": _count(FIRM & Q(status=Status.CANCELLED, cancelled_by=side))
        for side in CancelledBy.values
    },
    **_answers("expected_", "expected_percent", FIRM),
    **_answers("delivered_", "delivered_percent", FIRM),
}

INVITATIONS: Measures = {
    "eligible": _count(~Q(skip_reason=Invitation.Skip.CANCELLED)),
    "invited": _count(~SKIPPED),
    "delivered": _count(ARRIVED),
    "answered": _count(ANSWERED),
    "explained": _count(ANSWERED & EXPLAINED),
}

DEBRIEFS: Measures = {f"score_{score}": _count(Q(score=score)) for score in SCORES}

FAMILIES: dict[Family, Measured] = {
    measured.family: measured
    for measured in (
        Measured(
            Family.RATING,
            Rating,
            "answered_on",
            Q(is_current=True, about=About.INTERVENTION),
            RatingTally,
            RATINGS,
        ),
        Measured(
            Family.INTERVENTION,
            Intervention,
            "scheduled_on",
            Q(scheduled_on__isnull=False),
            InterventionTally,
            INTERVENTIONS,
        ),
        Measured(
            Family.INVITATION,
            Invitation,
            "counted_on",
            Q(counted_on__isnull=False, about=About.INTERVENTION, channel=Invitation.Channel.MAIL),
            InvitationTally,
            INVITATIONS,
        ),
        Measured(Family.DEBRIEF, Debrief, "answered_on", Q(), DebriefTally, DEBRIEFS),
    )
}


@cache
def criterion(slot: int) -> Measures:
    """What is counted of one criterion; the `score_*` only over ratings that answered it."""
    satisfaction = f"satisfaction_{slot}"
    answered = Q(**{f"{satisfaction}__isnull": False})
    bit: Any = F("not_applicable").bitand(1 << (slot - 1))
    return {
        **_answers("", satisfaction),
        "score_sum": Sum("score", filter=answered, default=0),
        "score_squares": Sum(F("score") * F("score"), filter=answered, default=0),
        "product": Sum(F(satisfaction) * F("score"), filter=answered, default=0),
        "not_applicable": Count("pk", filter=GreaterThan(bit, 0)),
        **_answers("importance_", f"importance_{slot}"),
    }


@cache
def in_sql(family: Family, slots: tuple[int, ...] = ()) -> list[tuple[str, tuple[Any, ...]]]:
    """The measures of a family, or of the criteria in these slots, compiled for this database.

    Each is SQL over the table of the facts and its parameters; compiling them for every question
    would cost more than most answers.
    """
    query = FAMILIES[family].facts._default_manager.all().query
    compiler = query.get_compiler(connection=connection)
    measures = FAMILIES[family].measures.values()
    asked = [one for slot in slots for one in criterion(slot).values()] if slots else measures
    return [_compiled(compiler.compile(one.resolve_expression(query))) for one in asked]


def _compiled(found: tuple[str, Any]) -> tuple[str, tuple[Any, ...]]:
    return found[0], tuple(found[1])


CRITERION_COLUMNS = tuple(criterion(1))
CRITERION_SUMS = sums_of(CRITERION_COLUMNS)
CRITERION_ANSWERED = ("n", "importance_n", "not_applicable")  # one of these, or there is no row
TALLIES: tuple[type[Tally], ...] = (*(m.tally for m in FAMILIES.values()), CriterionTally)
ALL_SLOTS = range(1, SLOTS + 1)
