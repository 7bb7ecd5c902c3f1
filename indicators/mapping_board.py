"""The satisfaction mapping as one asks for it.

Importance is what clients state or what their scores show; the cut is the mean, or the target of
partner satisfaction, which criteria share the scale with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from indicators.dashboard import named_zones
from indicators.figures import Figures, figures
from indicators.formulas.mapping import Cut, MappingPoint, mapping, mean_cut
from indicators.targets import applying
from partners.scope import Scope
from triangle.periods import Period

CUTS = ("mean", "target")
OF_CRITERIA = "partner"  # the indicator whose target is cut at


@dataclass(frozen=True)
class MappingBoard:
    """`importance` is stated or derived.

    `target` is None where none covers the filter: then the cut is the mean all the same.
    """

    importance: str
    cut_at: str
    found: Figures
    cut: Cut | None
    target: float | None
    points: Sequence[MappingPoint]

    @property
    def zones(self) -> list[tuple[MappingPoint, str]]:
        return named_zones(self.points)

    @property
    def lacks_target(self) -> bool:
        return self.cut_at == "target" and self.target is None


def mapping_board(scope: Scope, period: Period, *, importance: str, cut_at: str) -> MappingBoard:
    """The target is that of the year in which the period ends."""
    found = figures(scope, period)
    year = period.last.year
    target = applying(scope, [year]).value(OF_CRITERIA, year)
    counts = found.criterion_counts(derived=importance == "derived")
    cut = mean_cut(counts)
    if cut and cut_at == "target" and target is not None:
        cut = Cut(target, cut.importance)
    return MappingBoard(importance, cut_at, found, cut, target, mapping(counts, cut))
