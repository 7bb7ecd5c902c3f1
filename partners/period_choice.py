"""The period a page counts: a preset, or two days chosen by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from triangle.periods import Period, last_days, month_start

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

DEFAULT = "90_days"
CUSTOM = "custom"
EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)  # days that can be chosen


def _last_month(today: date) -> Period:
    end = month_start(today) - timedelta(days=1)
    return Period(month_start(end), end)


def _twelve_months(today: date) -> Period:
    """The running month and the eleven before it."""
    years, month = divmod(today.year * 12 + today.month - 12, 12)
    return Period(date(years, month + 1, 1), today)


PRESETS: dict[str, tuple[_StrPromise, Callable[[date], Period]]] = {
    DEFAULT: (_("Last 90 days"), lambda today: last_days(90, today=today)),
    "this_month": (_("This month"), lambda today: Period(month_start(today), today)),
    "last_month": (_("Last month"), _last_month),
    "12_months": (_("12 months"), _twelve_months),
    "this_year": (_("This year"), lambda today: Period(date(today.year, 1, 1), today)),
    "everything": (
        pgettext_lazy("period", "Everything"),
        lambda today: Period(EARLIEST, today),
    ),
}


@dataclass(frozen=True)
class PeriodChoice:
    """`message` says why the default stands instead of what was asked; None when all is well."""

    name: str
    period: Period
    message: _StrPromise | None = None

    @classmethod
    def from_query(cls, query: Mapping[str, Any], *, today: date) -> PeriodChoice:
        """`period` names a preset; `from` and `to` are inclusive days, either may be left out."""
        name = str(query.get("period") or "")
        first, last = str(query.get("from") or ""), str(query.get("to") or "")
        if name in PRESETS:
            return cls(name, PRESETS[name][1](today))
        if first or last:
            return cls._chosen(first, last, today)
        message = None if name in {"", CUSTOM} else _("This period is not known.")
        return cls.default(today=today, message=message)

    @classmethod
    def default(cls, *, today: date, message: _StrPromise | None = None) -> PeriodChoice:
        return cls(DEFAULT, PRESETS[DEFAULT][1](today), message)

    @classmethod
    def _chosen(cls, first: str, last: str, today: date) -> PeriodChoice:
        try:
            start = date.fromisoformat(first) if first else EARLIEST
            end = date.fromisoformat(last) if last else max(today, start)
        except ValueError:
            return cls.default(today=today, message=_("One of the days is not a date."))
        if start < EARLIEST or end > LATEST:
            return cls.default(today=today, message=_("Choose days between 2000 and 2099."))
        if end < start:
            return cls.default(today=today, message=_("The last day comes before the first day."))
        return cls(CUSTOM, Period(start, end))

    @property
    def label(self) -> _StrPromise:
        """Name of the preset; a template writes out the days of a custom one."""
        return PRESETS[self.name][0] if self.name in PRESETS else pgettext_lazy("period", "Chosen")

    def as_query(self) -> str:
        """Nothing for the default, so that plain addresses stay plain."""
        if self.name == DEFAULT:
            return ""
        if self.name in PRESETS:
            return urlencode({"period": self.name})
        days = {"from": self.period.first.isoformat(), "to": self.period.last.isoformat()}
        return urlencode(days)
