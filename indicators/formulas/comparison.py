"""The benchmark from inside: a partner or a service beside the others of like work.

Like work is the same discipline in the same setting. Where the others said too little there, it is
the same discipline in any setting.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from indicators.formulas.estimates import Difference, Mean, mean, mean_difference
from indicators.formulas.sums import Answers

TEN = (0.0, 10.0)

Cell = tuple[int, int]  # discipline, setting
Scores = Mapping[Cell, Answers]


@dataclass(frozen=True)
class Compared:
    """Mean scores of a kind of work, 0 to 10; `setting` is None where the group had to be widened.

    `group` is empty when no group said enough: `others` is how much they said.
    """

    discipline: int
    setting: int
    own: Mean
    group: Mean | None
    others: int
    difference: Difference
    is_widened: bool
    minimum: int

    @property
    def has_enough(self) -> bool:
        return self.own.n >= self.minimum


def compared(own: Scores, others: Scores, *, minimum: int) -> list[Compared]:
    """One line for each kind of work, the most rated first."""
    order = sorted(own, key=lambda cell: (-own[cell].n, cell))
    return [_compared(cell, own[cell], others, minimum) for cell in order if own[cell].n]


def _compared(cell: Cell, own: Answers, others: Scores, minimum: int) -> Compared:
    group = chosen(cell, others, minimum=minimum)
    narrow = others.get(cell, Answers())
    enough = group is not None and own.n >= minimum
    return Compared(
        *cell,
        own=_mean(own),
        group=_mean(group) if group else None,
        others=group.n if group else _discipline(cell, others).n,
        difference=mean_difference(own, group) if group and enough else Difference(None),
        is_widened=group is not None and group != narrow,
        minimum=minimum,
    )


def chosen(cell: Cell, others: Scores, *, minimum: int) -> Answers | None:
    """The narrowest group that said enough: of the cell, of its discipline, or none."""
    groups = (others.get(cell, Answers()), _discipline(cell, others))
    return next((group for group in groups if group.n >= minimum), None)


def _discipline(cell: Cell, others: Scores) -> Answers:
    found = Answers()
    for (discipline, _setting), answers in others.items():
        if discipline == cell[0]:
            found += answers
    return found


def _mean(answers: Answers) -> Mean:
    return mean(answers.n, answers.total, answers.squares, scale=TEN)
