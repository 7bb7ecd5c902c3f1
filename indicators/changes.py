"""How far a figure moved, in words: an arrow, a size, a verdict and its p."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from indicators.differences import Differences
from indicators.formulas.estimates import Difference
from triangle import typography

SMALLEST_P = 0.001  # smaller is written as "p < 0.001"
DECIDING_P = 0.06  # below, a third place shows on which side of 0.05 it lies

Better = Literal["up", "down", ""]


@dataclass(frozen=True)
class Change:
    """Against the days compared; the colour of a status only when the change is significant."""

    text: str
    direction: Better
    css: str
    said: str  # the verdict with its p, or "count"
    verdict: str


def change(
    difference: Difference | None, *, better: Better, text: Callable[[float], str]
) -> Change | None:
    if difference is None or difference.value is None:
        return None
    direction: Better = "up" if difference.value > 0 else "down" if difference.value < 0 else ""
    css = ""
    if difference.significant:
        css = "is-good" if direction == better else "is-bad"
    return Change(text(difference.value), direction, css, said(difference), verdict(difference))


def counted(difference: Difference | None) -> Change | None:
    """A count moves without a test."""
    moved = change(difference, better="", text=whole)
    return moved and replace(moved, said=_("count"), verdict=_("count"))


def corner_changes(moved: Differences) -> dict[str, Change | None]:
    """Of each corner of the triangle, by the rows it opens; the client's shows the NPS."""
    return {
        "expected": change(moved.get("expected"), better="up", text=tenths),
        "delivered": change(moved.get("delivered"), better="up", text=tenths),
        "explained": change(moved.get("nps"), better="up", text=whole),
    }


def verdict(difference: Difference) -> str:
    return _("significant") if difference.significant else _("not significant")


def said(difference: Difference) -> str:
    """The verdict with its p to two places, to three where they decide; without where untested."""
    if difference.p is None:
        return verdict(difference)
    if difference.p < SMALLEST_P:
        p = f"< {_number(SMALLEST_P, 3)}"
    else:
        p = _number(difference.p, 3 if difference.p < DECIDING_P else 2)
    return f"{verdict(difference)} (p {p})"


def whole(value: float) -> str:
    return _size(value, 0)


def tenths(value: float) -> str:
    return _size(value, 1)


def hundredths(value: float) -> str:
    return _size(value, 2)


def points(value: float) -> str:
    places = typography.telling_places(100 * value, 1)
    return typography.points(abs(value), get_language() or "en", places=places)


def _size(value: float, places: int) -> str:
    """An arrow beside 0.0 would contradict it."""
    return _number(abs(value), typography.telling_places(value, places))


def _number(value: float, places: int) -> str:
    return typography.number(value, get_language() or "en", places=places)
