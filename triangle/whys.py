"""The mandatory why: what was typed, made clean, and whether it explains anything."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from django.utils.translation import gettext as _

from triangle.errors import Refused

LETTERS_NEEDED = 3
MAX_LENGTH = 5_000  # characters
INVISIBLE_LETTERS = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
# Control, format (zero-width, direction) and broken surrogates; a line break stays.
UNSEEN = {"Cc", "Cf", "Cs"}
WORD = re.compile(r"[^\W\d_]+")
RUN = re.compile(r"(.)\1+")


class Unexplained(Refused):
    """The text is no explanation; the message says what is missing."""


def explanation(text: str, *, not_these: Iterable[str] = ()) -> str:
    """The clean text, or `Unexplained` with the sentence to show beside the field."""
    if len(text) > 20 * MAX_LENGTH:
        raise Unexplained(_too_long())
    text = clean(text)
    if len(text) > MAX_LENGTH:
        raise Unexplained(_too_long())
    if not is_explanation(text, not_these=not_these):
        raise Unexplained(_("Please tell us why in a few words: at least three letters."))
    return text


def is_explanation(text: str, *, not_these: Iterable[str] = ()) -> bool:
    """Whether the words say something of their own.

    Letters are counted in the different words, a repeated letter once: "....", "ok ok ok" and
    "aaaa" explain nothing; neither does a label (`not_these`) copied from the page, nor several.
    """
    words = _words(text)
    letters = sum(len(RUN.sub(r"\1", word)) for word in set(words))
    return letters >= LETTERS_NEEDED and not _only_labels(words, not_these)


def clean(text: str) -> str:
    """Trimmed, composed, without NUL, control and zero-width characters; lines are kept."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    text = "".join(mark for mark in text if _is_seen(mark))
    return unicodedata.normalize("NFC", text).strip()


def _is_seen(mark: str) -> bool:
    if mark in INVISIBLE_LETTERS:
        return False
    return mark.isprintable() or mark == "\n" or unicodedata.category(mark) not in UNSEEN


def _words(text: str) -> list[str]:
    return WORD.findall(clean(text).casefold())


_words_of_label = lru_cache(maxsize=1_000)(_words)  # pages of all surveys say no more


def _only_labels(words: list[str], labels: Iterable[str]) -> bool:
    left = f" {' '.join(words)} "
    for label in sorted(map(_words_of_label, labels), key=len, reverse=True):
        if label:
            left = left.replace(f" {' '.join(label)} ", "  ")
    return not left.strip()


def _too_long() -> str:
    return _("Please keep to %(limit)s characters.") % {"limit": f"{MAX_LENGTH:,}"}
