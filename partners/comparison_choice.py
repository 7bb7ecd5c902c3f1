"""What the figures of a period are compared with.

The address says `compare=year`, `compare=none`, or `compare=custom` with `compare_from` and
`compare_to`; it says nothing for the period before, which is the default. Days of the period itself
are refused: the same answers on both sides would make any test of the difference wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.chosen_days import EARLIEST, LATEST, WrongDaysError, chosen_days
from triangle.periods import Period

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

BEFORE, YEAR, CUSTOM, NONE = "before", "year", "custom", "none"
LABELS: dict[str, _StrPromise] = {
    BEFORE: _("The period before"),
    YEAR: _("The same days a year before"),
    CUSTOM: pgettext_lazy("comparison", "Chosen days"),
    NONE: pgettext_lazy("comparison", "Nothing"),
}


@dataclass(frozen=True)
class ComparisonChoice:
    """`days` are those of a custom one; `message` says why the default stands instead.

    `typed` are the days as they were typed, to be shown again.
    """

    name: str = BEFORE
    days: Period | None = None
    message: _StrPromise | None = None
    typed: tuple[str, str] = field(default=("", ""), compare=False)

    @property
    def label(self) -> _StrPromise:
        return LABELS[self.name]

    @classmethod
    def from_query(cls, query: Mapping[str, Any], *, period: Period) -> ComparisonChoice:
        """Of two days either may be left out: the comparison is then as long as the period."""
        name = str(query.get("compare") or "")
        first, last = str(query.get("compare_from") or ""), str(query.get("compare_to") or "")
        if name == CUSTOM or (not name and (first or last)):
            return cls._chosen(first, last, period)
        if name == YEAR and period.year_before().overlaps(period):
            return cls(message=_("A period longer than a year meets itself a year before."))
        if name in LABELS:
            return cls(name)
        return cls(message=_("This comparison is not known.") if name else None)

    @classmethod
    def _chosen(cls, first: str, last: str, period: Period) -> ComparisonChoice:
        try:
            days = _completed(*chosen_days(first, last), period)
        except WrongDaysError as wrong:
            return cls(message=wrong.message, typed=(first, last))
        if days.overlaps(period):
            said = _("The days to compare with belong to the period itself.")
            return cls(message=said, typed=(first, last))
        return cls(CUSTOM, days)

    def of(self, period: Period) -> Period | None:
        """The days beside a period; None for nothing, or where nothing can come before."""
        if self.name == CUSTOM:
            return self.days
        if self.name == NONE or period.first.year == EARLIEST.year:
            return None
        return period.year_before() if self.name == YEAR else period.before()

    def as_query(self) -> str:
        """Nothing for the default, so that plain addresses stay plain."""
        if self.name == BEFORE:
            return ""
        days = self.days
        chosen = {"compare_from": days.first, "compare_to": days.last} if days else {}
        return urlencode({"compare": self.name, **chosen})


AGAINST_BEFORE = ComparisonChoice()


def _completed(first: date | None, last: date | None, period: Period) -> Period:
    if first is None and last is None:
        raise WrongDaysError(_("Choose the days to compare with."))
    length = timedelta(days=period.days - 1)
    start = first or max(EARLIEST, (last or LATEST) - length)
    return Period(start, last or min(LATEST, start + length))
