"""What becomes of those who could be asked, and whether the answers speak for all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
    Value,
    When,
)
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.models import Client
from feedback.answering import drop_off
from feedback.answering.drop_off import DropOff
from feedback.models import About, Invitation, Rating
from indicators.figures import Figures, figures
from indicators.formulas import estimates
from indicators.formulas.equity import Choice, Judged, judge
from indicators.formulas.estimates import Difference, Nps, Rate
from indicators.models import SCORES
from indicators.reply_delays import ReplyDelays, reply_delays
from indicators.tallies.measures import ANSWERED, ARRIVED, SKIPPED
from partners.models import Status
from partners.scope import Scope
from triangle.periods import Period

Skip, Source = Invitation.Skip, Rating.Source
OVERRUN = timedelta(minutes=30)
LOW_DEBRIEF = 6
BY_HAND = Q(skip_reason=Skip.BY_HAND)
LATE = Q(
    intervention__status=Status.COMPLETED,
    intervention__completed_on__gt=F("intervention__scheduled_on"),
)
LONG = Q(intervention__completed_at__gt=F("intervention__scheduled_end_at") + OVERRUN)
TROUBLED = (
    LATE | LONG | Q(about=About.CANCELLATION) | Q(intervention__debrief__score__lte=LOW_DEBRIEF)
)
FACTS: dict[str, tuple[Promise, Q]] = {
    "late": (_("completed after the planned day"), LATE),
    "long": (_("more than half an hour longer than planned"), LONG),
    "debrief": (
        _("debriefed at 6 or less by the partner"),
        Q(intervention__debrief__score__lte=LOW_DEBRIEF),
    ),
    "introduced": (
        _("introduced to the partner before"),
        Q(intervention__introduced_at__isnull=False),
    ),
    "company": (_("client is a company"), Q(client__kind=Client.Kind.COMPANY)),
}
ENDS: dict[str, Promise] = {
    "explained": pgettext_lazy("funnel", "answered with a why"),
    "answered": pgettext_lazy("funnel", "answered without a why"),
    "silent": pgettext_lazy("funnel", "received, not answered"),
    "bounced": pgettext_lazy("funnel", "bounced"),
    "undelivered": pgettext_lazy("funnel", "not delivered: failed or uncertain"),
}


@dataclass(frozen=True)
class End:
    """One way an eligible matter ended; all ends together are the eligible ones."""

    label: str | Promise
    n: int
    share: float  # of the eligible ones
    is_skip: bool


@dataclass(frozen=True)
class Fact:
    """A fact known of everybody, among who answered and who did not."""

    label: str | Promise
    responders: Rate
    silent: Rate
    difference: Difference


@dataclass(frozen=True)
class Selection:
    """What asking for a why does to the score: explained answers against the others."""

    explained: Nps
    everybody: Nps
    unexplained: Nps
    difference: Difference


@dataclass(frozen=True)
class SourceScore:
    label: str
    nps: Nps


@dataclass(frozen=True)
class Participation:
    figures: Figures
    ends: list[End]
    delays: ReplyDelays
    steps: DropOff
    facts: list[Fact]
    selection: Selection
    sources: list[SourceScore]
    managers: list[Judged]
    partners: list[Judged]

    @property
    def flagged(self) -> list[Judged]:
        return [one for one in (*self.managers, *self.partners) if one.verdict == "flagged"]


def participation(scope: Scope, period: Period) -> Participation:
    """In the same number of queries whatever the filter; invitations by the day sent or skipped."""
    found = figures(scope, period)
    asked = _matters(scope, period)
    return Participation(
        figures=found,
        ends=list(_ends(asked.filter(about=About.INTERVENTION))),
        delays=reply_delays(asked.filter(about=About.INTERVENTION)),
        steps=drop_off.of(asked.filter(about=About.INTERVENTION)),
        facts=_facts(asked.filter(about=About.INTERVENTION)),
        selection=selection(found.nps.distribution, found.nps_all.distribution),
        sources=_sources(scope, period),
        managers=_judged(asked, "client__manager"),
        partners=_judged(asked, "partner"),
    )


def selection(explained: tuple[int, ...], everybody: tuple[int, ...]) -> Selection:
    """Two distributions, the first part of the second; the test compares it with the rest."""
    unexplained = tuple(every - some for some, every in zip(explained, everybody, strict=True))
    one, other = estimates.nps(explained), estimates.nps(unexplained)
    return Selection(one, estimates.nps(everybody), other, estimates.nps_difference(one, other))


def _matters(scope: Scope, period: Period) -> QuerySet[Invitation]:
    """Interventions and cancellations that a client could be asked about, by mail."""
    found = Invitation.objects.filter(
        ~Q(skip_reason=Skip.CANCELLED),
        about__in=[About.INTERVENTION, About.CANCELLATION],
        channel=Invitation.Channel.MAIL,
        counted_on__range=(period.first, period.last),
    )
    narrowed: QuerySet[Invitation] = scope.narrow(found)
    return narrowed


def _ends(asked: QuerySet[Invitation]) -> Iterator[End]:
    reasons = dict(Skip.choices)
    counts: Counter[str] = Counter()
    skips: Counter[str] = Counter()
    bounced = ExpressionWrapper(Q(bounced_at__isnull=False), output_field=BooleanField())
    rows = (
        asked.order_by()
        .values_list("status", "skip_reason", "is_explained", bounced)
        .annotate(n=Count("pk"))
    )
    for status, skip, is_explained, is_bounced, n in rows:
        if status == Invitation.Status.SKIPPED:
            skips[skip] += n
        else:
            counts[_end(status, is_explained, is_bounced=is_bounced)] += n
    whole = max(1, counts.total() + skips.total())
    for name, label in ENDS.items():
        yield End(label, counts[name], counts[name] / whole, is_skip=False)
    for skip, n in skips.most_common():
        yield End(reasons[skip], n, n / whole, is_skip=True)


def _end(status: str, is_explained: bool, *, is_bounced: bool) -> str:
    if status == Invitation.Status.ANSWERED:
        return "explained" if is_explained else "answered"
    if status in (Invitation.Status.SENT, Invitation.Status.EXPIRED):
        return "bounced" if is_bounced else "silent"
    return "undelivered"


def _facts(asked: QuerySet[Invitation]) -> list[Fact]:
    silent = ARRIVED & ~ANSWERED
    sums = {"answered": Count("pk", filter=ANSWERED), "silent": Count("pk", filter=silent)}
    for name, (_label, condition) in FACTS.items():
        sums[f"{name}_answered"] = Count("pk", filter=ANSWERED & condition)
        sums[f"{name}_silent"] = Count("pk", filter=silent & condition)
    found = asked.order_by().aggregate(**sums)
    facts = []
    for name, (label, _condition) in FACTS.items():
        responders = estimates.wilson(found[f"{name}_answered"], found["answered"])
        others = estimates.wilson(found[f"{name}_silent"], found["silent"])
        difference = estimates.rate_difference(responders, others)
        facts.append(Fact(label, responders, others, difference))
    return facts


def _sources(scope: Scope, period: Period) -> list[SourceScore]:
    """The score by the way it came in: a partner stands beside who answers on site."""
    ratings: QuerySet[Rating] = scope.narrow(
        Rating.objects.current()
        .explained()
        .about(About.INTERVENTION)
        .filter(answered_on__range=(period.first, period.last))
    )
    counts: dict[str, list[int]] = {}
    for source, score, n in (
        ratings.order_by().values_list("source", "score").annotate(n=Count("pk"))
    ):
        counts.setdefault(source, [0] * len(SCORES))[score] = n
    return [
        SourceScore(str(label), estimates.nps(counts[source]))
        for source, label in Source.choices
        if source in counts
    ]


def _judged(asked: QuerySet[Invitation], whose: str) -> list[Judged]:
    """By manager or partner; matters of nobody are no one's choice."""
    named = "first_name" if whose == "client__manager" else "name"
    troubled = Case(When(TROUBLED, then=True), default=Value(False), output_field=BooleanField())
    rows: Any = (
        asked.filter(**{f"{whose}__isnull": False})
        .annotate(troubled=troubled)
        .order_by()
        .values_list(
            whose, f"{whose}__{named}", *([f"{whose}__last_name"] if named == "first_name" else [])
        )
        .annotate(
            eligible=Count("pk"),
            invited=Count("pk", filter=~SKIPPED),
            asked=Count("pk", filter=~BY_HAND),
            asked_troubled=Count("pk", filter=~BY_HAND & Q(troubled=True)),
            left_out=Count("pk", filter=BY_HAND),
            left_out_troubled=Count("pk", filter=BY_HAND & Q(troubled=True)),
        )
    )
    return judge(
        [
            Choice(" ".join(filter(None, names)), key, *counts)
            for key, names, counts in map(_parts, rows)
        ]
    )


def _parts(row: tuple[Any, ...]) -> tuple[int, tuple[str, ...], tuple[int, ...]]:
    """Key, names, six counts."""
    return row[0], row[1:-6], row[-6:]
