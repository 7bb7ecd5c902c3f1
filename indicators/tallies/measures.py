"""What each family of tallies counts, said once: read live from the facts, or stored by a recount.

Each measure is an aggregate over the facts, and a column of the tally that bears its name; parts
of a period or of a scope add up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from django.db import connection
from django.db.models import Aggregate, Count, F, Model, Q, Sum, Value
from django.db.models.lookups import GreaterThan

from feedback.models import About, Invitation, Rating
from indicators.models import (
    ANSWERS_TO_A_CRITERION,
    SCORES,
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
    def names(self) -> tuple[str, ...]:
        """As the measures stand among the sums of all families."""
        return tuple(f"{self.family.name.lower()}_{column}" for column in self.measures)


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
    """What is counted of one criterion: NULL where nobody answered."""
    answered = Q(**{f"satisfaction_{slot}__isnull": False})
    weighed = Q(**{f"importance_{slot}__isnull": False})
    bit: Any = F("not_applicable").bitand(1 << (slot - 1))
    one, x, y, weight = Value(1), F(f"satisfaction_{slot}"), F("score"), F(f"importance_{slot}")
    measures = (
        *(Sum(of, filter=answered) for of in (one, x, x * x, y, y * y, x * y)),
        Sum(one, filter=GreaterThan(bit, 0)),
        *(Sum(of, filter=weighed) for of in (one, weight, weight * weight)),
    )
    return dict(zip(ANSWERS_TO_A_CRITERION, measures, strict=True))


@cache
def columns(family: Family, slots: tuple[int, ...] = ()) -> tuple[str, ...]:
    """Of the tally: the measures of a family, and in that of ratings those of the criteria."""
    own = tuple(FAMILIES[family].measures)
    if family != Family.RATING:
        return own
    return own + tuple(f"criterion_{slot}_{name}" for slot in slots for name in criterion(slot))


@cache
def in_sql(family: Family, slots: tuple[int, ...] = ()) -> list[tuple[str, tuple[Any, ...]]]:
    """The same, compiled for this database, in the order of the columns.

    Each is SQL over the table of the facts and its parameters; compiling them for every question
    would cost more than most answers.
    """
    query = FAMILIES[family].facts._default_manager.all().query
    compiler = query.get_compiler(connection=connection)
    asked = [*FAMILIES[family].measures.values()]
    if family == Family.RATING:
        asked += [one for slot in slots for one in criterion(slot).values()]
    return [_compiled(compiler.compile(one.resolve_expression(query))) for one in asked]


def by_slot(slots: Sequence[int], counts: Sequence[Any]) -> Iterator[tuple[int, dict[str, int]]]:
    """What was counted of each criterion; `counts` are those after the measures of ratings.

    There are none of what no rating answered, or when there are no counts.
    """
    width = len(ANSWERS_TO_A_CRITERION)
    for slot, start in zip(slots, range(0, len(counts), width), strict=False):
        answers = [int(count or 0) for count in counts[start : start + width]]
        if any(answers):
            yield slot, dict(zip(ANSWERS_TO_A_CRITERION, answers, strict=True))


def _compiled(found: tuple[str, Any]) -> tuple[str, tuple[Any, ...]]:
    return found[0], tuple(found[1])


TALLIES: tuple[type[Tally], ...] = tuple(measured.tally for measured in FAMILIES.values())
