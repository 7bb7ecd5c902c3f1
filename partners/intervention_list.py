"""What the list of interventions was asked for: scope, period and its own filters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.forms import InterventionFilter
from partners.models.intervention import InterventionQuerySet
from partners.period_choice import CUSTOM, PRESETS, PeriodChoice
from partners.scope import DIMENSIONS, Chip, Scope, choices
from triangle.models import User

AHEAD = "ahead"
RECENT_DAYS = 90
PERIOD_KEYS = ("period", "from", "to")
OFFERED = ("service", "discipline", "setting", "segment", "region", "manager")


@dataclass(frozen=True)
class Choice:
    name: str
    label: str | Promise
    options: list[tuple[str, str | Promise]]
    chosen: str


@dataclass(frozen=True)
class Asked:
    """No period means the last 90 days and all that lies ahead."""

    scope: Scope
    choice: PeriodChoice | None
    is_ahead: bool
    form: InterventionFilter
    user: User
    today: date

    @property
    def is_on(self) -> bool:
        return bool(self.scope or self.choice or self.is_ahead or self.form.is_on)

    @property
    def period_label(self) -> str | Promise:
        if self.is_ahead:
            return pgettext_lazy("period", "From today on")
        return self.choice.label if self.choice else _("Last 90 days and ahead")

    @property
    def is_custom(self) -> bool:
        return bool(self.choice and self.choice.name == CUSTOM)

    @property
    def message(self) -> str | Promise | None:
        return self.choice.message if self.choice else None

    def chips(self) -> list[Chip]:
        others = "&".join(filter(None, [self._period_query, self.form.as_query()]))
        return self.scope.chips(also=others)

    def kept(self) -> list[tuple[str, int]]:
        """What is chosen and the form does not offer."""
        return [pair for pair in self.scope.pairs() if pair[0] not in OFFERED]

    def periods(self) -> Choice:
        options: list[tuple[str, str | Promise]] = [
            ("", _("Last 90 days and ahead")),
            (AHEAD, pgettext_lazy("period", "From today on")),
            *((name, label) for name, (label, _period) in PRESETS.items()),
            (CUSTOM, pgettext_lazy("period", "Chosen days")),
        ]
        chosen = AHEAD if self.is_ahead else self.choice.name if self.choice else ""
        return Choice("period", _("period"), options, chosen)

    def scopes(self) -> Iterator[Choice]:
        """One query for each list of choices."""
        for name in OFFERED:
            options = [(str(key), label) for key, label in choices(name, user=self.user)]
            chosen = getattr(self.scope, name)
            first = str(chosen[0]) if chosen else ""
            yield Choice(name, DIMENSIONS[name].label, [("", _("all")), *options], first)

    def narrow(self, rows: InterventionQuerySet) -> InterventionQuerySet:
        narrowed: Any = self.scope.narrow(self.form.narrow(self._in_time(rows)))
        found: InterventionQuerySet = narrowed
        if self.is_ahead:
            return found.for_list().order_by("scheduled_at", "id")
        return found.for_list()

    @property
    def _period_query(self) -> str:
        if self.is_ahead:
            return f"period={AHEAD}"
        if not self.choice:
            return ""
        return self.choice.period_query() or f"period={self.choice.name}"

    def _in_time(self, rows: InterventionQuerySet) -> InterventionQuerySet:
        if self.is_ahead:
            return rows.filter(scheduled_on__gte=self.today)
        if self.choice:
            period = self.choice.period
            return rows.filter(scheduled_on__range=(period.first, period.last))
        return rows.recent(since=self.today - timedelta(days=RECENT_DAYS - 1))


def read(query: Mapping[str, Any], *, user: User, today: date) -> Asked:
    is_ahead = query.get("period") == AHEAD
    has_period = not is_ahead and any(query.get(key) for key in PERIOD_KEYS)
    return Asked(
        scope=Scope.from_query(query, user=user),
        choice=PeriodChoice.from_query(query, today=today) if has_period else None,
        is_ahead=is_ahead,
        form=InterventionFilter(query),
        user=user,
        today=today,
    )
