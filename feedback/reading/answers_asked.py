"""What the address of the reading list asks for: a tab, a page, and what narrows it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from feedback.models import About, Rating, Theme
from feedback.models.rating import RatingQuerySet
from partners.period_choice import CUSTOM, PRESETS, PeriodChoice
from partners.scope import DIMENSIONS, Scope, choices
from triangle.models import User

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
MATTERS: dict[str, Promise] = {
    About.INTERVENTION: pgettext_lazy("matter", "intervention"),
    About.CANCELLATION: pgettext_lazy("matter", "cancellation"),
    About.ONBOARDING: pgettext_lazy("matter", "onboarding"),
    About.RELATION: pgettext_lazy("matter", "our relation"),
}
SOURCES: dict[str, Promise] = {
    Rating.Source.LINK: pgettext_lazy("source", "by mail"),
    Rating.Source.ON_SITE: pgettext_lazy("source", "on site"),
    Rating.Source.PHONE: pgettext_lazy("source", "on the phone"),
    Rating.Source.IMPORT: pgettext_lazy("source", "imported"),
    Rating.Source.DRAFT: pgettext_lazy("source", "begun, never sent"),
}
FLAGS: dict[str, tuple[Promise, Q]] = {
    "contradiction": (_("score and text contradict each other"), ~Q(contradiction="")),
    "contact": (_("asks to be called"), Q(wants_contact=True)),
    "quote": (
        _("may be quoted"),
        Q(may_quote=True) & ~Q(confidentiality=Rating.Confidentiality.AGGREGATED),
    ),
}


@dataclass(frozen=True)
class Choice:
    name: str
    label: str | Promise
    options: list[tuple[str, str | Promise]]
    chosen: str


@dataclass(frozen=True)
class On:
    """One thing that narrows the list; `query` is the address without it."""

    name: str | Promise
    value: str | Promise
    query: str


@dataclass(frozen=True)
class Asked:
    """The address in words; what is unknown in it counts as not asked. No period means any day."""

    scope: Scope
    period: PeriodChoice | None
    state: str
    scores: tuple[int, int] | None
    why: str
    about: str
    source: str
    flags: tuple[str, ...]
    theme: Theme | None
    page: str
    user: User
    themes: list[Theme] = field(compare=False)

    @classmethod
    def read(cls, query: Mapping[str, Any], *, user: User, today: date) -> Asked:
        """One query for the themes in use, one more when a scope is chosen."""
        is_any_day = query.get("period") == ANY_DAY
        has_period = not is_any_day and any(query.get(key) for key in PERIOD_KEYS)
        themes = list(Theme.objects.filter(is_used=True).order_by("pk"))
        by_code = {theme.code: theme for theme in themes}
        return cls(
            scope=Scope.from_query(query, user=user),
            period=PeriodChoice.from_query(query, today=today) if has_period else None,
            state=_one_of(STATES, query.get("state")) or UNREAD,
            scores=_scores(query.get("score", "")),
            why=_one_of(WHYS, query.get("why")),
            about=_one_of(MATTERS, query.get("about")),
            source=_one_of(SOURCES, query.get("source")),
            flags=tuple(name for name in FLAGS if query.get(name) == "1"),
            theme=by_code.get(query.get("theme", "")),
            page=query.get("page", "1"),
            user=user,
            themes=themes,
        )

    @property
    def is_filtered(self) -> bool:
        return bool(self.scope or self.period or self._chosen())

    @property
    def score(self) -> str:
        if self.scores is None:
            return ""
        low, high = self.scores
        return str(low) if low == high else f"{low}-{high}"

    @property
    def score_words(self) -> str | Promise:
        return BANDS.get(self.score, self.score.replace("-", "–"))

    def chips(self) -> list[On]:
        """What is on, in words; the period is shown apart."""
        words: dict[str, tuple[str | Promise, str | Promise]] = {
            "score": (_("Score"), self.score_words),
            "theme": (_("Theme"), self.theme.name if self.theme else ""),
            "about": (pgettext_lazy("filter", "About"), MATTERS.get(self.about, "")),
            "source": (pgettext_lazy("filter", "Came"), SOURCES.get(self.source, "")),
            "why": ("", WHYS.get(self.why, "")),
            **{name: ("", label) for name, (label, _condition) in FLAGS.items()},
        }
        own = [On(*words[name], self.query(**{name: ""})) for name in self._chosen()]
        scope = self.scope.chips(also=self._own().urlencode())
        return [*own, *(On(chip.name, chip.value, chip.query) for chip in scope)]

    def kept(self) -> list[tuple[str, str]]:
        """What is chosen and the form does not offer."""
        hidden = [(name, str(key)) for name, key in self.scope.pairs() if name not in OFFERED]
        if self.why:
            hidden.append(("why", self.why))
        if self.state != UNREAD:
            hidden.append(("state", self.state))
        return hidden

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

    def without_period(self) -> str:
        return self.query(period="", **{"from": "", "to": ""})

    def fields(self) -> Iterator[Choice]:
        """The form of filters; one query for each dimension offered."""
        everything = pgettext_lazy("filter", "all")

        def choice(
            name: str, label: Promise, options: list[tuple[str, str | Promise]], chosen: str
        ) -> Choice:
            return Choice(name, label, [("", everything), *options], chosen)

        yield self._periods()
        scores: list[tuple[str, str | Promise]] = list(BANDS.items())
        if self.score and self.score not in BANDS:
            scores.append((self.score, self.score_words))
        yield choice("score", _("Score"), scores, self.score)
        themes: list[tuple[str, str | Promise]] = [(one.code, one.name) for one in self.themes]
        yield choice("theme", _("Theme"), themes, self.theme.code if self.theme else "")
        yield choice("about", pgettext_lazy("filter", "About"), [*MATTERS.items()], self.about)
        yield choice("source", pgettext_lazy("filter", "Came"), [*SOURCES.items()], self.source)
        for name in OFFERED:
            keys = getattr(self.scope, name)
            options = [(str(key), label) for key, label in choices(name, user=self.user)]
            yield choice(name, DIMENSIONS[name].label, [*options], str(keys[0]) if keys else "")

    def boxes(self) -> list[tuple[str, Promise, bool]]:
        return [(name, label, name in self.flags) for name, (label, _condition) in FLAGS.items()]

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
        if self.about:
            found = found.filter(about=self.about)
        if self.source:
            found = found.filter(source=self.source)
        if self.theme:
            found = found.with_theme(self.theme)
        for name in self.flags:
            found = found.filter(FLAGS[name][1])
        narrowed: RatingQuerySet = found
        return narrowed

    def _periods(self) -> Choice:
        presets = [(name, label) for name, (label, _period) in PRESETS.items()]
        if self.period and self.period.name == CUSTOM:
            presets.append((CUSTOM, pgettext_lazy("period", "Chosen days")))
        any_day = (ANY_DAY, pgettext_lazy("period", "any day"))
        chosen = self.period.name if self.period else ANY_DAY
        return Choice("period", pgettext_lazy("filter", "Period"), [any_day, *presets], chosen)

    def _chosen(self) -> dict[str, str]:
        """What narrows the list besides scope and period, as the address says it."""
        own = {
            "score": self.score,
            "theme": self.theme.code if self.theme else "",
            "about": self.about,
            "source": self.source,
            "why": self.why,
            **dict.fromkeys(self.flags, "1"),
        }
        return {name: value for name, value in own.items() if value}

    def _own(self) -> QueryDict:
        query = QueryDict(self.period.period_query() if self.period else "", mutable=True)
        if self.period and not query:
            query["period"] = self.period.name
        if self.state != UNREAD:
            query["state"] = self.state
        for name, value in self._chosen().items():
            query[name] = value
        return query


def _one_of(known: Mapping[str, object], value: object) -> str:
    return value if isinstance(value, str) and value in known else ""


def _scores(text: str) -> tuple[int, int] | None:
    match = SCORES.fullmatch(text)
    if not match:
        return None
    low, high = int(match[1]), int(match[2] or match[1])
    return (low, high) if low <= high else None
