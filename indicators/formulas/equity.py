"""Whether the choice of whom to ask embellishes the score: solicitation equity.

Leaving somebody out needs a reason from a list, but a reason is a word. So the interventions left
out by hand are compared with those asked about, on a fact known before any answer: was there
trouble? Whoever leaves out at random leaves out as much trouble as the others live.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, lgamma
from typing import Literal

from indicators.formulas.estimates import SIGNIFICANT_BELOW, Rate, wilson

LEFT_OUT_NEEDED = 5  # fewer choices show no pattern

Verdict = Literal["flagged", "even", "too_few"]


@dataclass(frozen=True)
class Choice:
    """What one person, or for one partner, was asked about and left out; counts of matters."""

    name: str
    key: int | None
    eligible: int
    invited: int
    asked: int
    asked_troubled: int
    left_out: int
    left_out_troubled: int

    @property
    def coverage(self) -> Rate:
        """Invited among eligible."""
        return wilson(self.invited, self.eligible)

    @property
    def troubled_among_asked(self) -> Rate:
        return wilson(self.asked_troubled, self.asked)

    @property
    def troubled_among_left_out(self) -> Rate:
        return wilson(self.left_out_troubled, self.left_out)

    @property
    def p(self) -> float | None:
        """Chance of leaving out that much trouble without meaning to; None when too few."""
        if self.left_out < LEFT_OUT_NEEDED or not self.asked:
            return None
        return fisher_upper(self.left_out_troubled, self.left_out, self.asked_troubled, self.asked)


@dataclass(frozen=True)
class Judged:
    choice: Choice
    verdict: Verdict


def judge(choices: Sequence[Choice]) -> list[Judged]:
    """The flagged first, then who asks least; many are judged at once, hence Bonferroni."""
    tested = sum(choice.p is not None for choice in choices)
    judged = [Judged(choice, _verdict(choice.p, tested)) for choice in choices]
    order = {"flagged": 0, "even": 1, "too_few": 2}
    return sorted(judged, key=lambda one: (order[one.verdict], one.choice.coverage.value or 0))


def _verdict(p: float | None, tested: int) -> Verdict:
    if p is None:
        return "too_few"
    return "flagged" if p < SIGNIFICANT_BELOW / tested else "even"


def fisher_upper(hits: int, n: int, other_hits: int, other_n: int) -> float:
    """P(at least `hits` of `n`) when both groups share one rate: Fisher's exact test, one-sided.

    R. A. Fisher, Journal of the Royal Statistical Society 85, 1922; the hypergeometric tail.
    """
    all_hits, everybody = hits + other_hits, n + other_n
    drawn = _log_ways(everybody, n)
    possible = range(max(hits, n - (everybody - all_hits)), min(n, all_hits) + 1)
    return min(
        1.0,
        sum(
            exp(_log_ways(all_hits, k) + _log_ways(everybody - all_hits, n - k) - drawn)
            for k in possible
        ),
    )


def _log_ways(n: int, k: int) -> float:
    """Logarithm of n over k; the number itself has thousands of digits."""
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
