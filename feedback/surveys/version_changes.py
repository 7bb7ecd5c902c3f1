"""What one version says differently from another, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from feedback.surveys.wording import BANDS, LANGUAGES, Content, Words

TEXTS = ("subject", "body", "reminder_subject", "reminder_body", "intro", "thanks")
LISTS = ("criteria", "chips", "readers")
WORD = re.compile(r"\s+|\w+|[^\w\s]")
SAME, ADDED, REMOVED = "same", "added", "removed"


@dataclass(frozen=True)
class Piece:
    kind: str
    text: str


@dataclass(frozen=True)
class Change:
    place: str  # as in `wording.Problem`
    pieces: tuple[Piece, ...]

    @property
    def language(self) -> str:
        return self.place.partition(".")[0] if "." in self.place else ""


def between(before: Content, after: Content) -> list[Change]:
    """In the order of the form; nothing where both say the same."""
    old, new = dict(_said(before)), dict(_said(after))
    places = [*new, *(place for place in old if place not in new)]
    return [
        Change(place, compare(old.get(place, ""), new.get(place, "")))
        for place in places
        if old.get(place, "") != new.get(place, "")
    ]


def compare(before: str, after: str) -> tuple[Piece, ...]:
    """Words taken away stand before those that replace them."""
    old, new = WORD.findall(before), WORD.findall(after)
    pieces = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece(SAME, "".join(old[a:b])))
            continue
        pieces += [Piece(REMOVED, "".join(old[a:b]))] if b > a else []
        pieces += [Piece(ADDED, "".join(new[c:d]))] if d > c else []
    return tuple(pieces)


def _said(content: Content) -> Iterator[tuple[str, str]]:
    for language in LANGUAGES:
        yield from _words(language, content.words(language))
    for name in LISTS:
        yield name, ", ".join(getattr(content, name))


def _words(language: str, words: Words) -> Iterator[tuple[str, str]]:
    for name in TEXTS:
        yield f"{language}.{name}", getattr(words, name)
    for band in BANDS:
        yield f"{language}.questions.{band}", getattr(words.questions, band)
    for code, bands in words.by_discipline:
        for band in BANDS:
            yield f"{language}.by_discipline.{code}.{band}", getattr(bands, band)
