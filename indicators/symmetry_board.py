"""What partners and their clients said, month by month, and whether one follows the other."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from indicators.formulas.symmetry import Place, Quadrant, Symmetry, Voices, symmetry
from indicators.models import SCORES, Family
from indicators.tallies.reader import Key, Reading, Sums, read_all
from partners.models import Partner
from partners.scope import Scope
from triangle.periods import Period, next_month

MOST_MONTHS = 36  # the latest of a longer period

QUADRANT_NAMES: dict[Quadrant, Promise] = {
    "in_tune": pgettext_lazy("quadrant", "In tune"),
    "early_warning": pgettext_lazy("quadrant", "Early warning"),
    "blind_spot": pgettext_lazy("quadrant", "Blind spot"),
    "both": pgettext_lazy("quadrant", "Act on both"),
}
RELATION_NAMES = {
    "levels": _("Between partners"),
    "same_month": _("Within each partner, same month"),
    "month_later": _("Within each partner, clients a month later"),
}


@dataclass(frozen=True)
class Named:
    """A partner with name, place and the word for it."""

    name: str
    place: Place
    word: str | Promise


@dataclass(frozen=True)
class SymmetryBoard:
    scope: Scope
    months: Period
    found: Symmetry
    partners: list[Named]

    @property
    def early(self) -> list[Named]:
        """Their clients are still satisfied; the least satisfied partner first."""
        early = [one for one in self.partners if one.place.quadrant == "early_warning"]
        return sorted(early, key=lambda one: one.place.voices.own)

    @property
    def relations(self) -> list[tuple[Promise, object]]:
        return [(RELATION_NAMES[one.name], one) for one in self.found.relations]


def symmetry_board(scope: Scope, period: Period) -> SymmetryBoard:
    """Three queries at most, whatever the filter; months are taken whole."""
    months = [_whole(month) for month in period.months()][-MOST_MONTHS:]
    found = symmetry(_cells(scope, months), minimum=settings.PARTNER_MINIMUM_ANSWERS)
    keys = [place.partner for place in found.places]
    names = dict(Partner.objects.filter(pk__in=keys).values_list("pk", "name"))
    partners = [
        Named(names[place.partner], place, QUADRANT_NAMES[place.quadrant]) for place in found.places
    ]
    partners.sort(key=lambda one: (one.place.voices.own, one.name.casefold()))
    return SymmetryBoard(scope, Period(months[0].first, months[-1].last), found, partners)


def _cells(scope: Scope, months: list[Period]) -> dict[tuple[int, date], Voices]:
    cells: dict[tuple[int, date], Voices] = defaultdict(Voices)
    readings = [Reading(month, "partner") for month in months]
    found = read_all(scope, readings, families=[Family.DEBRIEF, Family.RATING])
    for month, rows in zip(months, found, strict=True):
        for partner in _known(rows):
            own, clients = (
                _scores(rows[partner], prefix) for prefix in ("debrief_score_", "rating_explained_")
            )
            cells[partner, month.first] = Voices(*own[:2], *clients[:2], own[2], clients[2])
    return cells


def _known(rows: dict[Key, Sums]) -> set[int]:
    """Facts of nobody say nothing about a partner."""
    return {key for key in rows if isinstance(key, int)}


def _scores(sums: Sums, prefix: str) -> tuple[int, int, int]:
    """How many scores, their sum, and that of their squares."""
    counts = [sums.counts.get(f"{prefix}{score}", 0) for score in SCORES]
    total = sum(score * count for score, count in zip(SCORES, counts, strict=True))
    squares = sum(score**2 * count for score, count in zip(SCORES, counts, strict=True))
    return sum(counts), total, squares


def _whole(month: date) -> Period:
    return Period(month, next_month(month) - timedelta(days=1))
