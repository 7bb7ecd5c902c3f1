"""The one filter bar: what is on, as chips, and what can be added."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from partners.period_choice import DEFAULT, PRESETS, PeriodChoice
from partners.scope import DIMENSIONS, Chip, Scope, choices
from triangle.models import User

OFFERED = ("service", "discipline", "setting", "region", "segment", "partner", "manager")


@dataclass(frozen=True)
class Choice:
    """A dimension with its options: (key, name, whether chosen)."""

    name: str
    label: Any  # a lazy translation
    options: list[tuple[int, str, bool]]


@dataclass(frozen=True)
class FilterBar:
    choice: PeriodChoice
    chips: list[Chip]
    matches: int
    choices: list[Choice]
    presets: list[tuple[str, Any, bool]]
    scope_query: str

    @property
    def is_default(self) -> bool:
        return not self.chips and self.choice.name == DEFAULT


def filter_bar(scope: Scope, choice: PeriodChoice, *, user: User, matches: int) -> FilterBar:
    return FilterBar(
        choice=choice,
        chips=scope.chips(also=choice.as_query()),
        matches=matches,
        choices=[_choice(name, scope, user) for name in OFFERED],
        presets=[(name, label, name == choice.name) for name, (label, _) in PRESETS.items()],
        scope_query=scope.as_query(),
    )


def _choice(name: str, scope: Scope, user: User) -> Choice:
    chosen = set(getattr(scope, name))
    options = [(key, label, key in chosen) for key, label in choices(name, user=user)]
    return Choice(name, DIMENSIONS[name].label, options)
