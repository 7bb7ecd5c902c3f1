"""Labels the whys with the themes of the dictionary, batch by batch, whenever one has changed.

A rating bears the version it was read with, so what is due is a query. Labelling writes no journal
entry per rating: it can be done again at any time and says nothing but what the dictionary, whose
changes are noted, says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db import transaction
from django.db.models import Count, Q

from feedback.models import Rating, RatingTheme, Theme, ThemeDictionary, ThemeTerm
from feedback.models.rating import RatingQuerySet
from feedback.themes import contradictions, dictionary
from feedback.themes.labelling import Dictionary, Term

BATCH = 500


@dataclass(frozen=True)
class Compiled:
    """The whole dictionary in memory, as of a version."""

    version: int
    words: dict[Term, str]  # as somebody wrote them
    themes: dict[str, Theme]  # by code
    dictionary: Dictionary

    def theme_keys(self, rating: Rating) -> set[int]:
        codes = self.dictionary.labels(rating.why, rating.language, discipline_of(rating))
        return {self.themes[code].pk for code in codes}

    def plus(self, theme: Theme, words: Mapping[Term, str]) -> Compiled:
        """With terms of a theme that are not saved, to see what they would do."""
        terms = tuple({**self.words, **words})
        return Compiled(
            self.version,
            {**self.words, **words},
            {**self.themes, theme.code: theme},
            Dictionary(terms),
        )


@dataclass(frozen=True)
class Progress:
    """How many of the answers with a why are labelled with the newest version."""

    version: int
    done: int
    total: int

    @property
    def is_moving(self) -> bool:
        return self.done < self.total


def label_due(*, now: datetime, limit: int = BATCH) -> int:
    """How many ratings were read again with the newest dictionary, versions since revised too.

    May run beside itself: rows that another one holds are passed over, and of two versions the
    newer one wins, because only rows that bear an older one, or none, are taken.
    """
    dictionary.give_terms_to_new_disciplines(now=now)
    newest = compiled()
    if not any(rows.exists() for rows in _due(newest.version)):
        return 0
    with transaction.atomic():
        batch = _take(newest.version, limit)
        _label(batch, newest)
    return len(batch)


def progress() -> Progress:
    version = _newest().version
    counts = Rating.objects.explained().aggregate(
        total=Count("pk"), done=Count("pk", filter=Q(labelled_with=version))
    )
    return Progress(version, counts["done"], counts["total"])


def discipline_of(rating: Rating) -> str | None:
    return rating.service.discipline.code if rating.service else None


def compiled() -> Compiled:
    """Held in memory until its version moves."""
    newest = _newest()
    return _compiled(newest.version, newest.changed_at)


@lru_cache(maxsize=1)
def _compiled(version: int, _changed_at: datetime | None) -> Compiled:
    """By its time too: a version that was rolled back may come again with other terms."""
    rows = ThemeTerm.objects.values_list(
        "theme__code", "language", "discipline__code", "stems", "words"
    )
    themes = {theme.code: theme for theme in Theme.objects.filter(is_used=True)}
    words = {
        Term(theme, language, discipline, tuple(stems.split())): words
        for theme, language, discipline, stems, words in rows
        if theme in themes
    }
    return Compiled(version, words, themes, Dictionary(words))


def _newest() -> ThemeDictionary:
    return ThemeDictionary.objects.get(pk=1)


def _due(version: int) -> list[RatingQuerySet]:
    """Two stretches of one index, each read in its order: an OR of them would be sorted."""
    explained = Rating.objects.explained()
    return [
        explained.filter(labelled_with=None).order_by("id"),
        explained.filter(labelled_with__lt=version).order_by("labelled_with", "id"),
    ]


def _take(version: int, limit: int) -> list[Rating]:
    batch: list[Rating] = []
    for rows in _due(version):
        if len(batch) < limit:
            taken = rows.select_for_update(skip_locked=True, of=("self",))
            taken = taken.select_related("service__discipline").only(
                "why", "score", "language", "service__discipline__code"
            )
            batch += taken[: limit - len(batch)]
    return batch


def _label(batch: list[Rating], newest: Compiled) -> None:
    found = {rating.pk: newest.theme_keys(rating) for rating in batch}
    stand: dict[int, set[int]] = defaultdict(set)
    gone: list[int] = []
    for link in RatingTheme.objects.filter(rating__in=found):
        if link.by_hand or link.theme_id in found[link.rating_id]:
            stand[link.rating_id].add(link.theme_id)
        else:
            gone.append(link.pk)
    RatingTheme.objects.filter(pk__in=gone, by_hand=False).delete()
    RatingTheme.objects.bulk_create(
        [
            RatingTheme(rating_id=rating, theme_id=theme)
            for rating, themes in found.items()
            for theme in sorted(themes - stand[rating])
        ],
        ignore_conflicts=True,
    )
    by_flag: dict[str, list[int]] = defaultdict(list)
    for rating in batch:
        flag = contradictions.contradiction(rating.score, rating.why, rating.language)
        by_flag[flag].append(rating.pk)
    for flag, keys in by_flag.items():
        Rating.objects.filter(pk__in=keys).update(contradiction=flag, labelled_with=newest.version)
