"""The three gaps by partner, discipline and setting: read live, and only when somebody asks.

No level of tallies keeps disciplines apart in a setting. Each side costs one query, grouped by the
database, whatever the number of partners.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Aggregate, Count, F, Q, QuerySet, Sum

from indicators.formulas import SIGNIFICANT_BELOW
from indicators.gap_lines import GapLine, Sides, gap_line, place
from indicators.measures import EXPLAINED, FAMILIES, FIRM, INTERVENTIONS
from indicators.models import Family
from indicators.sums import Answers
from partners.models import Partner
from partners.period_choice import PeriodChoice
from partners.scope import Scope
from triangle.models import Discipline, Setting
from triangle.periods import Period

SCORE = {
    "n": Count("pk"),
    "sum": Sum("score"),
    "squares": Sum(F("score") * F("score")),
}
STEPS = [f"{side}_{part}" for side in ("expected", "delivered") for part in SCORE]
KNOWN = Q(expected_percent__isnull=False) | Q(delivered_percent__isnull=False)


class Kind(NamedTuple):
    """A kind of work; no partner where it is that of all, or where nobody was assigned."""

    partner: int | None
    discipline: int
    setting: int


@dataclass(frozen=True)
class Line:
    """A kind of work under a filter; `partner` is empty on a line of all."""

    kind: Kind
    partner: str
    discipline: str
    setting: str
    found: GapLine
    scope: Scope
    choice: PeriodChoice

    @property
    def query(self) -> str:
        """Leads to the rows behind its numbers."""
        narrowed = replace(
            self.scope,
            partner=() if self.kind.partner is None else (self.kind.partner,),
            discipline=(self.kind.discipline,),
            setting=(self.kind.setting,),
        )
        return _query(narrowed, self.choice)

    @property
    def name(self) -> str:
        return " · ".join(filter(None, [self.partner, self.discipline, self.setting]))


@dataclass(frozen=True)
class GapsBoard:
    """Lines of the network, then of its partners, each with what needs attention first."""

    network: list[Line]
    partners: list[Line]
    minimum: int
    query: str

    @cached_property
    def tested(self) -> int:
        """Gaps that were decided."""
        lines = [*self.network, *self.partners]
        return sum(one.is_decided for line in lines for one in line.found.gaps)

    @property
    def by_chance(self) -> int:
        """As many of them would be called certain if there were no gap at all."""
        return round(self.tested * SIGNIFICANT_BELOW)

    @property
    def undecided(self) -> int:
        return sum(line.found.state == "undecided" for line in self.partners)


def gaps_board(scope: Scope, choice: PeriodChoice) -> GapsBoard:
    """Six queries at most, and nine where the filter names partners: they stand beside the network.

    Lines of the network are of all partners, but only of the kinds of work that these have.
    """
    cells = _sides(scope, choice.period)
    everybody = cells
    if scope.partner:
        everybody = _sides(_alike(scope, cells), choice.period) if cells else {}
    works = {kind[1:] for kind in cells}
    network: dict[Kind, Sides] = defaultdict(Sides)
    for kind, sides in everybody.items():
        if kind[1:] in works:
            network[kind._replace(partner=None)] += sides
    return _board(scope, choice, cells, network)


def gaps_of_partners(scope: Scope, choice: PeriodChoice) -> GapsBoard:
    """Without the network beside them; six queries at most."""
    return _board(scope, choice, _sides(scope, choice.period), {})


def _alike(scope: Scope, cells: Iterable[Kind]) -> Scope:
    """Everybody who does work of these disciplines in these settings."""
    return replace(
        scope,
        partner=(),
        discipline=tuple(sorted({kind.discipline for kind in cells})),
        setting=tuple(sorted({kind.setting for kind in cells})),
    )


def _board(
    scope: Scope, choice: PeriodChoice, cells: Mapping[Kind, Sides], network: Mapping[Kind, Sides]
) -> GapsBoard:
    own = {kind: sides for kind, sides in cells.items() if kind.partner is not None}
    named = _naming([*own, *network], scope, choice)
    return GapsBoard(
        network=_placed(map(named, network.items())),
        partners=_placed(map(named, own.items())),
        minimum=settings.PARTNER_MINIMUM_ANSWERS,
        query=_query(scope, choice),
    )


def _placed(lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: (place(line.found), line.name.casefold()))


def _naming(
    kinds: Iterable[Kind], scope: Scope, choice: PeriodChoice
) -> Callable[[tuple[Kind, Sides]], Line]:
    found = list(kinds)
    partners = _names(Partner, {kind.partner for kind in found})
    disciplines = _names(Discipline, {kind.discipline for kind in found})
    places = _names(Setting, {kind.setting for kind in found})

    def line(counted: tuple[Kind, Sides]) -> Line:
        kind, sides = counted
        return Line(
            kind,
            partner=partners.get(kind.partner, ""),
            discipline=disciplines[kind.discipline],
            setting=places[kind.setting],
            found=gap_line(sides, minimum=settings.PARTNER_MINIMUM_ANSWERS),
            scope=scope,
            choice=choice,
        )

    return line


def _names(model: type[Any], keys: set[Any]) -> dict[int | None, str]:
    return {one.pk: one.name for one in model.objects.filter(pk__in=keys - {None})}


def _query(scope: Scope, choice: PeriodChoice) -> str:
    return "&".join(filter(None, [choice.as_query(), scope.as_query()]))


def _sides(scope: Scope, period: Period) -> dict[Kind, Sides]:
    """Three queries: interventions tell two sides at once."""
    cells: dict[Kind, Sides] = defaultdict(Sides)
    steps = {name: INTERVENTIONS[name] for name in STEPS}
    for kind, sums in _grouped(Family.INTERVENTION, FIRM & KNOWN, steps, scope, period):
        cells[kind] += Sides(expected=Answers(*sums[:3]), delivered=Answers(*sums[3:]))
    for kind, sums in _grouped(Family.RATING, EXPLAINED, SCORE, scope, period):
        cells[kind] += Sides(perceived=Answers(*sums))
    for kind, sums in _grouped(Family.DEBRIEF, Q(), SCORE, scope, period):
        cells[kind] += Sides(partner=Answers(*sums))
    return cells


def _grouped(
    family: Family, among: Q, measures: dict[str, Aggregate], scope: Scope, period: Period
) -> Iterable[tuple[Kind, list[int]]]:
    measured = FAMILIES[family]
    days = {f"{measured.day}__range": (period.first, period.last)}
    facts: QuerySet[Any] = measured.facts._default_manager.filter(measured.counted, among, **days)
    rows: Any = (
        scope.narrow(facts)
        .order_by()
        .values_list("partner", "service__discipline", "setting")
        .annotate(**measures)
    )
    for partner, discipline, setting, *sums in rows:
        yield Kind(partner, discipline, setting), sums
