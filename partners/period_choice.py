"""The period a page counts: a preset, or two days chosen by hand; and what it is compared with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.chosen_days import EARLIEST as EARLIEST
from partners.chosen_days import LATEST as LATEST
from partners.chosen_days import WrongDaysError, chosen_days
from partners.comparison_choice import AGAINST_BEFORE, ComparisonChoice
from triangle.periods import Period, last_days, month_start, months_before

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

DEFAULT = "90_days"
CUSTOM = "custom"
ROLLING = (DEFAULT, "12_months")


def _twelve_months(today: date) -> Period:
    """The running month and the eleven before it."""
    return Period(months_before(today, 11), today)


def _quarter_start(today: date) -> date:
    return months_before(today, (today.month - 1) % 3)


def _months_until(start: date, count: int) -> Period:
    """Whole months that end the day before another begins."""
    return Period(months_before(start, count), start - timedelta(days=1))


PRESETS: dict[str, tuple[_StrPromise, Callable[[date], Period]]] = {
    DEFAULT: (_("Last 90 days"), lambda today: last_days(90, today=today)),
    "12_months": (_("12 months"), _twelve_months),
    "this_month": (_("This month"), lambda today: Period(month_start(today), today)),
    "last_month": (_("Last month"), lambda today: _months_until(month_start(today), 1)),
    "this_quarter": (_("This quarter"), lambda today: Period(_quarter_start(today), today)),
    "last_quarter": (_("Last quarter"), lambda today: _months_until(_quarter_start(today), 3)),
    "this_year": (_("This year"), lambda today: Period(date(today.year, 1, 1), today)),
    "last_year": (_("Last year"), lambda today: _months_until(date(today.year, 1, 1), 12)),
    "everything": (
        pgettext_lazy("period", "Everything"),
        lambda today: Period(EARLIEST, today),
    ),
}


@dataclass(frozen=True)
class PeriodChoice:
    """`message` says why the default stands instead of what was asked; None when all is well.

    `typed` are the days as they were typed, to be shown again.
    """

    name: str
    period: Period
    message: _StrPromise | None = None
    comparison: ComparisonChoice = AGAINST_BEFORE
    typed: tuple[str, str] = field(default=("", ""), compare=False)

    @classmethod
    def from_query(cls, query: Mapping[str, Any], *, today: date) -> PeriodChoice:
        """`period` names a preset; `from` and `to` are inclusive days, either may be left out.

        What it is compared with is read by `ComparisonChoice`.
        """
        choice = cls._of_period(query, today)
        compared = ComparisonChoice.from_query(query, period=choice.period)
        typed = (str(query.get("from") or ""), str(query.get("to") or ""))
        return replace(choice, comparison=compared, typed=typed)

    @classmethod
    def default(cls, *, today: date, message: _StrPromise | None = None) -> PeriodChoice:
        return cls(DEFAULT, PRESETS[DEFAULT][1](today), message)

    @classmethod
    def _of_period(cls, query: Mapping[str, Any], today: date) -> PeriodChoice:
        name = str(query.get("period") or "")
        first, last = str(query.get("from") or ""), str(query.get("to") or "")
        if name in PRESETS:
            return cls(name, PRESETS[name][1](today))
        if first or last:
            return cls._chosen(first, last, today)
        message = None if name in {"", CUSTOM} else _("This period is not known.")
        return cls.default(today=today, message=message)

    @classmethod
    def _chosen(cls, first: str, last: str, today: date) -> PeriodChoice:
        try:
            start, end = chosen_days(first, last)
            start = start or EARLIEST
            return cls(CUSTOM, Period(start, end or max(today, start)))
        except WrongDaysError as wrong:
            return cls.default(today=today, message=wrong.message)

    @property
    def compared(self) -> Period | None:
        """What the figures are compared with; None for nothing."""
        return self.comparison.of(self.period)

    @property
    def label(self) -> _StrPromise:
        """Name of the preset; a template writes out the days of a custom one."""
        return PRESETS[self.name][0] if self.name in PRESETS else pgettext_lazy("period", "Chosen")

    def as_query(self) -> str:
        """Nothing for the defaults, so that plain addresses stay plain."""
        return "&".join(filter(None, [self.period_query(), self.comparison.as_query()]))

    def period_query(self) -> str:
        if self.name == DEFAULT:
            return ""
        if self.name in PRESETS:
            return urlencode({"period": self.name})
        days = {"from": self.period.first.isoformat(), "to": self.period.last.isoformat()}
        return urlencode(days)
