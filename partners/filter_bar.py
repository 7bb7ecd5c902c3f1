"""The one filter bar: what is on, as chips, and what can be added."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from django.utils.translation import get_language, ngettext

from partners.comparison_choice import LABELS
from partners.period_choice import CUSTOM, PRESETS, ROLLING, PeriodChoice
from partners.scope import DIMENSIONS, Chip, Scope, choices
from triangle import typography
from triangle.models import User

OFFERED = ("service", "discipline", "setting", "region", "segment", "partner", "manager")
SEARCHED_FROM = 9  # options; a longer list is searched in


@dataclass(frozen=True)
class Choice:
    """A dimension with its options: (key, name, whether chosen)."""

    name: str
    label: Any  # a lazy translation
    options: list[tuple[int, str, bool]]

    @property
    def chosen(self) -> list[str]:
        return [name for _key, name, is_chosen in self.options if is_chosen]

    @property
    def is_long(self) -> bool:
        return len(self.options) >= SEARCHED_FROM


@dataclass(frozen=True)
class FilterBar:
    """`compares` on a page whose figures are compared; others keep the comparison for it."""

    choice: PeriodChoice
    scope: Scope
    chips: list[Chip]
    matches: int
    choices: list[Choice]
    compares: bool = False

    @property
    def is_default(self) -> bool:
        return not self.chips and not self.choice.as_query()

    @property
    def is_open(self) -> bool:
        """Something typed waits to be mended."""
        return bool(self.choice.message or (self.compares and self.choice.comparison.message))

    @property
    def said(self) -> str:
        """How much matches, in words."""
        shown = typography.number(self.matches, get_language() or "en")
        if not self.compares:
            return ngettext("%(shown)s row matches", "%(shown)s rows match", self.matches) % {
                "shown": shown
            }
        return interventions_match(self.matches)

    @property
    def rolling(self) -> list[tuple[str, Any, bool]]:
        return [one for one in self._presets() if one[0] in ROLLING]

    @property
    def calendar(self) -> list[tuple[str, Any, bool]]:
        return [one for one in self._presets() if one[0] not in ROLLING]

    @property
    def comparisons(self) -> list[tuple[str, Any, bool]]:
        chosen = CUSTOM if any(self.compared_days) else self.choice.comparison.name
        return [(name, label, name == chosen) for name, label in LABELS.items()]

    @property
    def period_name(self) -> str:
        return CUSTOM if any(self.days) else self.choice.name

    @property
    def days(self) -> tuple[str, str]:
        """First and last as the form shows them: of a custom period, or as typed."""
        choice = self.choice
        if choice.name == CUSTOM:
            return choice.period.first.isoformat(), choice.period.last.isoformat()
        return choice.typed if choice.message else ("", "")

    @property
    def compared_days(self) -> tuple[str, str]:
        found = self.choice.comparison
        if found.days:
            return found.days.first.isoformat(), found.days.last.isoformat()
        return found.typed

    @property
    def without_period(self) -> str:
        return _query(self.choice.comparison.as_query(), self.scope.as_query())

    @property
    def without_comparison(self) -> str:
        return _query(self.choice.period_query(), self.scope.as_query())

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What is chosen and the form does not offer."""
        hidden = [(name, str(key)) for name, key in self.scope.pairs() if name not in OFFERED]
        if self.compares:
            return hidden
        return [*hidden, *parse_qsl(self.choice.comparison.as_query())]

    def _presets(self) -> list[tuple[str, Any, bool]]:
        return [(name, label, name == self.period_name) for name, (label, _) in PRESETS.items()]


def filter_bar(
    scope: Scope, choice: PeriodChoice, *, user: User, matches: int, compares: bool = False
) -> FilterBar:
    return FilterBar(
        choice=choice,
        scope=scope,
        chips=scope.chips(also=choice.as_query()),
        matches=matches,
        choices=[_choice(name, scope, user) for name in OFFERED],
        compares=compares,
    )


def interventions_match(count: int) -> str:
    said = ngettext("%(count)s intervention matches", "%(count)s interventions match", count)
    return said % {"count": typography.number(count, get_language() or "en")}


def _choice(name: str, scope: Scope, user: User) -> Choice:
    chosen = set(getattr(scope, name))
    options = [(key, label, key in chosen) for key, label in choices(name, user=user)]
    return Choice(name, DIMENSIONS[name].label, options)


def _query(*parts: str) -> str:
    return "&".join(filter(None, parts))
