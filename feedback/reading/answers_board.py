"""What the reading list of answers shows: its counts, its themes, and one page of whys."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.utils.functional import Promise

from feedback.answering import contact_times
from feedback.models import About, Rating, RatingTheme, ReasonChip, themes_on
from feedback.models.rating import RatingQuerySet
from feedback.reading.answers_asked import EVERY, FLAGS, MATTERS, READ, STATES, UNREAD, Asked

PAGE_SIZE = 25
MOST_COUNTED = 100_000  # a longer list is not read to its end
SECONDS_PER_ANSWER = 30
THEME_DAYS = 90
THEMES_SHOWN = 7


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
        asked = self.rating.intervention or self.rating.invitation
        return asked.contact.name if asked and asked.contact else ""

    @property
    def client(self) -> str:
        """Empty when the client is the person."""
        name = self.rating.client.name
        return "" if name == self.who else name

    @property
    def themes(self) -> list[RatingTheme]:
        links: list[RatingTheme] = self.rating.themes_on  # type: ignore[attr-defined]  # prefetched
        return links

    @cached_property
    def reasons(self) -> list[ReasonChip]:
        """What was tapped and is not among the themes: the same codes mean the same."""
        codes = {link.theme.code for link in self.themes}
        return [chip for chip in self.rating.reasons.all() if chip.code not in codes]

    @property
    def matter(self) -> str | Promise:
        """Empty for an intervention, which is the rule."""
        return "" if self.rating.about == About.INTERVENTION else MATTERS[self.rating.about]

    @property
    def has_tags(self) -> bool:
        rating = self.rating
        is_special = rating.source in (Rating.Source.PHONE, Rating.Source.ON_SITE)
        said = rating.contradiction or rating.wants_contact or rating.revises_id or is_special
        done = rating.thanked_at or rating.may_quote
        return bool(self.themes or self.reasons or self.matter or said or done)

    @property
    def call_when(self) -> str:
        return contact_times.words(self.rating.contact_when, today=self.today)

    @property
    def is_unread(self) -> bool:
        return self.rating.is_explained and self.rating.read_at is None

    @property
    def may_thank(self) -> bool:
        """Thanks are for a partner."""
        return self.rating.partner_id is not None and self.is_named and not self.rating.thanked_at

    @property
    def may_quote(self) -> bool:
        return self.rating.may_quote and self.is_named and self.rating.is_explained


@dataclass(frozen=True)
class ThemeCount:
    name: str
    unread: int
    lately: int
    query: str
    is_on: bool


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
    contradiction: int
    contact: int

    @property
    def minutes(self) -> int:
        return max(1, round(self.n * SECONDS_PER_ANSWER / 60))


class Capped(Paginator):  # type: ignore[type-arg]  # not subscriptable when it runs
    """Counts no further than anybody reads, and joins no more than the page shows."""

    def page(self, number: int | str) -> Page[Rating]:
        place = self.validate_number(number)
        ratings: Any = self.object_list
        shown = slice((place - 1) * self.per_page, place * self.per_page)
        return Page(ratings.chosen_first(shown), place, self)

    @cached_property
    def count(self) -> int:
        ratings: Any = self.object_list
        return int(ratings.order_by()[:MOST_COUNTED].count())


@dataclass(frozen=True)
class Board:
    asked: Asked
    tabs: list[Tab]
    unread: Unread
    themes: list[ThemeCount]
    page: Page[Rating]
    items: list[Item]

    @property
    def most_lately(self) -> int:
        """The longest bar of the themes."""
        return max((theme.lately for theme in self.themes), default=0)


def board(asked: Asked, *, today: date) -> Board:
    """A fixed number of queries: counts of three tabs, themes, one page with what hangs on it."""
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
        themes=_themes(asked, today=today),
        page=page,
        items=[Item(rating, today) for rating in page],
    )


def _for_list(rows: RatingQuerySet, state: str) -> RatingQuerySet:
    listed = rows.for_list().prefetch_related(themes_on())
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
            contradiction=Count("pk", filter=FLAGS["contradiction"][1]),
            contact=Count("pk", filter=FLAGS["contact"][1]),
        )
    )
    return Unread(**counts)


def _themes(asked: Asked, *, today: date) -> list[ThemeCount]:
    """Most unread first. A theme that is asked for does not hide the others."""
    found = replace(asked, theme=None).narrow(Rating.objects.all())
    waiting = _by_theme(found.unread())
    lately = _by_theme(found.filter(answered_on__gt=today - timedelta(days=THEME_DAYS)))
    counts = [
        ThemeCount(
            name=theme.name,
            unread=waiting.get(theme.pk, 0),
            lately=lately.get(theme.pk, 0),
            query=asked.query(theme=theme.code),
            is_on=theme == asked.theme,
        )
        for theme in asked.themes
        if theme.pk in waiting or theme.pk in lately
    ]
    return sorted(counts, key=lambda count: (-count.unread, -count.lately))[:THEMES_SHOWN]


def _by_theme(ratings: RatingQuerySet) -> dict[int, int]:
    links = RatingTheme.objects.filter(is_on=True, rating__in=ratings.order_by().values("pk"))
    return dict(links.order_by().values_list("theme_id").annotate(n=Count("pk")))
