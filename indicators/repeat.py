"""Clients who ordered again, from the facts: clients of two periods cannot be added up.

Read for one page, one document or one list, never for the dashboard itself: the longer the period,
the more interventions it looks at.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Count, Exists, Max, OuterRef, QuerySet
from django.utils import timezone

from indicators.formulas import estimates
from indicators.formulas.estimates import Rate
from partners.models import Intervention, Status
from partners.scope import Scope
from triangle.periods import Period, local_day

WINDOW = timedelta(days=90)  # after the day of an intervention

Interventions = QuerySet[Intervention]


def repeat(scope: Scope, period: Period, *, today: date) -> Rate:
    """Clients who ordered again among those who can be judged; one query.

    The interventions are those of the scope, the order that follows may be any of the client.
    """
    days = (period.first, period.last)
    rows: Interventions = scope.narrow(Intervention.objects.filter(scheduled_on__range=days))
    found = judged(rows, today=today).aggregate(
        n=Count("client", distinct=True),
        again=Count("client", distinct=True, filter=_ordered_again()),
    )
    return estimates.wilson(found["again"], found["n"])


def judged(rows: Interventions, *, today: date) -> Interventions:
    """Completed, and all days of the window are over."""
    return rows.order_by().completed().filter(scheduled_on__lt=today - WINDOW)  # type: ignore[attr-defined,no-any-return]


def of_each_judged(rows: Interventions) -> Interventions:
    """One intervention of each client who can be judged today, so that their rows are their n."""
    return _one_of_each_client(judged(rows, today=local_day(timezone.now())))


def of_each_returned(rows: Interventions) -> Interventions:
    """The same, of each client who ordered again."""
    old = judged(rows, today=local_day(timezone.now()))
    return _one_of_each_client(old.filter(_ordered_again()))


def _one_of_each_client(rows: Interventions) -> Interventions:
    last = rows.order_by().values("client").annotate(last=Max("pk")).values("last")
    return rows.filter(pk__in=last)


def _ordered_again() -> Exists:
    """Another intervention of the client starts within the window; a cancelled one is no order."""
    later = Intervention.objects.filter(
        client=OuterRef("client"),
        scheduled_on__gt=OuterRef("scheduled_on"),
        scheduled_on__lte=OuterRef("scheduled_on") + WINDOW,
    )
    return Exists(later.exclude(status=Status.CANCELLED))
