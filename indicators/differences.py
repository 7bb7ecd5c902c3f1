"""How far each figure moved between two readings, with the test that fits it.

Named as the tiles and the corners are. Shares are parts of 1, corners points of 0 to 10; of the
corners the client's is `perceived`, whose score in points of the NPS is `nps`.
"""

from __future__ import annotations

from dataclasses import replace

from indicators.figures import Figures
from indicators.formulas.estimates import (
    Difference,
    Mean,
    Nps,
    mean_difference,
    nps_difference,
    rate_difference,
)
from indicators.formulas.sums import Answers

Differences = dict[str, Difference]


def differences(now: Figures, before: Figures) -> Differences:
    """A value of None where one of the two is unknown; a count moves without a test."""
    return {
        "nps": nps_difference(now.nps, before.nps),
        "company": mean_difference(*_answers("rating_company_", now, before)),
        "partner": _known(
            now.partner, before.partner, mean_difference(*_answers("rating_partner_", now, before))
        ),
        "cancellations": rate_difference(now.cancellation.rate, before.cancellation.rate),
        "response": rate_difference(now.response.rate, before.response.rate),
        "completed": Difference(now.volume.completed - before.volume.completed),
        "returns": rate_difference(now.returns.positive, before.returns.positive),
        "punctuality": rate_difference(now.volume.punctuality, before.volume.punctuality),
        "expected": _tenth(mean_difference(*_answers("intervention_expected_", now, before))),
        "delivered": _tenth(mean_difference(*_answers("intervention_delivered_", now, before))),
        "perceived": _known(
            now.perceived, before.perceived, mean_difference(_scores(now.nps), _scores(before.nps))
        ),
    }


def _answers(prefix: str, now: Figures, before: Figures) -> tuple[Answers, Answers]:
    first, second = (
        Answers(*(one.sums.counts.get(f"{prefix}{part}", 0) for part in ("n", "sum", "squares")))
        for one in (now, before)
    )
    return first, second


def _scores(nps: Nps) -> Answers:
    counts = list(enumerate(nps.distribution))
    return Answers(
        nps.n,
        sum(score * count for score, count in counts),
        sum(score**2 * count for score, count in counts),
    )


def _known(now: Mean, before: Mean, found: Difference) -> Difference:
    """What is not told of one side is not to be had from the other and the difference."""
    return Difference(None) if now.value is None or before.value is None else found


def _tenth(percent: Difference) -> Difference:
    return percent if percent.value is None else replace(percent, value=percent.value / 10)
