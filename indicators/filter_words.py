"""The filter in words, for files, mails and links that have no filter bar."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners.comparison_choice import LABELS, NONE
from partners.period_choice import PeriodChoice
from partners.scope import DIMENSIONS, Scope
from triangle.periods import Period
from triangle.templatetags.ui import long_day


def filter_words(scope: Scope, choice: PeriodChoice, *, unnamed: Collection[str] = ()) -> list[str]:
    """The period, then each part of the filter; of the `unnamed` parts only how many are chosen."""
    chosen: dict[str, list[str]] = {}
    for chip in scope.chips():
        chosen.setdefault(chip.dimension, []).append(chip.value)
    parts = [
        (DIMENSIONS[name].label, _count(values) if name in unnamed else ", ".join(values))
        for name, values in chosen.items()
    ]
    return [
        _("%(name)s: %(value)s") % {"name": n, "value": v} for n, v in [_period(choice), *parts]
    ]


def comparison_words(choice: PeriodChoice) -> str:
    """For what shows changes: "Compared with: 1 January 2025 to 31 March 2025"."""
    days = _days(choice.compared) if choice.compared else str(LABELS[NONE])
    return _("%(name)s: %(value)s") % {"name": _("Compared with"), "value": days}


def _period(choice: PeriodChoice) -> tuple[object, str]:
    return choice.label, _days(choice.period)


def _days(period: Period) -> str:
    days = {"first": long_day(period.first, "j F Y"), "last": long_day(period.last, "j F Y")}
    return _("%(first)s to %(last)s") % days


def _count(values: list[str]) -> str:
    return ngettext("%(n)s chosen", "%(n)s chosen", len(values)) % {"n": len(values)}
