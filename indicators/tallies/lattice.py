"""Which tallies are kept: each level is a grain and what it keeps apart, recounted from another.

A cell of a level has the key 0 for what the level does not keep apart. Coarser levels come first
so that the first that serves a question is the cheapest. A level stands in the tables by its
number: one that begins to count otherwise gets a new one, and the next `migrate` counts anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from indicators.models import Grain, Kept

# What any level can keep apart. The manager is that of the client, now; the others are the fact's.
KEPT = ("service", "segment", "partner", "setting", "region", "manager")


@dataclass(frozen=True)
class Level:
    """`source` is the level it is summed from; the facts themselves when there is none.

    Cells that differ in nothing but `whole` are always recounted together.
    """

    number: Kept
    grain: Grain
    keeps: frozenset[str]
    source: Level | None = None
    whole: str = ""

    def serves(self, needed: Iterable[str]) -> bool:
        return self.keeps.issuperset(needed)


def _level(
    number: Kept, grain: Grain, *keeps: str, source: Level | None = None, whole: str = ""
) -> Level:
    return Level(number, grain, frozenset(keeps), source, whole)


DAY = _level(Kept.DAY, Grain.DAY, "service", "segment")
DAY_SERVICE = _level(Kept.DAY_SERVICE, Grain.DAY, "service", source=DAY)
DAY_SEGMENT = _level(Kept.DAY_SEGMENT, Grain.DAY, "segment", source=DAY)
DAY_ALL = _level(Kept.DAY_ALL, Grain.DAY, source=DAY_SEGMENT)
DAY_SETTING_MANAGER = _level(
    Kept.DAY_SETTING_MANAGER, Grain.DAY, "setting", "manager", whole="manager"
)
DAY_REGION_MANAGER = _level(
    Kept.DAY_REGION_MANAGER, Grain.DAY, "region", "manager", whole="manager"
)
DAY_SETTING = _level(Kept.DAY_SETTING, Grain.DAY, "setting", source=DAY_SETTING_MANAGER)
DAY_REGION = _level(Kept.DAY_REGION, Grain.DAY, "region", source=DAY_REGION_MANAGER)
DAY_MANAGER = _level(Kept.DAY_MANAGER, Grain.DAY, "manager", source=DAY_SETTING_MANAGER)
MONTH = _level(Kept.MONTH, Grain.MONTH, "service", "segment", source=DAY)
MONTH_SERVICE = _level(Kept.MONTH_SERVICE, Grain.MONTH, "service", source=MONTH)
MONTH_SEGMENT = _level(Kept.MONTH_SEGMENT, Grain.MONTH, "segment", source=MONTH)
MONTH_ALL = _level(Kept.MONTH_ALL, Grain.MONTH, source=MONTH_SEGMENT)
MONTH_SETTING = _level(Kept.MONTH_SETTING, Grain.MONTH, "setting", source=DAY_SETTING)
MONTH_REGION = _level(Kept.MONTH_REGION, Grain.MONTH, "region", source=DAY_REGION)
MONTH_SETTING_MANAGER = _level(
    Kept.MONTH_SETTING_MANAGER, Grain.MONTH, "setting", "manager", source=DAY_SETTING_MANAGER
)
MONTH_REGION_MANAGER = _level(
    Kept.MONTH_REGION_MANAGER, Grain.MONTH, "region", "manager", source=DAY_REGION_MANAGER
)
MANAGER = _level(Kept.MANAGER, Grain.MONTH, "service", "segment", "manager")
MONTH_MANAGER = _level(Kept.MONTH_MANAGER, Grain.MONTH, "manager", source=MANAGER)
PARTNER = _level(Kept.PARTNER, Grain.MONTH, "service", "segment", "partner")
PARTNER_ALL = _level(Kept.PARTNER_ALL, Grain.MONTH, "partner", source=PARTNER)

LEVELS = (
    *(MONTH_ALL, MONTH_SEGMENT, MONTH_MANAGER, MONTH_SETTING, MONTH_REGION, MONTH_SERVICE),
    *(MONTH_SETTING_MANAGER, MONTH_REGION_MANAGER, MONTH, MANAGER, PARTNER_ALL, PARTNER),
    *(DAY_ALL, DAY_SEGMENT, DAY_MANAGER, DAY_SETTING, DAY_REGION, DAY_SERVICE),
    *(DAY_SETTING_MANAGER, DAY_REGION_MANAGER, DAY),
)
RECOUNT_ORDER = (
    *(DAY, DAY_SERVICE, DAY_SEGMENT, DAY_ALL, MONTH, MONTH_SERVICE, MONTH_SEGMENT, MONTH_ALL),
    *(DAY_SETTING_MANAGER, DAY_SETTING, DAY_MANAGER, MONTH_SETTING_MANAGER, MONTH_SETTING),
    *(DAY_REGION_MANAGER, DAY_REGION, MONTH_REGION_MANAGER, MONTH_REGION),
    *(MANAGER, MONTH_MANAGER, PARTNER, PARTNER_ALL),
)
SIGNATURE = " ".join(str(number) for number in sorted(level.number.value for level in LEVELS))


def serving(grain: Grain, needed: Iterable[str]) -> Level | None:
    """The coarsest level of a grain that keeps apart what is needed; None if there is none."""
    needed = frozenset(needed)
    return next((one for one in LEVELS if one.grain == grain and one.serves(needed)), None)
