"""Which tallies are kept: each level is a grain and what it keeps apart, recounted from another.

A cell of a level has the key 0 for what the level does not keep apart. Coarser levels come first
so that the first that serves a question is the cheapest. A level stands in the tables by its
number: one that begins to count otherwise gets a new one, and the next `migrate` counts anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from indicators.models import Grain, Kept

KEPT = ("service", "segment", "partner", "setting", "region")  # what any level can keep apart


@dataclass(frozen=True)
class Level:
    """`source` is the level it is summed from; the facts themselves when there is none."""

    number: Kept
    grain: Grain
    keeps: frozenset[str]
    source: Level | None = None

    def serves(self, needed: Iterable[str]) -> bool:
        return self.keeps.issuperset(needed)


def _level(number: Kept, grain: Grain, *keeps: str, source: Level | None = None) -> Level:
    return Level(number, grain, frozenset(keeps), source)


DAY = _level(Kept.DAY, Grain.DAY, "service", "segment")
DAY_SETTING = _level(Kept.DAY_SETTING, Grain.DAY, "setting")
DAY_REGION = _level(Kept.DAY_REGION, Grain.DAY, "region")
MONTH = _level(Kept.MONTH, Grain.MONTH, "service", "segment", source=DAY)
MONTH_SERVICE = _level(Kept.MONTH_SERVICE, Grain.MONTH, "service", source=MONTH)
MONTH_SEGMENT = _level(Kept.MONTH_SEGMENT, Grain.MONTH, "segment", source=MONTH)
MONTH_SETTING = _level(Kept.MONTH_SETTING, Grain.MONTH, "setting", source=DAY_SETTING)
MONTH_REGION = _level(Kept.MONTH_REGION, Grain.MONTH, "region", source=DAY_REGION)
MONTH_ALL = _level(Kept.MONTH_ALL, Grain.MONTH, source=MONTH_SEGMENT)
PARTNER = _level(Kept.PARTNER, Grain.MONTH, "service", "segment", "partner")
PARTNER_ALL = _level(Kept.PARTNER_ALL, Grain.MONTH, "partner", source=PARTNER)

LEVELS = (
    *(MONTH_ALL, MONTH_SEGMENT, MONTH_SETTING, MONTH_REGION, MONTH_SERVICE, MONTH),
    *(PARTNER_ALL, PARTNER, DAY_SETTING, DAY_REGION, DAY),
)
RECOUNT_ORDER = (
    *(DAY, MONTH, MONTH_SERVICE, MONTH_SEGMENT, MONTH_ALL),
    *(DAY_SETTING, MONTH_SETTING, DAY_REGION, MONTH_REGION, PARTNER, PARTNER_ALL),
)
SIGNATURE = " ".join(str(number) for number in sorted(level.number.value for level in LEVELS))


def serving(grain: Grain, needed: Iterable[str]) -> Level | None:
    """The coarsest level of a grain that keeps apart what is needed; None if there is none."""
    needed = frozenset(needed)
    return next((one for one in LEVELS if one.grain == grain and one.serves(needed)), None)


def kept_by_criterion(level: Level) -> bool:
    """Criteria of one partner are read live: a cell for each would hold one answer or two."""
    return "partner" not in level.keeps
