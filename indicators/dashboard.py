"""What the dashboard asks: three readings at once, and what is shown beside them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from zlib import crc32

from django.utils.translation import pgettext_lazy

from indicators import gaps, targets, tiles
from indicators.changes import Change, corner_changes
from indicators.charts.trend import Beside, Marker, Month
from indicators.closed_months_board import Note, note
from indicators.comparison_board import subject_of
from indicators.differences import Differences, differences
from indicators.figures import Figures, figures_of
from indicators.formulas.mapping import MappingPoint
from indicators.models import Action, Benchmark, InterventionTally, Kept, ZoneChange
from indicators.partner_board import PartnerBoard, partner_rows
from indicators.tallies.reader import Reading
from indicators.tiles import Tile
from partners.models import CancelledBy, CriterionGrid
from partners.period_choice import PeriodChoice
from partners.scope import Scope
from triangle.periods import Period, month_start, next_month

ZONE_NAMES = {
    "strength": pgettext_lazy("zone", "Strengths"),
    "act_now": pgettext_lazy("zone", "Act now"),
    "watch": pgettext_lazy("zone", "Watch for over-quality"),
    "medium_term": pgettext_lazy("zone", "Medium-term plan"),
}
TREND_MONTHS = 12  # at least; a longer period shows all its months
ZONE_CHANGES = 5  # the latest, under the mapping
MARKERS = 4  # labels more than these would cover each other


@dataclass(frozen=True)
class Dashboard:
    """`before` is None, and `moved` empty, where there is nothing to compare with.

    `began_on` is the first day of the first month on record, where the days compared begin before.
    """

    choice: PeriodChoice
    scope: Scope
    now: Figures
    before: Figures | None
    trend: Figures
    moved: Differences
    tiles: list[Tile]
    triangle: gaps.Triangle
    months: list[Month]
    markers: list[Marker]
    benchmark: Benchmark | None = None
    zone_changes: tuple[ZoneChange, ...] = ()
    aims: targets.Applying = targets.NONE
    frozen: Note | None = None
    began_on: date | None = None

    @cached_property
    def partners(self) -> PartnerBoard:
        """Asked for when it is looked at: the page fetches it later."""
        return partner_rows(self.scope, self.choice.period)

    @property
    def sides(self) -> list[tuple[str, str, int]]:
        """Of each side that can cancel: its rows, its name on screen, its count."""
        counts = self.now.cancellation.by_side
        return [(f"cancelled_{one.value}", str(one.label), counts[one]) for one in CancelledBy]

    @property
    def scores(self) -> list[tuple[str, int, int]]:
        """Of each score: its rows, itself, its count of answers with a why."""
        counts = self.now.nps.distribution
        return [(f"score_{score}", score, count) for score, count in enumerate(counts)]

    @property
    def dated_months(self) -> list[tuple[Month, Period]]:
        """Months of the trend with the days that count in them."""
        last = self.trend.period.last
        ends = [next_month(month.starts_on) - timedelta(days=1) for month in self.months]
        return [
            (month, Period(month.starts_on, min(end, last)))
            for month, end in zip(self.months, ends, strict=True)
        ]

    @property
    def corner_changes(self) -> dict[str, Change | None]:
        return corner_changes(self.moved)

    @property
    def shares(self) -> dict[str, float]:
        score = self.now.nps
        return {
            name: count / score.n if score.n else 0
            for name, count in (
                ("detractors", score.detractors),
                ("passives", score.passives),
                ("promoters", score.promoters),
            )
        }

    @property
    def beside(self) -> Beside | None:
        if self.benchmark is None:
            return None
        value = float(self.benchmark.value)
        return Beside(value, f"{self.benchmark.name} {value:+.0f}")

    @property
    def zones(self) -> list[tuple[MappingPoint, str]]:
        return named_zones(self.now.mapping)

    @property
    def is_compared(self) -> bool:
        """Whether the filter is about one partner or one service, to be seen beside the others."""
        return subject_of(self.scope) is not None

    @property
    def key(self) -> str:
        """Tells one filter from another where an address would be too long."""
        return f"{crc32(self.query.encode()):08x}"

    @property
    def query(self) -> str:
        """The filter as the address says it, for the links to the rows."""
        return "&".join(filter(None, [self.choice.as_query(), self.scope.as_query()]))


def dashboard(scope: Scope, choice: PeriodChoice, *, today: date) -> Dashboard:
    readings = [
        Reading(choice.period),
        Reading(trend_period(choice.period, today=today), "month"),
        *([Reading(choice.compared)] if choice.compared else []),
    ]
    now, trend, *compared = (found.for_show() for found in figures_of(scope, readings))
    before = compared[0] if compared else None
    moved = differences(now, before) if before else {}
    aims = targets.applying(scope, {choice.period.last.year, *_years(trend.period)})
    return Dashboard(
        choice=choice,
        scope=scope,
        now=now,
        before=before,
        trend=trend,
        moved=moved,
        tiles=targets.on_tiles(tiles.tiles(now, moved, trend.rows), now, aims),
        triangle=gaps.triangle(
            now, trend.rows, reviewed_on=_reviewed_on(scope, today=today), today=today
        ),
        months=_months(trend.rows, aims, today=today),
        markers=_markers(scope, trend.period),
        benchmark=Benchmark.objects.beside(scope.discipline, until=trend.period.last),
        zone_changes=_zone_changes(scope, until=choice.period.last),
        aims=aims,
        frozen=note(scope, choice.period),
        began_on=_began_on(choice.compared),
    )


def named_zones(points: Iterable[MappingPoint]) -> list[tuple[MappingPoint, str]]:
    """Criteria with the name of their zone on screen."""
    return [(point, str(ZONE_NAMES[point.zone]) if point.zone else "") for point in points]


def trend_period(period: Period, *, today: date) -> Period:
    """The months of the period, and enough before it to see a trend."""
    last = min(period.last, max(today, period.first))
    start = month_start(last)
    for _month in range(TREND_MONTHS - 1):
        start = month_start(start - timedelta(days=1))
    return Period(min(start, month_start(period.first)), last)


def _years(period: Period) -> range:
    return range(period.first.year, period.last.year + 1)


def _months(rows: tuple[Figures, ...], aims: targets.Applying, *, today: date) -> list[Month]:
    return [
        Month(
            row.key,
            row.nps,
            is_running=row.key == month_start(today),
            target=aims.value("nps", row.key.year),
        )
        for row in rows
        if isinstance(row.key, date)
    ]


def _markers(scope: Scope, period: Period) -> list[Marker]:
    """Actions done in the months shown, of the disciplines in the filter or of all."""
    done = Action.objects.filter(done_on__range=(period.first, period.last))
    if scope.discipline:
        done = done.filter(discipline__in=[*scope.discipline]) | done.filter(discipline=None)
    return [
        Marker(action.done_on, action.title)
        for action in done.order_by("-done_on")[:MARKERS]
        if action.done_on
    ]


def _zone_changes(scope: Scope, *, until: date) -> tuple[ZoneChange, ...]:
    """The journal is kept for everything and for each discipline: other filters have none."""
    if scope.dimensions - {"discipline"} or len(scope.discipline) > 1:
        return ()
    discipline = scope.discipline[0] if scope.discipline else None
    return tuple(ZoneChange.objects.of(discipline, until=until)[:ZONE_CHANGES])


def _began_on(compared: Period | None) -> date | None:
    """What was before the first month was not measured, and is no reason for a change."""
    months = InterventionTally.objects.filter(level=Kept.MONTH_ALL).order_by("starts_on")
    first = months.values_list("starts_on", flat=True).first() if compared else None
    return first if first and compared and compared.first < first else None


def _reviewed_on(scope: Scope, *, today: date) -> date | None:
    grids = CriterionGrid.objects.filter(valid_from__lte=today)
    if scope.discipline:
        grids = grids.filter(discipline__in=scope.discipline)
    return grids.order_by("-valid_from").values_list("valid_from", flat=True).first()
