"""Answers that came for a month after it was closed: they join no frozen figure, and are listed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Count, Q

from feedback.models import About, Rating
from feedback.models.rating import RatingQuerySet
from indicators.closing import whole
from indicators.models import ClosedMonth


def late_answers(*months: ClosedMonth) -> RatingQuerySet:
    late = Q(pk__in=())
    for one in months:
        late |= _late(one)
    return Rating.objects.current().about(About.INTERVENTION).filter(late)


def late_counts(months: Sequence[ClosedMonth]) -> dict[date, int]:
    """How many each month has, in one query."""
    counts = {f"{one.month:month_%Y_%m}": Count("pk", filter=_late(one)) for one in months}
    if not counts:
        return {}
    found = late_answers(*months).aggregate(**counts)
    return {one.month: found[f"{one.month:month_%Y_%m}"] for one in months}


def _late(closed: ClosedMonth) -> Q:
    """By when they were written, which their id tells, not by when they were given."""
    period = whole(closed.month)
    return Q(pk__gt=closed.frame["ids"]["rating"], answered_on__range=(period.first, period.last))
