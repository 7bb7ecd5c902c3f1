"""The partners of a scope by band: a score with its interval against the network, never a rank."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from math import floor

from django.conf import settings

from indicators.figures import Figures
from indicators.formulas import estimates
from indicators.formulas.estimates import Band, Mean, Rate
from indicators.models import SCORES, Family
from indicators.tallies.reader import TOTAL, Sums, cut, joined, read, read_pieces
from partners.models import Partner
from partners.scope import Scope
from triangle.periods import Period

COUNTED = (Family.RATING, Family.INTERVENTION)
SHOWN = 6  # on the dashboard
MOST_LEAST = 8  # of ten: an axis of at least two points
EXPLAINED = [f"rating_explained_{score}" for score in SCORES]


@dataclass(frozen=True)
class PartnerRow:
    """`band` is None with fewer answers than the minimum: show the phrase, not the score."""

    partner_id: int
    external_id: str
    name: str
    figures: Figures
    band: Band | None
    minimum: int

    @cached_property
    def n(self) -> int:
        """Answers with a why."""
        return sum(self.figures.sums.counts.get(name, 0) for name in EXPLAINED)

    @property
    def has_enough(self) -> bool:
        return self.n >= self.minimum

    @property
    def score(self) -> Mean:
        """Mean, 0 to 10, of answers with a why."""
        return self.figures.perceived

    @property
    def completed(self) -> int:
        return self.figures.volume.completed

    @cached_property
    def cancelled_by_partner(self) -> Rate:
        cancellation = self.figures.cancellation
        return estimates.wilson(cancellation.by_side["partner"], cancellation.base)


@dataclass(frozen=True)
class PartnerBoard:
    """`network` is the mean score of the scope, whichever of its partners are chosen."""

    network: Mean
    rows: tuple[PartnerRow, ...]

    @property
    def least(self) -> int:
        """Where the axis of the intervals begins, of 0 to 10: what is alike can be told apart."""
        lows = [row.score.low for row in self.rows if row.has_enough and row.score.low is not None]
        return min(MOST_LEAST, floor(min(lows, default=0)))

    @property
    def some(self) -> list[PartnerRow]:
        """The best and the worst placed, and one there is too little of; all are one click away."""
        enough = [row for row in self.rows if row.has_enough]
        few = [row for row in self.rows if not row.has_enough]
        if len(enough) > SHOWN:
            enough = [*enough[: SHOWN // 2], *enough[-(SHOWN // 2) :]]
        return [*enough, *few[: max(1, SHOWN - len(enough))]]


def partner_rows(scope: Scope, period: Period) -> PartnerBoard:
    """Partners with any activity, by the lower bound of their score; those with too few last.

    Four queries whatever the filter.
    """
    pieces = [piece for piece in cut(scope, period, "partner") if not piece.rest]
    parts = joined(pieces, read_pieces(scope, pieces, COUNTED))
    network = _figures(scope, period, _everybody(scope, period)).perceived
    rows = [
        _row(key, external_id, name, _figures(scope, period, parts[key]), network)
        for key, external_id, name in Partner.objects.order_by().values_list(
            "pk", "external_id", "name"
        )
        if key in parts
    ]
    return PartnerBoard(network, tuple(sorted(rows, key=_place)))


def _everybody(scope: Scope, period: Period) -> Sums:
    """The ratings of all partners of the scope, and of none."""
    rows = read(scope.without("partner"), period, families=[Family.RATING])
    return rows.get(TOTAL, Sums())


def _figures(scope: Scope, period: Period, sums: Sums) -> Figures:
    return Figures(scope, period, as_of=None, version=0, sums=sums)


def _row(key: int, external_id: str, name: str, own: Figures, network: Mean) -> PartnerRow:
    row = PartnerRow(key, external_id, name, own, None, settings.PARTNER_MINIMUM_ANSWERS)
    if not row.has_enough:
        return row
    return replace(row, band=estimates.band(row.score.low, row.score.high, network.value))


def _place(row: PartnerRow) -> tuple[bool, float, str, int]:
    low = row.score.low if row.has_enough and row.score.low is not None else 0.0
    return (not row.has_enough, -low, row.name.casefold(), row.partner_id)
