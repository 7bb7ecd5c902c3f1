"""Sums that tallies keep, from which any mean or correlation follows: parts add up to the whole."""

from dataclasses import dataclass, replace
from typing import Self


@dataclass(frozen=True)
class Sums:
    n: int = 0

    def __add__(self, other: Self) -> Self:
        sums = {name: own + getattr(other, name) for name, own in vars(self).items()}
        return replace(self, **sums)


@dataclass(frozen=True)
class Answers(Sums):
    """What a mean needs: how many answers, their sum, the sum of their squares."""

    total: int = 0
    squares: int = 0


@dataclass(frozen=True)
class Pairs(Sums):
    """What a correlation needs, over the answers that hold both x and y."""

    sum_x: int = 0
    sum_xx: int = 0
    sum_y: int = 0
    sum_yy: int = 0
    sum_xy: int = 0
