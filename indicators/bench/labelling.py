"""How many whys are labelled after a change of the dictionary, against the same without storing."""

from __future__ import annotations

from random import Random
from typing import Any

from django.utils import timezone

from feedback.models import Rating, RatingTheme, Theme, ThemeDictionary, ThemeTerm
from feedback.themes import contradictions, themes
from indicators.bench import market, timing

WHYS = 4_000
WORDS = ("Le cours", "la séance", "et", "mais", "toujours", "cette fois", "notre équipe")


def run(size: int) -> dict[str, Any]:
    """Ratio: reading texts in memory against reading, comparing and writing what changed."""
    many = min(size, WHYS)
    market.fill(many)
    _write_whys()
    first = timing.once(_label_all)
    links = RatingTheme.objects.count()
    stored = timing.runs(_again)
    dictionary, ratings = themes.compiled(), list(Rating.objects.select_related("service"))
    alone = timing.runs(lambda: _read(dictionary, ratings))
    return {
        "whys": many,
        "labels": links,
        "terms": ThemeTerm.objects.count(),
        "first_ms": round(first, 2),
        "again_ms": stored,
        "whys_per_second": timing.per_second(many, stored),
        "reading_against_stored": timing.ratio(alone, stored),
    }


def _write_whys() -> None:
    """Each of a few terms among other words, always the same."""
    draw = Random(1)  # noqa: S311 (which words decides nothing)
    terms = list(ThemeTerm.objects.filter(language="fr").values_list("words", flat=True))
    ratings = list(Rating.objects.order_by("pk"))
    for rating in ratings:
        said = [part for term in draw.sample(terms, 3) for part in (draw.choice(WORDS), term)]
        rating.why, rating.language = f"{' '.join(said)}.", "fr"
    Rating.objects.bulk_update(ratings, ["why", "language"], batch_size=500)


def _again() -> None:
    """As after a change that moves the labels of one theme."""
    moved = Theme.objects.get(code="price")
    moved.is_used = not moved.is_used
    moved.save()
    newest = ThemeDictionary.objects.get(pk=1)
    newest.version += 1
    newest.save()
    _label_all()


def _label_all() -> None:
    while themes.label_due(now=timezone.now()):
        pass


def _read(dictionary: themes.Compiled, ratings: list[Rating]) -> None:
    for one in ratings:
        dictionary.dictionary.labels(one.why, one.language, None)
        contradictions.contradiction(one.score, one.why, one.language)
