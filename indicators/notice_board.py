"""Cancellations by side and notice, read live through the same conditions as their rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count

from indicators.fact_rows import rows
from indicators.notice import NOTICES
from partners.models import CancelledBy
from partners.scope import Scope
from triangle.periods import Period

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Side:
    """`counts` follow the classes of notice, each with the name of its rows."""

    name: str
    label: str
    counts: list[tuple[str, int]]

    @property
    def total(self) -> int:
        return sum(count for _rows, count in self.counts)


@dataclass(frozen=True)
class NoticeBoard:
    classes: list[_StrPromise]
    sides: list[Side]

    @property
    def total(self) -> int:
        return sum(side.total for side in self.sides)


def notice_board(scope: Scope, period: Period) -> NoticeBoard:
    """One query; disputed ones are in no side. What is not known is a class where there is any."""
    counted = {name: Count("pk", filter=is_of) for name, (_label, is_of) in NOTICES.items()}
    cancelled = rows("cancelled", scope, period).order_by().values("cancelled_by")
    found = {line["cancelled_by"]: line for line in cancelled.annotate(**counted)}
    has_unknown = any(line["unknown"] for line in found.values())
    names = [name for name in NOTICES if name != "unknown" or has_unknown]
    sides = [_side(one, names, found.get(one.value, {})) for one in CancelledBy]
    return NoticeBoard([NOTICES[name][0] for name in names], sides)


def _side(side: CancelledBy, names: list[str], found: dict[str, int]) -> Side:
    counts = [(f"cancelled_{side.value}_{name}", found.get(name, 0)) for name in names]
    return Side(f"cancelled_{side.value}", str(side.label), counts)
