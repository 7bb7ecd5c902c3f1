"""What the reading list of answers shows: what was asked for, its counts, and one page of whys."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.http import QueryDict
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from feedback import contact_times
from feedback.models import Rating, ReasonChip
from feedback.models.rating import RatingQuerySet
from partners.period_choice import CUSTOM, PRESETS, PeriodChoice
from partners.scope import DIMENSIONS, Chip, Scope, choices
from triangle.models import User

PAGE_SIZE = 25
MOST_COUNTED = 100_000  # a longer list is not read to its end
SECONDS_PER_ANSWER = 30
THEME_DAYS = 90
THEMES_SHOWN = 7
OFFERED = ("service", "discipline", "setting", "segment", "region", "manager")
ANY_DAY = "any"
PERIOD_KEYS = ("period", "from", "to")
SCORES = re.compile(r"(\d|10)(?:-(\d|10))?", re.ASCII)

UNREAD, READ, EVERY = "unread", "read", "all"
STATES: dict[str, Promise] = {
    UNREAD: pgettext_lazy("answers", "To read"),
    READ: pgettext_lazy("answers", "Read"),
    EVERY: pgettext_lazy("answers", "All"),
}
BANDS: dict[str, Promise] = {
    "0-6": _("Scores 0 to 6"),
    "7-8": _("Scores 7 and 8"),
    "9-10": _("Scores 9 and 10"),
}
WHYS: dict[str, Promise] = {"with": _("with a why"), "without": _("without a why")}


@dataclass(frozen=True)
class Choice:
    name: str
    label: str | Promise
    options: list[tuple[str, str | Promise]]
    chosen: str


@dataclass(frozen=True)
class Asked:
    """The address in words; what is unknown in it counts as not asked. No period means any day."""

    scope: Scope
    period: PeriodChoice | None
    state: str
    scores: tuple[int, int] | None
    why: str
    is_contact: bool
    page: str
    user: User

    @classmethod
    def read(cls, query: Mapping[str, Any], *, user: User, today: date) -> Asked:
        state = query.get("state", "")
        is_any_day = query.get("period") == ANY_DAY
        has_period = not is_any_day and any(query.get(key) for key in PERIOD_KEYS)
        return cls(
            scope=Scope.from_query(query, user=user),
            period=PeriodChoice.from_query(query, today=today) if has_period else None,
            state=state if state in STATES else UNREAD,
            scores=_scores(query.get("score", "")),
            why=query.get("why", "") if query.get("why", "") in WHYS else "",
            is_contact=query.get("contact", "") == "1",
            page=query.get("page", "1"),
            user=user,
        )

    @property
    def is_filtered(self) -> bool:
        return bool(self.scope or self.period or self.scores or self.why or self.is_contact)

    @property
    def score(self) -> str:
        if self.scores is None:
            return ""
        low, high = self.scores
        return str(low) if low == high else f"{low}-{high}"

    @property
    def score_words(self) -> str | Promise:
        return BANDS.get(self.score, self.score.replace("-", "–"))

    @property
    def why_words(self) -> Promise:
        return WHYS[self.why]

    def chips(self) -> list[Chip]:
        return self.scope.chips(also=self._own().urlencode())

    def kept(self) -> list[tuple[str, int]]:
        """What is chosen and the form does not offer."""
        return [pair for pair in self.scope.pairs() if pair[0] not in OFFERED]

    def query(self, **changes: str) -> str:
        """The whole address again, some parts changed, empty ones left out."""
        query = self._own()
        for name, key in self.scope.pairs():
            query.appendlist(name, str(key))
        for name, value in changes.items():
            query.pop(name, None)
            if value:
                query[name] = value
        return query.urlencode()

    def _own(self) -> QueryDict:
        query = QueryDict(self.period.as_query() if self.period else "", mutable=True)
        if self.period and not query:
            query["period"] = self.period.name
        own = {
            "state": "" if self.state == UNREAD else self.state,
            "score": self.score,
            "why": self.why,
            "contact": "1" if self.is_contact else "",
        }
        for name, value in own.items():
            if value:
                query[name] = value
        return query

    def without_period(self) -> str:
        return self.query(period="", **{"from": "", "to": ""})

    def without_score(self) -> str:
        return self.query(score="")

    def without_why(self) -> str:
        return self.query(why="")

    def without_contact(self) -> str:
        return self.query(contact="")

    def fields(self) -> Iterator[Choice]:
        """The form of filters; one query for each dimension offered."""
        everything = pgettext_lazy("filter", "all")
        presets = [(name, label) for name, (label, _period) in PRESETS.items()]
        if self.period and self.period.name == CUSTOM:
            presets.append((CUSTOM, pgettext_lazy("period", "Chosen days")))
        chosen = self.period.name if self.period else ANY_DAY
        any_day = (ANY_DAY, pgettext_lazy("period", "any day"))
        yield Choice("period", pgettext_lazy("filter", "Period"), [any_day, *presets], chosen)
        scores: list[tuple[str, str | Promise]] = list(BANDS.items())
        if self.score and self.score not in BANDS:
            scores.append((self.score, self.score_words))
        yield Choice("score", _("Score"), [("", everything), *scores], self.score)
        for name in OFFERED:
            options = [(str(key), label) for key, label in choices(name, user=self.user)]
            keys = getattr(self.scope, name)
            first = str(keys[0]) if keys else ""
            yield Choice(name, DIMENSIONS[name].label, [("", everything), *options], first)

    def narrow(self, ratings: RatingQuerySet) -> RatingQuerySet:
        """Everything but the tab."""
        found: Any = self.scope.narrow(ratings.visible_to(self.user).current())
        if self.period:
            days = self.period.period
            found = found.filter(answered_on__range=(days.first, days.last))
        if self.scores:
            found = found.filter(score__range=self.scores)
        if self.why:
            found = found.filter(is_explained=self.why == "with")
        if self.is_contact:
            found = found.filter(wants_contact=True)
        narrowed: RatingQuerySet = found
        return narrowed


@dataclass(frozen=True)
class Item:
    """One answer as a line of the list; who asked to be only counted is not named."""

    rating: Rating
    today: date

    @property
    def is_named(self) -> bool:
        return self.rating.confidentiality != Rating.Confidentiality.AGGREGATED

    @property
    def who(self) -> str:
        contact = self.rating.intervention.contact
        return contact.name if contact else ""

    @property
    def client(self) -> str:
        """Empty when the client is the person."""
        name = self.rating.client.name
        return "" if name == self.who else name

    @property
    def call_when(self) -> str:
        return contact_times.words(self.rating.contact_when, today=self.today)

    @property
    def is_unread(self) -> bool:
        return self.rating.is_explained and self.rating.read_at is None


@dataclass(frozen=True)
class Theme:
    name: str
    unread: int
    lately: int


@dataclass(frozen=True)
class Tab:
    state: str
    name: Promise
    n: int
    query: str
    is_on: bool


@dataclass(frozen=True)
class Unread:
    """What waits, by what it needs."""

    n: int
    low: int
    middle: int
    high: int
    contact: int

    @property
    def minutes(self) -> int:
        return max(1, round(self.n * SECONDS_PER_ANSWER / 60))


class Capped(Paginator):  # type: ignore[type-arg]  # not subscriptable when it runs
    """Counts no further than anybody reads."""

    @cached_property
    def count(self) -> int:
        ratings: Any = self.object_list
        return int(ratings.order_by()[:MOST_COUNTED].count())


@dataclass(frozen=True)
class Board:
    asked: Asked
    tabs: list[Tab]
    unread: Unread
    themes: list[Theme]
    page: Page[Rating]
    items: list[Item]

    @property
    def most_lately(self) -> int:
        """The longest bar of the themes."""
        return max((theme.lately for theme in self.themes), default=0)


def board(asked: Asked, *, today: date) -> Board:
    """A fixed number of queries: counts of three tabs, themes, one page with its reasons."""
    found = asked.narrow(Rating.objects.all())
    lists = {UNREAD: found.unread().by_need(), READ: found.read(), EVERY: found}
    rows = lists[asked.state]
    page = Capped(_for_list(rows, asked.state), PAGE_SIZE).get_page(asked.page)
    unread = _unread(found)
    counts = {
        UNREAD: unread.n,
        READ: found.read().order_by()[:MOST_COUNTED].count(),
        EVERY: found.order_by()[:MOST_COUNTED].count(),
    }
    return Board(
        asked=asked,
        tabs=[
            Tab(state, name, counts[state], asked.query(state=state), state == asked.state)
            for state, name in STATES.items()
        ],
        unread=unread,
        themes=_themes(found, today=today),
        page=page,
        items=[Item(rating, today) for rating in page],
    )


def _for_list(rows: RatingQuerySet, state: str) -> RatingQuerySet:
    listed = rows.for_list()
    return listed.by_need() if state == UNREAD else listed


def _unread(found: RatingQuerySet) -> Unread:
    counts = (
        found.unread()
        .order_by()
        .aggregate(
            n=Count("pk"),
            low=Count("pk", filter=Q(score__lte=6)),
            middle=Count("pk", filter=Q(score__range=(7, 8))),
            high=Count("pk", filter=Q(score__gte=9)),
            contact=Count("pk", filter=Q(wants_contact=True)),
        )
    )
    return Unread(**counts)


def _themes(found: RatingQuerySet, *, today: date) -> list[Theme]:
    """Reasons that were tapped: in what waits, and lately."""
    waiting = _by_chip(found.unread())
    lately = _by_chip(found.filter(answered_on__gt=today - timedelta(days=THEME_DAYS)))
    most = sorted(
        waiting.keys() | lately.keys(),
        key=lambda pk: (-waiting.get(pk, 0), -lately.get(pk, 0), pk),
    )[:THEMES_SHOWN]
    chips = ReasonChip.objects.in_bulk(most)
    return [Theme(chips[pk].name, waiting.get(pk, 0), lately.get(pk, 0)) for pk in most]


def _by_chip(ratings: RatingQuerySet) -> dict[int, int]:
    links = Rating.reasons.through.objects.filter(rating__in=ratings.order_by().values("pk"))
    rows = links.order_by().values_list("reasonchip_id").annotate(n=Count("pk"))
    return dict(rows)


def _scores(text: str) -> tuple[int, int] | None:
    match = SCORES.fullmatch(text)
    if not match:
        return None
    low, high = int(match[1]), int(match[2] or match[1])
    return (low, high) if low <= high else None
