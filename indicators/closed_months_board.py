"""What the pages of closed months ask, and what the dashboard says of one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.paginator import Page
from django.utils.translation import gettext_lazy as _

from feedback.models.rating import RatingQuerySet
from indicators.closing import closes_at, due, whole
from indicators.late_answers import late_answers, late_counts
from indicators.models import ClosedMonth, Family
from partners.models import Intervention
from partners.scope import Scope
from triangle import paging
from triangle.models import User
from triangle.periods import Period, local_day, month_start

MONTHS_SHOWN = 12
CHANGES_SHOWN = 20
FACTS = {
    **{family.name.lower(): family.label for family in Family},
    "late_rating": _("late ratings"),
    "late_intervention": _("late interventions"),
    "late_invitation": _("late invitations"),
    "late_debrief": _("late debriefs"),
}


@dataclass(frozen=True)
class Frozen:
    """A closed month as the list shows it; the score only to who sees every client."""

    closed: ClosedMonth
    late: int
    nps: dict[str, Any] | None


@dataclass(frozen=True)
class Months:
    rows: list[Frozen]
    page: Page[ClosedMonth]
    waiting: int  # months whose time has come and that are not closed
    next_month: date
    next_at: datetime


@dataclass(frozen=True)
class Difference:
    """Facts of one day that are no longer what they were."""

    facts: Any  # a lazy translation
    day: date
    then: int
    now: int


@dataclass(frozen=True)
class Month:
    closed: ClosedMonth
    last: date
    nps: dict[str, Any] | None
    late: RatingQuerySet
    differences: list[Difference]
    changed: list[Intervention]
    adopted: dict[str, int]  # late answers of earlier months that this run lists


@dataclass(frozen=True)
class Note:
    """What the dashboard says when its period is one closed month."""

    closed: ClosedMonth
    late: int


def months(user: User, query: Mapping[str, Any], *, now: datetime) -> Months:
    page = paging.page(ClosedMonth.objects.latest_first(), query, size=MONTHS_SHOWN)
    shown = list(page.object_list)
    late = late_counts(shown)
    this_month = month_start(local_day(now))
    return Months(
        rows=[Frozen(one, late[one.month], _nps(one, user)) for one in shown],
        page=page,
        waiting=len(list(due(now=now))),
        next_month=this_month,
        next_at=closes_at(this_month),
    )


def month(closed: ClosedMonth, user: User) -> Month:
    """Late answers are those the user may see."""
    run = json.loads(closed.figures)
    return Month(
        closed=closed,
        last=whole(closed.month).last,
        nps=_nps(closed, user),
        late=late_answers(closed).visible_to(user).for_list(),
        differences=[_difference(**one) for one in closed.differences],
        changed=_changed(closed, user),
        adopted={
            name: late["rows"]["rating"]
            for name, late in run["late"].items()
            if "rating" in late["rows"]
        },
    )


def note(scope: Scope, period: Period) -> Note | None:
    """Two queries at most."""
    if period != whole(month_start(period.first)):
        return None
    closed = ClosedMonth.objects.filter(month=period.first).first()
    return Note(closed, scope.narrow(late_answers(closed)).count()) if closed else None


def _difference(*, family: str, day: str, then: int, now: int) -> Difference:
    return Difference(FACTS[family], date.fromisoformat(day), then, now)


def _nps(closed: ClosedMonth, user: User) -> dict[str, Any] | None:
    """The frozen score is everybody's: not for who sees a part."""
    if not user.sees_everything:
        return None
    found: dict[str, Any] = json.loads(closed.figures)["figures"]["all"]["nps"]
    return found


def _changed(closed: ClosedMonth, user: User) -> list[Intervention]:
    """Interventions of the month that were written again since; only asked when it differs."""
    if closed.verdict != ClosedMonth.Verdict.DIFFERS:
        return []
    days = {one["day"] for one in closed.differences if one["family"] == "intervention"}
    since = Intervention.history.filter(history_date__gt=closed.closed_at).values("id")
    rows = Intervention.objects.visible_to(user).filter(scheduled_on__in=days, pk__in=since)
    return list(rows.for_list()[:CHANGES_SHOWN])
