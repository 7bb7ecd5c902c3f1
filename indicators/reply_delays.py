"""How long clients take to answer an invitation, counted in buckets by the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import log
from typing import Any

from django.db.models import Count, F, FloatField, Func, IntegerField, QuerySet, Value
from django.db.models.functions import Cast, Floor, Greatest, Ln

from feedback.models import Invitation
from indicators.formulas.delays import RATIO, SHORTEST, Buckets, Quantile, quantile
from indicators.tallies.measures import ANSWERED

MINIMUM = 5  # answers, to show what they have in common


class Seconds(Func):
    """Of a difference of two instants."""

    template = "EXTRACT(EPOCH FROM (%(expressions)s))"
    output_field = FloatField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "((%(expressions)s) / 1000000.0)"  # kept there in microseconds
        return self.as_sql(compiler, connection, template=template, **context)


@dataclass(frozen=True)
class ReplyDelays:
    median: Quantile
    nine_tenths: Quantile
    minimum: int = MINIMUM

    @property
    def n(self) -> int:
        return self.median.n

    @property
    def has_enough(self) -> bool:
        return self.n >= self.minimum

    @property
    def half_within(self) -> timedelta:
        return _span(self.median.seconds)

    @property
    def most_within(self) -> timedelta:
        return _span(self.nine_tenths.seconds)

    @property
    def half_between(self) -> tuple[timedelta, timedelta] | None:
        return _between(self.median)

    @property
    def most_between(self) -> tuple[timedelta, timedelta] | None:
        return _between(self.nine_tenths)


def reply_delays(asked: QuerySet[Invitation]) -> ReplyDelays:
    """From the hour an invitation was sent to its answer; one query, a row for each bucket."""
    counts = _buckets(asked)
    return ReplyDelays(quantile(counts, 0.5), quantile(counts, 0.9))


def _buckets(asked: QuerySet[Invitation]) -> Buckets:
    seconds = Greatest(Seconds(F("answered_at") - F("sent_at")), Value(SHORTEST))
    number = Cast(Floor(Ln(seconds) / Value(log(RATIO))), IntegerField())
    answered = asked.filter(ANSWERED, sent_at__isnull=False, answered_at__isnull=False)
    rows = answered.order_by().annotate(bucket=number).values_list("bucket")
    return dict(rows.annotate(n=Count("pk")))


def _span(seconds: float | None) -> timedelta:
    return timedelta(seconds=seconds or 0)


def _between(found: Quantile) -> tuple[timedelta, timedelta] | None:
    return None if found.low is None else (_span(found.low), _span(found.high))
