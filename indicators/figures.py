"""The figures of a scope and a period: what the dashboard, the command and the API show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, TypeVar

from django.conf import settings
from django.utils.translation import gettext

from feedback.models import RatingCriterion
from indicators.formulas import estimates
from indicators.formulas.estimates import Mean, Nps, Rate
from indicators.formulas.mapping import CriterionCounts, MappingPoint, mapping
from indicators.formulas.sums import Answers, Pairs
from indicators.models import SCORES, TallyState
from indicators.tallies.reader import TOTAL, By, Key, Reading, Rows, Sums, read_all
from partners.models import CancelledBy, Partner
from partners.scope import Scope
from triangle.models import Service, Setting
from triangle.periods import Period, next_month

Score = TypeVar("Score", Nps, Mean)

TEN = (0.0, 10.0)
HUNDRED = (0.0, 100.0)


@dataclass(frozen=True)
class Criterion:
    slot: int
    code: str
    name: str


@dataclass(frozen=True)
class Cancellation:
    """`rate` is over all that were confirmed or later; disputed ones are in neither part of it."""

    rate: Rate
    by_side: dict[str, int]
    disputed: int
    no_show: int

    @property
    def cancelled(self) -> int:
        return self.rate.successes

    @property
    def base(self) -> int:
        return self.rate.n


@dataclass(frozen=True)
class Volume:
    completed: int
    planned: int
    late: int

    @cached_property
    def punctuality(self) -> Rate:
        """Share completed by the end of the scheduled day."""
        return estimates.wilson(self.completed - self.late, self.completed)


@dataclass(frozen=True)
class Response:
    """The funnel of invitations sent or skipped in the period."""

    eligible: int
    invited: int
    delivered: int
    answered: int
    explained: int

    @cached_property
    def rate(self) -> Rate:
        """Answered among delivered."""
        return estimates.wilson(self.answered, self.delivered)

    @cached_property
    def coverage(self) -> Rate:
        """Invited among eligible."""
        return estimates.wilson(self.invited, self.eligible)

    @cached_property
    def explained_rate(self) -> Rate:
        """With a why among answered."""
        return estimates.wilson(self.explained, self.answered)


@dataclass(frozen=True)
class Returns:
    """What partners say: scores 0 to 10, positive from 9, negative up to 6."""

    mean: Mean
    positive: Rate
    negative: Rate
    distribution: tuple[int, ...]


@dataclass(frozen=True)
class Figures:
    """Counts of one row, and every figure that follows from them.

    `rows` holds the parts when a breakdown was asked: their counts add up to these. `key` is the
    part's day, first day of month, or primary key; None is "no partner yet". A score of fewer
    answers than the `minimum` is not told, only their number.
    """

    scope: Scope
    period: Period
    as_of: datetime | None
    version: int
    sums: Sums
    criteria: tuple[Criterion, ...] = ()
    rows: tuple[Figures, ...] = ()
    key: Key = TOTAL
    name: str = ""
    external_id: str = ""
    minimum: int = 0

    def for_show(self) -> Figures:
        """As people may read them: of one partner only what enough answers tell."""
        minimum = settings.PARTNER_MINIMUM_ANSWERS if len(self.scope.partner) == 1 else 0
        rows = tuple(replace(row, minimum=minimum) for row in self.rows)
        return replace(self, minimum=minimum, rows=rows)

    @cached_property
    def nps(self) -> Nps:
        """The headline: answers with a why."""
        return self._told(estimates.nps(self._scores("rating_explained_")))

    @cached_property
    def nps_all(self) -> Nps:
        return self._told(estimates.nps(self._scores("rating_all_")))

    @cached_property
    def perceived(self) -> Mean:
        """Mean score from 0 to 10 of answers with a why."""
        return self._told(mean_score(self.nps.distribution))

    @cached_property
    def company(self) -> Mean:
        """Satisfaction with the company's service, 0 to 5."""
        return estimates.mean(*self._answers("rating_company_"))

    @cached_property
    def partner(self) -> Mean:
        """Satisfaction with the intervention itself, 0 to 5."""
        return self._told(estimates.mean(*self._answers("rating_partner_")))

    @cached_property
    def expected(self) -> Mean:
        """Share of the grid held by partners when assigned, 0 to 10."""
        return tenth(estimates.mean(*self._answers("intervention_expected_"), scale=HUNDRED))

    @cached_property
    def delivered(self) -> Mean:
        """Share of the steps kept, 0 to 10."""
        return tenth(estimates.mean(*self._answers("intervention_delivered_"), scale=HUNDRED))

    @cached_property
    def cancellation(self) -> Cancellation:
        sides = {side: self._count(f"intervention_cancelled_{side}") for side in CancelledBy.values}
        return Cancellation(
            estimates.wilson(sum(sides.values()), self._count("intervention_planned")),
            sides,
            self._count("intervention_disputed"),
            self._count("intervention_no_show"),
        )

    @cached_property
    def volume(self) -> Volume:
        return Volume(
            self._count("intervention_completed"),
            self._count("intervention_planned"),
            self._count("intervention_late"),
        )

    @cached_property
    def response(self) -> Response:
        parts = ("eligible", "invited", "delivered", "answered", "explained")
        return Response(*(self._count(f"invitation_{part}") for part in parts))

    @cached_property
    def returns(self) -> Returns:
        scores = self._scores("debrief_score_")
        n = sum(scores)
        return Returns(
            mean_score(scores),
            estimates.wilson(sum(scores[9:]), n),
            estimates.wilson(sum(scores[:7]), n),
            scores,
        )

    @cached_property
    def mapping(self) -> list[MappingPoint]:
        """Criteria that were answered, placed by their stated importance."""
        return mapping(self.criterion_counts())

    @cached_property
    def mapping_derived(self) -> list[MappingPoint]:
        """The same, placed by the correlation of satisfaction with the score."""
        return mapping(self.criterion_counts(derived=True))

    def criterion_counts(self, *, derived: bool = False) -> list[CriterionCounts]:
        found = [(one.code, self.sums.criteria.get(one.slot, {})) for one in self.criteria]
        return [
            CriterionCounts(code, _answers(counts), _importance(counts, derived))
            for code, counts in found
            if any(counts.values())
        ]

    @property
    def criterion_names(self) -> dict[str, str]:
        return {one.code: one.name for one in self.criteria}

    @property
    def is_empty(self) -> bool:
        """No activity: its own state, neither 0 nor 100."""
        return not self.sums

    def _told(self, score: Score) -> Score:
        if score.n >= self.minimum:
            return score
        return replace(score, value=None, low=None, high=None)

    def _count(self, name: str) -> int:
        return self.sums.counts.get(name, 0)

    def _scores(self, prefix: str) -> tuple[int, ...]:
        return tuple(self._count(f"{prefix}{score}") for score in SCORES)

    def _answers(self, prefix: str) -> tuple[int, int, int]:
        n, total, squares = (self._count(f"{prefix}{sum_}") for sum_ in ("n", "sum", "squares"))
        return n, total, squares


