"""What the pages of the dictionary show: themes with their terms, what a why would be, changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from feedback.models import Rating, RatingTheme, Theme, ThemeTerm
from feedback.models.rating import RatingQuerySet
from feedback.themes import themes
from feedback.themes.dictionary import GIVEN, Spoken
from feedback.themes.labelling import Found, Term
from feedback.themes.themes import Compiled, Progress
from triangle.models import Discipline, JournalEntry, User

LATELY_DAYS = 90
CHANGES_SHOWN = 15
MOST_TRIED = 2000  # the latest whys a new term is tried on
EXAMPLES_SHOWN = 3
NONE: frozenset[Term] = frozenset()

CHANGES: dict[str, Promise] = {
    "theme.added": _("Theme added"),
    "theme.renamed": _("Theme renamed"),
    "theme.stopped": _("Theme no longer used"),
    "theme.used": _("Theme used again"),
    "theme.terms_added": _("Words added"),
    "theme.term_removed": _("Words removed"),
    GIVEN: _("Words of a new discipline"),
}


@dataclass(frozen=True)
class Line:
    """A theme in the table; `elsewhere` counts the terms of single disciplines."""

    theme: Theme
    french: int
    english: int
    elsewhere: int
    lately: int


@dataclass(frozen=True)
class ChangeLine:
    at: datetime
    who: str
    what: str | Promise
    about: str
    words: str
    version: int | None


@dataclass(frozen=True)
class ThemesBoard:
    progress: Progress
    lines: list[Line]
    changes: list[ChangeLine]


@dataclass(frozen=True)
class TermGroup:
    language: str
    discipline: Discipline | None
    terms: list[ThemeTerm]


@dataclass(frozen=True)
class Piece:
    """A stretch of a why; the names of the themes it gives, or none."""

    text: str
    themes: str = ""


@dataclass(frozen=True)
class Reason:
    theme: Theme
    words: str
    discipline: str | None
    is_new: bool


@dataclass(frozen=True)
class Tried:
    """A why as the dictionary reads it, and which terms say so."""

    pieces: list[Piece]
    reasons: list[Reason]


@dataclass(frozen=True)
class Impact:
    """What terms would change in the latest whys, before they are saved."""

    n: int
    of: int
    examples: list[Tried]


def board(user: User, *, today: date) -> ThemesBoard:
    """A fixed number of queries, however many themes and changes there are."""
    counts = Theme.objects.annotate(
        french=Count("terms", filter=Q(terms__language="fr", terms__discipline=None)),
        english=Count("terms", filter=Q(terms__language="en", terms__discipline=None)),
        elsewhere=Count("terms", filter=~Q(terms__discipline=None)),
    ).order_by("-is_used", "pk")
    lately = _lately(user, today=today)
    lines = [
        Line(theme, theme.french, theme.english, theme.elsewhere, lately.get(theme.pk, 0))
        for theme in counts
    ]
    return ThemesBoard(themes.progress(), lines, changes())


def terms_of(theme: Theme) -> list[TermGroup]:
    """By language, those for all disciplines first."""
    groups: dict[tuple[str, str, Discipline | None], list[ThemeTerm]] = defaultdict(list)
    for term in theme.terms.select_related("discipline").order_by("words"):
        place = term.discipline.name if term.discipline else ""
        groups[term.language, place, term.discipline].append(term)
    ordered = sorted(groups, key=lambda group: (group[0] != "fr", *group[:2]))
    return [
        TermGroup(language, discipline, groups[language, place, discipline])
        for language, place, discipline in ordered
    ]


def answers_lately(theme: Theme, user: User, *, today: date) -> int:
    return _visible_lately(user, today=today).with_theme(theme).count()


def changes(theme: Theme | None = None) -> list[ChangeLine]:
    """Who changed what, latest first; one query, and one for the names."""
    entries = JournalEntry.objects.filter(
        kind__in=CHANGES, subject_type__in=["theme", "discipline"]
    )
    if theme:
        entries = entries.filter(subject_type="theme", subject_id=theme.pk)
    found = list(entries.select_related("actor")[:CHANGES_SHOWN])
    named: dict[str, dict[int, Theme] | dict[int, Discipline]] = {
        "theme": Theme.objects.in_bulk([entry.subject_id for entry in found]),
        "discipline": Discipline.objects.in_bulk([entry.subject_id for entry in found]),
    }
    return [
        ChangeLine(
            at=entry.at,
            who=entry.actor.get_full_name() or entry.actor.email if entry.actor else "",
            what=CHANGES[entry.kind],
            about=str(named[entry.subject_type].get(entry.subject_id, "")),
            words=entry.data.get("words", ""),
            version=entry.data.get("version"),
        )
        for entry in found
    ]


def latest_unread(user: User) -> Rating | None:
    rows = Rating.objects.visible_to(user).unread().latest_first()
    return rows.select_related("service__discipline").first()


def candidates(
    theme: Theme, spoken: Iterable[Spoken], *, language: str, discipline: Discipline | None
) -> dict[Term, str]:
    """Terms as the dictionary would hold them, with their words."""
    place = discipline.code if discipline else None
    return {
        Term(theme.code, language, place, tuple(one.stems.split())): one.words for one in spoken
    }


def tried(
    why: str, language: str, discipline: str | None, dictionary: Compiled, *, new: Set[Term] = NONE
) -> Tried:
    """The themes of a why, each with the terms that say so; `new` ones are marked."""
    found = dictionary.dictionary.explain(why, language, discipline)
    terms = {one.term: None for one in found}  # each once, in the order of the text
    reasons = [
        Reason(
            theme=dictionary.themes[term.theme],
            words=dictionary.words[term],
            discipline=term.discipline,
            is_new=term in new,
        )
        for term in terms
    ]
    return Tried(_pieces(why, found, dictionary), reasons)


def impact(theme: Theme, new: Mapping[Term, str], user: User, *, today: date) -> Impact:
    """On the latest whys of the last 90 days that this person may see, 2,000 at most."""
    before = themes.compiled()
    after = before.plus(theme, new)
    rows = _visible_lately(user, today=today).explained().latest_first()
    ratings = list(rows.select_related("service__discipline")[:MOST_TRIED])
    moved = [one for one in ratings if before.theme_keys(one) != after.theme_keys(one)]
    examples = [
        tried(one.why, one.language, themes.discipline_of(one), after, new=new.keys())
        for one in moved[:EXAMPLES_SHOWN]
    ]
    return Impact(len(moved), len(ratings), examples)


def _pieces(why: str, found: list[Found], dictionary: Compiled) -> list[Piece]:
    """The text cut where a term begins or ends; terms may overlap."""
    cuts = sorted({0, len(why), *(one.start for one in found), *(one.end for one in found)})
    pieces = []
    for start, end in pairwise(cuts):
        codes = {one.term.theme: None for one in found if one.start <= start and end <= one.end}
        names = ", ".join(dictionary.themes[code].name for code in codes)
        pieces.append(Piece(why[start:end], names))
    return pieces


def _visible_lately(user: User, *, today: date) -> RatingQuerySet:
    since = today - timedelta(days=LATELY_DAYS)
    return Rating.objects.visible_to(user).current().filter(answered_on__gt=since)


def _lately(user: User, *, today: date) -> dict[int, int]:
    ratings = _visible_lately(user, today=today).order_by().values("pk")
    links = RatingTheme.objects.filter(is_on=True, rating__in=ratings).order_by()
    return dict(links.values_list("theme_id").annotate(n=Count("pk")))
