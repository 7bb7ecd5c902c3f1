"""The comparison that a program asks for, by API or command, as a part of the document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from indicators.differences import differences
from indicators.figures import Figures, figures
from partners.comparison_choice import ComparisonChoice

KEYS = ("compare", "compare_from", "compare_to")

VALUES: dict[str, Callable[[Figures], float | None]] = {
    "nps": lambda one: one.nps.value,
    "company": lambda one: one.company.value,
    "partner": lambda one: one.partner.value,
    "cancellations": lambda one: one.cancellation.rate.value,
    "response": lambda one: one.response.rate.value,
    "completed": lambda one: one.volume.completed,
    "returns": lambda one: one.returns.positive.value,
    "punctuality": lambda one: one.volume.punctuality.value,
    "expected": lambda one: one.expected.value,
    "delivered": lambda one: one.delivered.value,
    "perceived": lambda one: one.perceived.value,
}


class WrongComparisonError(ValueError):
    """What was asked cannot be compared; the message says why."""


def comparison(now: Figures, query: Mapping[str, Any]) -> dict[str, Any]:
    """Empty unless asked for; `comparison` is None where there is nothing to compare with.

    Each figure as it was, how far it moved, and the p of the test; None where untested.
    """
    if not any(query.get(key) for key in KEYS):
        return {}
    choice = ComparisonChoice.from_query(query, period=now.period)
    if choice.message:
        raise WrongComparisonError(str(choice.message))
    period = choice.of(now.period)
    if period is None:
        return {"comparison": None}
    before = figures(now.scope, period)
    moved = {
        name: {
            "before": VALUES[name](before),
            "difference": found.value,
            "p": found.p,
            "significant": found.significant,
        }
        for name, found in differences(now, before).items()
    }
    days = {"from": period.first.isoformat(), "to": period.last.isoformat()}
    return {"comparison": {**days, **moved}}
