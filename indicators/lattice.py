"""Which tallies are kept: each level is a grain and what it keeps apart, recounted from another.

A cell of a level has the key 0 for what the level does not keep apart. Coarser levels come first
so that the first that serves a question is the cheapest.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from indicators.models import Grain

KEPT = ("service", "segment", "partner")  # what any level can keep apart


@dataclass(frozen=True)
class Level:
    """`source` is the level it is summed from; the facts themselves when there is none."""

    grain: Grain
    keeps: frozenset[str]
    source: Level | None = None

    def serves(self, needed: Iterable[str]) -> bool:
        return self.keeps.issuperset(needed)


def _level(grain: Grain, *keeps: str, source: Level | None = None) -> Level:
    return Level(grain, frozenset(keeps), source)


DAY = _level(Grain.DAY, "service", "segment")
MONTH = _level(Grain.MONTH, "service", "segment", source=DAY)
MONTH_SERVICE = _level(Grain.MONTH, "service", source=MONTH)
MONTH_SEGMENT = _level(Grain.MONTH, "segment", source=MONTH)
MONTH_ALL = _level(Grain.MONTH, source=MONTH_SERVICE)
PARTNER = _level(Grain.MONTH, "service", "segment", "partner")
PARTNER_ALL = _level(Grain.MONTH, "partner", source=PARTNER)

LEVELS = (MONTH_ALL, MONTH_SERVICE, MONTH_SEGMENT, MONTH, PARTNER_ALL, PARTNER, DAY)
RECOUNT_ORDER = (DAY, MONTH, MONTH_SERVICE, MONTH_SEGMENT, MONTH_ALL, PARTNER, PARTNER_ALL)


def serving(grain: Grain, needed: Iterable[str]) -> Level | None:
    """The coarsest level of a grain that keeps apart what is needed; None if there is none."""
    needed = frozenset(needed)
    return next((one for one in LEVELS if one.grain == grain and one.serves(needed)), None)


def kept_by_criterion(level: Level) -> bool:
    """Criteria of one partner are read live: a cell for each would hold one answer or two."""
    return "partner" not in level.keeps
