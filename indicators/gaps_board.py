"""The three gaps by partner, discipline and setting: read live, and only when somebody asks.

No level of tallies keeps disciplines apart in a setting. Each side costs one query, grouped by the
database, whatever the number of partners.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Aggregate, Count, F, Q, QuerySet, Sum

from indicators.formulas.estimates import SIGNIFICANT_BELOW
from indicators.formulas.sums import Answers
from indicators.gap_lines import GapLine, Sides, gap_line, place, together
from indicators.models import Family
from indicators.sharing.saved_views import as_query
from indicators.tallies.measures import EXPLAINED, FAMILIES, FIRM
from partners.models import Partner
from partners.period_choice import PeriodChoice
from partners.scope import Scope
from triangle.models import Discipline, Setting
from triangle.periods import Period

OF_ALL = ("service__discipline", "setting")
OF_PARTNERS = (*OF_ALL, "partner")  # in the order of a Kind
STEPS = ("expected_percent", "delivered_percent")
KNOWN = Q(expected_percent__isnull=False) | Q(delivered_percent__isnull=False)


class Kind(NamedTuple):
    """A kind of work; no partner where it is that of all, or where nobody was assigned."""

    discipline: int
    setting: int
    partner: int | None = None


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
        return as_query(narrowed, self.choice)

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
    cells = _sides(scope, choice.period, OF_PARTNERS)
    works: dict[Kind, list[Sides]] = defaultdict(list)
    for kind, sides in cells.items():
        works[kind._replace(partner=None)].append(sides)
    if not scope.partner:
        network = {work: together(parts) for work, parts in works.items()}
    else:
        network = _everybody(scope, choice.period, works) if works else {}
    return _board(scope, choice, cells, network)


def gaps_of_partners(scope: Scope, choice: PeriodChoice) -> GapsBoard:
    """Without the network beside them; six queries at most."""
    return _board(scope, choice, _sides(scope, choice.period, OF_PARTNERS), {})


def _everybody(scope: Scope, period: Period, works: Collection[Kind]) -> dict[Kind, Sides]:
    """What all partners make of these kinds of work, whichever of them the filter names."""
    alike = replace(
        scope,
        partner=(),
        discipline=tuple(sorted({work.discipline for work in works})),
        setting=tuple(sorted({work.setting for work in works})),
    )
    found = _sides(alike, period, OF_ALL)
    return {work: sides for work, sides in found.items() if work in works}


def _board(
    scope: Scope, choice: PeriodChoice, cells: Mapping[Kind, Sides], network: Mapping[Kind, Sides]
) -> GapsBoard:
    own = {kind: sides for kind, sides in cells.items() if kind.partner is not None}
    named = _naming([*own, *network], scope, choice)
    return GapsBoard(
        network=_placed(map(named, network.items())),
        partners=_placed(map(named, own.items())),
        minimum=settings.PARTNER_MINIMUM_ANSWERS,
        query=as_query(scope, choice),
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


def _sides(scope: Scope, period: Period, by: Sequence[str]) -> dict[Kind, Sides]:
    """Three queries: interventions tell two sides at once."""
    told: dict[Kind, dict[str, Answers]] = defaultdict(dict)
    for kind, sums in _grouped(Family.INTERVENTION, FIRM & KNOWN, STEPS, scope, period, by):
        told[kind]["expected"], told[kind]["delivered"] = Answers(*sums[:3]), Answers(*sums[3:])
    for kind, sums in _grouped(Family.RATING, EXPLAINED, ("score",), scope, period, by):
        told[kind]["perceived"] = Answers(*sums)
    for kind, sums in _grouped(Family.DEBRIEF, Q(), ("score",), scope, period, by):
        told[kind]["partner"] = Answers(*sums)
    return {kind: Sides(**sides) for kind, sides in told.items()}


def _grouped(
    family: Family,
    among: Q,
    marks: Sequence[str],
    scope: Scope,
    period: Period,
    by: Sequence[str],
) -> Iterator[tuple[Kind, list[int]]]:
    """Of each mark how many, their sum and that of their squares.

    The facts are told apart once, before they are grouped: said again in each sum, as tallies have
    it, it would cost half as much again.
    """
    measured = FAMILIES[family]
    days = {f"{measured.day}__range": (period.first, period.last)}
    facts: QuerySet[Any] = measured.facts._default_manager.filter(measured.counted, among, **days)
    sums = {f"{mark}_{name}": one for mark in marks for name, one in _answers(mark).items()}
    for row in scope.narrow(facts).order_by().values_list(*by).annotate(**sums):
        yield Kind(*row[: len(by)]), list(row[len(by) :])


def _answers(mark: str) -> dict[str, Aggregate]:
    return {
        "n": Count(mark),
        "sum": Sum(mark, default=0),
        "squares": Sum(F(mark) * F(mark), default=0),
    }
