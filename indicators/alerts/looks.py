"""What one look at a scope finds: its score that moved, or its cancellations that rose."""

from __future__ import annotations

from collections.abc import Callable

from indicators.formulas import rises, shifts
from indicators.formulas.rises import Days
from indicators.formulas.shifts import Limit, Sample, Shift
from indicators.models import SCORES, Alert, Family
from indicators.tallies.reader import TOTAL, read
from partners.scope import Scope
from triangle.periods import Period

Look = Callable[[Scope, Period, Period, Limit], Shift | None]


def score(scope: Scope, before: Period, after: Period, limit: Limit) -> Shift | None:
    return shifts.find(_answers(scope, before), _answers(scope, after), limit)


def cancellations(scope: Scope, before: Period, after: Period, limit: Limit) -> Shift | None:
    """Those by the company, among all that were confirmed or later."""
    return rises.find(_interventions(scope, before), _interventions(scope, after), limit)


LOOKS: dict[Alert.Indicator, Look] = {
    Alert.Indicator.NPS: score,
    Alert.Indicator.CANCELLATIONS: cancellations,
}


def _answers(scope: Scope, period: Period) -> Sample:
    """Those with a why."""
    rows = read(scope, period, families=[Family.RATING])
    counts = rows[TOTAL].counts if TOTAL in rows else {}
    return Sample.of([counts.get(f"rating_explained_{score}", 0) for score in SCORES])


def _interventions(scope: Scope, period: Period) -> Days:
    rows = read(scope, period, by="day", families=[Family.INTERVENTION])
    return Days.of(
        (
            day.counts.get("intervention_planned", 0),
            day.counts.get("intervention_cancelled_company", 0),
        )
        for day in rows.values()
    )
