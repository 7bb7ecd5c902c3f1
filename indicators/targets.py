"""Targets: set by quality leads, and which of them a filter is measured against."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from indicators.figures import Figures
from indicators.models import SCALES, Target
from indicators.models.target import SHARES
from indicators.tiles import Tile
from partners.scope import Scope
from triangle import journal, typography
from triangle.errors import Refused
from triangle.models import Discipline, Setting, User

NARROWER = ("service", "region", "segment", "partner", "client")  # than any target can be
VALUES: dict[str, Callable[[Figures], float | None]] = {  # as fractions where they are rates
    "nps": lambda found: found.nps.value,
    "company": lambda found: found.company.value,
    "partner": lambda found: found.partner.value,
    "cancellations": lambda found: found.cancellation.rate.value,
    "response": lambda found: found.response.rate.value,
    "returns": lambda found: found.returns.positive.value,
    "punctuality": lambda found: found.volume.punctuality.value,
}


class NotATarget(Refused):
    """Outside the scale of its indicator, or set already."""


@dataclass(frozen=True)
class Applying:
    """The target of each indicator and year for a filter.

    `too_narrow` when there are targets of these years, and the filter asks for less than any.
    """

    targets: dict[tuple[str, int], Target]
    too_narrow: bool = False

    def of(self, indicator: str, year: int) -> Target | None:
        return self.targets.get((indicator, year))

    def value(self, indicator: str, year: int) -> float | None:
        target = self.of(indicator, year)
        return None if target is None else float(target.value)


NONE = Applying({})


def applying(scope: Scope, years: Iterable[int]) -> Applying:
    """The most specific that covers the filter: of its discipline and its setting, of its
    discipline, of its setting, of everybody. One query.

    A manager, chosen or as the row scope, is measured against the same targets as everybody.
    """
    stored = Target.objects.filter(year__in=set(years)).select_related("discipline", "setting")
    if any(getattr(scope, name) for name in NARROWER):
        return Applying({}, too_narrow=stored.exists())
    found: dict[tuple[str, int], Target] = {}
    for target in sorted(stored, key=_specificity):
        if _covers(target, scope):
            found[target.indicator, target.year] = target
    return Applying(found)


def add(
    *,
    indicator: str,
    year: int,
    discipline: Discipline | None,
    setting: Setting | None,
    value: Decimal,
    by: User,
    now: datetime,
) -> Target:
    """Raises `NotATarget`."""
    _within_scale(indicator, value)
    target = Target(
        indicator=indicator, year=year, discipline=discipline, setting=setting, value=value, by=by
    )
    try:
        with transaction.atomic():
            target.save(force_insert=True)
            _note("target.set", target, by=by, now=now)
    except IntegrityError as error:
        raise NotATarget(_("There is one already: change it in the list.")) from error
    return target


@transaction.atomic
def change(target: Target, *, value: Decimal, by: User, now: datetime) -> Target:
    """Raises `NotATarget`."""
    _within_scale(target.indicator, value)
    if value != target.value:
        target.value, target.by = value, by
        target.save()
        _note("target.changed", target, by=by, now=now)
    return target


@transaction.atomic
def remove(target: Target, *, by: User, now: datetime) -> None:
    """Its history stays."""
    _note("target.removed", target, by=by, now=now)
    target.delete()


def on_tiles(tiles: Iterable[Tile], figures: Figures, found: Applying) -> list[Tile]:
    """The tiles with the targets of the year in which the period ends."""
    year = figures.period.last.year
    return [_aimed(tile, figures, found.of(tile.key, year)) for tile in tiles]


def document(figures: Figures) -> dict[str, Any]:
    """For strangers: by indicator, in the unit of the figure itself; rates are fractions."""
    year = figures.period.last.year
    found = applying(figures.scope, [year])
    return {
        key: {
            "value": float(target.value) / (100 if key in SHARES else 1),
            "met": target.is_met(_in_unit(key, value(figures))),
            "year": year,
            "discipline": target.discipline and target.discipline.code,
            "setting": target.setting and target.setting.code,
        }
        for key, value in VALUES.items()
        if (target := found.of(key, year))
    }


def words(indicator: str, value: Decimal) -> str:
    """+40, 4.2 or 85 %."""
    language, number = get_language() or "en", float(value)
    places = max(0, -int(value.normalize().as_tuple().exponent))
    if indicator == "nps":
        return typography.signed(number, language, places=places)
    if indicator in SHARES:
        return typography.percent(number / 100, language, places=places)
    return typography.number(number, language, places=places)


def _specificity(target: Target) -> tuple[bool, bool]:
    return target.discipline_id is not None, target.setting_id is not None


def _covers(target: Target, scope: Scope) -> bool:
    """A target of one discipline covers a filter that asks for nothing but that discipline."""
    return target.discipline_id in (None, _only(scope.discipline)) and target.setting_id in (
        None,
        _only(scope.setting),
    )


def _only(keys: tuple[int, ...]) -> int | None:
    return keys[0] if len(keys) == 1 else None


def _aimed(tile: Tile, figures: Figures, target: Target | None) -> Tile:
    if target is None:
        return tile
    value = _in_unit(tile.key, VALUES[tile.key](figures))
    return replace(tile, target=words(tile.key, target.value), is_met=target.is_met(value))


def _in_unit(key: str, value: float | None) -> float | None:
    """In the unit of the tile: a rate as percent."""
    if value is None:
        return None
    return 100 * value if key in SHARES else value


def _within_scale(indicator: str, value: Decimal) -> None:
    low, high = SCALES[indicator]
    if not value.is_finite() or not low <= value <= high:
        ends = {"low": words(indicator, Decimal(low)), "high": words(indicator, Decimal(high))}
        raise NotATarget(_("Choose a value from %(low)s to %(high)s.") % ends)


def _note(kind: str, target: Target, *, by: User, now: datetime) -> None:
    journal.record(kind, target, now=now, actor=by, value=str(target.value), year=target.year)
