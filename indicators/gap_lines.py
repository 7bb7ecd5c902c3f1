"""The three gaps of one kind of work after the other, and which of them need attention first.

Kinds of work are disciplines in settings, of one partner or of all. Worse is: less delivered than
expected, less perceived than delivered, and partners who are more satisfied than their clients.
Lines are placed by the bound of the interval that is nearer to 0, never by the gap itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from indicators.figures import HUNDRED, TEN, tenth
from indicators.formulas.estimates import Mean, mean
from indicators.formulas.sums import Answers
from indicators.gaps import Gap, GapName, gaps_between

WORSE: dict[GapName, int] = {  # the sign of a gap that needs attention
    "delivered_expected": -1,
    "perceived_delivered": -1,
    "partner_client": 1,
}

NOTHING = Answers()

State = Literal["attention", "certain", "even", "undecided"]
ORDER: tuple[State, ...] = ("attention", "certain", "even", "undecided")


@dataclass(frozen=True)
class Sides:
    """What was said of a kind of work: expected and delivered in percent, the others 0 to 10."""

    expected: Answers = NOTHING
    delivered: Answers = NOTHING
    perceived: Answers = NOTHING
    partner: Answers = NOTHING

    @property
    def four(self) -> tuple[Answers, Answers, Answers, Answers]:
        return self.expected, self.delivered, self.perceived, self.partner


@dataclass(frozen=True)
class GapLine:
    """Undecided when each of its gaps is; "even" when none of those that are not is certain."""

    expected: Mean
    delivered: Mean
    perceived: Mean
    partner: Mean
    gaps: tuple[Gap, Gap, Gap]

    @property
    def sides(self) -> tuple[Mean, Mean, Mean, Mean]:
        return self.expected, self.delivered, self.perceived, self.partner

    @property
    def widest(self) -> Gap | None:
        return next((one for one in self.gaps if one.is_widest), None)

    @cached_property
    def worst(self) -> Gap | None:
        """Of the gaps to the worse side the one that is surest; the widest may be another."""
        worse = [one for one in self.gaps if is_worse(one)]
        return max(worse, key=nearest, default=None)

    @cached_property
    def state(self) -> State:
        if attention(self):
            return "attention"
        if self.widest:
            return "certain"
        return "even" if any(one.is_decided for one in self.gaps) else "undecided"

    @property
    def is_delivered_well(self) -> bool:
        """Known to be delivered, and not certainly below what is expected."""
        first = self.gaps[0]
        return first.is_decided and not is_worse(first)


def together(parts: Iterable[Sides]) -> Sides:
    """What was said in all of them; summed number by number, as there may be thousands."""
    return Sides(
        *(
            Answers(*map(sum, zip(*((one.n, one.total, one.squares) for one in side), strict=True)))
            for side in zip(*(part.four for part in parts), strict=True)
        )
    )


def gap_line(sides: Sides, *, minimum: int) -> GapLine:
    expected, delivered = (tenth(_mean(one, HUNDRED)) for one in (sides.expected, sides.delivered))
    perceived, partner = (_mean(one, TEN) for one in (sides.perceived, sides.partner))
    found = gaps_between(expected, delivered, perceived, partner, minimum=minimum)
    return GapLine(expected, delivered, perceived, partner, found)


def attention(line: GapLine) -> float:
    """Points by which the worst gap is surely to the worse side; 0 when none is."""
    return nearest(line.worst) if line.worst else 0.0


def is_worse(gap: Gap) -> bool:
    return gap.is_certain and (gap.value or 0) * WORSE[gap.name] > 0


def nearest(gap: Gap) -> float:
    """Points between 0 and the nearer bound of a certain gap."""
    return gap.size - (gap.margin or 0)


def place(line: GapLine) -> tuple[int, float, float]:
    """What needs attention first, by how much for sure; then by the widest gap."""
    widest = nearest(line.widest) if line.widest else 0.0
    return ORDER.index(line.state), -attention(line), -widest


def _mean(answers: Answers, scale: tuple[float, float]) -> Mean:
    return mean(answers.n, answers.total, answers.squares, scale=scale)