def figures(scope: Scope, period: Period, *, by: By | None = None) -> Figures:
    """What is known of a scope in a period, in the same number of queries whatever the filter.

    Seven queries, and one for the names of a breakdown by service, partner or setting. Rows of
    days and months follow each other without gap from the first to the last that has anything.
    """
    [found] = figures_of(scope, [Reading(period, by)])
    return found


def figures_of(scope: Scope, readings: Sequence[Reading]) -> list[Figures]:
    """The same of several periods, in the queries of one."""
    state = TallyState.objects.filter(pk=1).first() or TallyState()
    criteria = tuple(
        Criterion(one.slot, one.code, one.name) for one in RatingCriterion.objects.order_by("slot")
    )
    found = read_all(scope, readings, slots=[one.slot for one in criteria])
    return [
        _whole(Figures(scope, period, state.counted_at, state.version, Sums(), criteria), parts, by)
        for (period, by), parts in zip(readings, found, strict=True)
    ]


def _whole(figures: Figures, parts: Rows, by: By | None) -> Figures:
    for sums in parts.values():
        figures.sums.add(sums)
    return replace(figures, rows=tuple(_rows(figures, parts, by))) if by else figures


def mean_score(distribution: Sequence[int]) -> Mean:
    """Mean of scores from 0 to 10, given how often each was chosen."""
    total = sum(score * count for score, count in enumerate(distribution))
    squares = sum(score**2 * count for score, count in enumerate(distribution))
    return estimates.mean(sum(distribution), total, squares, scale=TEN)


def _rows(whole: Figures, parts: Rows, by: By) -> Iterable[Figures]:
    if by in {"day", "month"}:
        for start in _without_gap([key for key in parts if isinstance(key, date)], by):
            yield replace(whole, key=start, sums=parts.get(start, Sums()))
        return
    names = _names(by)
    rows = [
        replace(whole, key=key, sums=sums, name=names[key][0], external_id=names[key][1])
        for key, sums in parts.items()
        if key is not None
    ]
    yield from sorted(rows, key=lambda row: (row.name.casefold(), row.key))
    if None in parts:
        yield replace(whole, key=None, sums=parts[None], name=gettext("No partner yet"))


def _without_gap(starts: list[date], by: By) -> Iterable[date]:
    if not starts:
        return
    start, last = min(starts), max(starts)
    while start <= last:
        yield start
        start = next_month(start) if by == "month" else start + timedelta(days=1)


def _names(by: By) -> dict[Key, tuple[str, str]]:
    if by == "setting":
        return {one.pk: (one.name, one.code) for one in Setting.objects.all()}
    model: Any = Service if by == "service" else Partner
    rows = model.objects.order_by().values_list("pk", "name", "external_id")
    return {key: (name, external) for key, name, external in rows}


def _answers(counts: dict[str, int], prefix: str = "") -> Answers:
    return Answers(*(counts.get(f"{prefix}{name}", 0) for name in ("n", "sum", "squares")))


def _importance(counts: dict[str, int], derived: bool) -> Answers | Pairs:
    if not derived:
        return _answers(counts, "importance_")
    columns = ("n", "sum", "squares", "score_sum", "score_squares", "product")
    return Pairs(*(counts.get(name, 0) for name in columns))


def tenth(percent: Mean) -> Mean:
    value, low, high = (
        None if bound is None else bound / 10
        for bound in (percent.value, percent.low, percent.high)
    )
    return Mean(value, low, high, percent.n)
