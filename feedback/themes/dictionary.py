"""The dictionary of themes, as people change it and as every installation starts with it.

Each change that can move a label moves the version; the journal keeps who changed what. The labels
follow by themselves (`feedback.themes.themes`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _

from feedback.models import Theme, ThemeDictionary, ThemeTerm
from feedback.themes import labelling, theme_terms
from triangle import journal
from triangle.errors import Refused
from triangle.models import Discipline, JournalEntry, User

LONGEST_WORDS = 80
LONGEST_STEMS = 120
GIVEN = "theme.terms_given"  # to a discipline, once: what people remove does not come back


class SaysNothing(Refused):
    """No letter or digit is left of the words."""


class TooLong(Refused):
    """A term is a word or a short phrase."""


class AlreadyThere(Refused):
    """Another term, or theme, is the same."""


class Spoken(NamedTuple):
    """Words as somebody wrote them, and what is compared."""

    words: str
    stems: str


@transaction.atomic
def save_theme(
    theme: Theme | None = None, *, name_en: str, name_fr: str, by: User, now: datetime
) -> Theme:
    """A new theme, or another name of one. No label moves by a name, so no version either."""
    same = Theme.objects.filter(Q(name_en__iexact=name_en) | Q(name_fr__iexact=name_fr))
    if theme:
        same = same.exclude(pk=theme.pk)
    if other := same.first():
        raise AlreadyThere(_("There is already a theme “%(name)s”.") % {"name": other.name})
    kind = "theme.renamed" if theme else "theme.added"
    theme = theme or Theme(code=_free_code(name_en))
    theme.name_en, theme.name_fr = name_en, name_fr
    theme.save()
    journal.record(kind, theme, now=now, actor=by, name_en=name_en, name_fr=name_fr)
    return theme


@transaction.atomic
def use_theme(theme: Theme, *, is_used: bool, by: User, now: datetime) -> bool:
    """Whether that changed anything. What a hand set stays on the answers."""
    dictionary = _locked()
    theme.refresh_from_db(fields=["is_used"])
    if theme.is_used == is_used:
        return False
    theme.is_used = is_used
    theme.save(update_fields=["is_used"])
    kind = "theme.used" if is_used else "theme.stopped"
    journal.record(kind, theme, now=now, actor=by, version=_move(dictionary, now))
    return True


@transaction.atomic
def save_terms(
    theme: Theme,
    *,
    language: str,
    listed: str,
    by: User,
    now: datetime,
    discipline: Discipline | None = None,
) -> list[ThemeTerm]:
    """Each of the words between commas as a term; all of them or, with a refusal, none."""
    spoken = read_terms(listed, language)
    dictionary = _locked()
    for one in spoken:
        _refuse_known(theme, language, discipline, one)
    terms = [
        ThemeTerm(theme=theme, language=language, discipline=discipline, **one._asdict())
        for one in spoken
    ]
    ThemeTerm.objects.bulk_create(terms)
    version = _move(dictionary, now)
    _note_terms("theme.terms_added", theme, terms, by=by, now=now, version=version)
    return terms


@transaction.atomic
def remove_term(term: ThemeTerm, *, by: User, now: datetime) -> bool:
    """Whether it was there; the whys it labelled are read again."""
    dictionary = _locked()
    gone, _rows = ThemeTerm.objects.filter(pk=term.pk).delete()
    if not gone:
        return False
    version = _move(dictionary, now)
    _note_terms("theme.term_removed", term.theme, [term], by=by, now=now, version=version)
    return True


def read_terms(listed: str, language: str) -> list[Spoken]:
    """Words between commas with their stems, each once; raises `SaysNothing` or `TooLong`."""
    found: dict[str, Spoken] = {}
    for words in theme_terms.split(listed.replace("\n", ",")):
        stems = " ".join(labelling.stems(words, language))
        if not stems:
            raise SaysNothing(_("Nothing can be found by “%(words)s”.") % {"words": words[:40]})
        if len(words) > LONGEST_WORDS or len(stems) > LONGEST_STEMS:
            raise TooLong(
                _("“%(words)s…” is too long: a term is a word or a short phrase.")
                % {"words": words[:40]}
            )
        found.setdefault(stems, Spoken(words, stems))
    if not found:
        raise SaysNothing(_("Write at least one word."))
    return list(found.values())


def _refuse_known(
    theme: Theme, language: str, discipline: Discipline | None, spoken: Spoken
) -> None:
    same = theme.terms.filter(language=language, stems=spoken.stems)
    other = same.filter(Q(discipline=None) | Q(discipline=discipline)).first()
    if other is None:
        return
    if other.words == spoken.words:
        raise AlreadyThere(
            _("“%(words)s” is already a term of this theme.") % {"words": other.words}
        )
    raise AlreadyThere(
        _("“%(words)s” finds the same as “%(other)s”, which is already there.")
        % {"words": spoken.words, "other": other.words}
    )


def _locked() -> ThemeDictionary:
    """One change at a time: what is already there is looked up after this."""
    return ThemeDictionary.objects.select_for_update().get(pk=1)


def _move(dictionary: ThemeDictionary, now: datetime) -> int:
    dictionary.version += 1
    dictionary.changed_at = now
    dictionary.save(update_fields=["version", "changed_at"])
    return dictionary.version


def _note_terms(
    kind: str, theme: Theme, terms: list[ThemeTerm], *, by: User, now: datetime, version: int
) -> None:
    first = terms[0]
    journal.record(
        kind,
        theme,
        now=now,
        actor=by,
        words=", ".join(term.words for term in terms),
        language=first.language,
        discipline=first.discipline.code if first.discipline else "",
        version=version,
    )


def _free_code(name: str) -> str:
    code = slugify(name).replace("-", "_")[:70] or "theme"
    taken = set(Theme.objects.filter(code__startswith=code).values_list("code", flat=True))
    numbered = (f"{code}_{number}" for number in range(2, len(taken) + 3))
    return code if code not in taken else next(one for one in numbered if one not in taken)


# What every installation starts with


def ensure_default(using: str = "default") -> None:
    """The default themes with their terms for all disciplines, when there is no theme at all."""
    ThemeDictionary.objects.using(using).get_or_create(pk=1)
    if Theme.objects.using(using).exists():
        return
    with transaction.atomic(using=using):
        themes = Theme.objects.using(using).bulk_create(
            Theme(code=theme.code, name_en=theme.name_en, name_fr=theme.name_fr)
            for theme in theme_terms.THEMES
        )
        ThemeTerm.objects.using(using).bulk_create(
            _default_terms({theme.code: theme for theme in themes}, None), ignore_conflicts=True
        )


def give_terms_to_new_disciplines(*, now: datetime) -> None:
    """Disciplines come by import and API, from the left: they are looked for, nobody calls."""
    if not _new_disciplines().exists():
        return
    with transaction.atomic():
        dictionary = _locked()
        if new := list(_new_disciplines()):
            themes = {theme.code: theme for theme in Theme.objects.all()}
            terms = [term for each in new for term in _default_terms(themes, each)]
            ThemeTerm.objects.bulk_create(terms, ignore_conflicts=True)
            journal.record_each(GIVEN, new, now=now, version=_move(dictionary, now))


def _new_disciplines() -> QuerySet[Discipline]:
    codes = {discipline for discipline, *_terms in theme_terms.DISCIPLINE_TERMS}
    given = JournalEntry.objects.filter(subject_type="discipline", kind=GIVEN)
    return Discipline.objects.filter(code__in=codes).exclude(pk__in=given.values("subject_id"))


def _default_terms(themes: dict[str, Theme], discipline: Discipline | None) -> Iterator[ThemeTerm]:
    wanted = discipline.code if discipline else None
    for code, language, words, stems in _defaults()[wanted]:
        if code in themes:
            yield ThemeTerm(
                theme=themes[code],
                language=language,
                discipline=discipline,
                words=words,
                stems=stems,
            )


@lru_cache(maxsize=1)
def _defaults() -> dict[str | None, list[tuple[str, str, str, str]]]:
    """Theme, language, words and stems by discipline, None for all; the same stems once."""
    listed: list[tuple[str | None, str, str, str]] = []
    for theme in theme_terms.THEMES:
        listed += _by_language(None, theme.code, theme.french, theme.english)
    for discipline, theme_code, french, english in theme_terms.DISCIPLINE_TERMS:
        listed += _by_language(discipline, theme_code, french, english)
    found: dict[str | None, dict[tuple[str, str, str], str]] = defaultdict(dict)
    for to, code, language, words in listed:
        stems = " ".join(labelling.stems(words, language))
        found[to].setdefault((code, language, stems), words)
    return {
        to: [(code, language, words, stems) for (code, language, stems), words in terms.items()]
        for to, terms in found.items()
    }


def _by_language(
    discipline: str | None, theme: str, french: str, english: str
) -> Iterable[tuple[str | None, str, str, str]]:
    for language, listed in ((labelling.FRENCH, french), (labelling.ENGLISH, english)):
        for words in theme_terms.split(listed):
            yield discipline, theme, language, words
