"""Finds the themes of a why: its words and a theme's terms are cut to the same stems.

Clients write fast and without accents; what is folded away here is what they most often leave out
or double. Nothing is learnt: a label can always be explained by the words that gave it.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer

FRENCH, ENGLISH = "fr", "en"
LANGUAGES = (FRENCH, ENGLISH)
GAP_WORDS = 1  # "pas encore répondu" is still "pas répondu"
LONGEST_WORD_LETTERS = 40  # longer is a slip of the keyboard, or an attack
SHORT_STEM_LETTERS = 5  # there a double letter means: "salle" is not "sale"
CACHED_WORDS = 50_000

_STEMMERS = {FRENCH: snowballstemmer.stemmer("french"), ENGLISH: snowballstemmer.stemmer("english")}
_STEMMING = threading.Lock()  # a stemmer keeps the word it is at in itself

_WORD = re.compile(r"[a-z0-9]+")
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")  # "trooop"
_DOUBLED = re.compile(r"([a-z])\1")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "€": " euro ", "£": " pound "})
_ELIDED = frozenset({"c", "d", "j", "l", "m", "n", "s", "t", "qu"})  # of "l’heure" the hour remains
_WRITTEN_OUT = {
    "rdv": ("rendez", "vous"),
    "rv": ("rendez", "vous"),
    "tjrs": ("toujours",),
    "tjs": ("toujours",),
    "bcp": ("beaucoup",),
    "pb": ("probleme",),
    "pbs": ("probleme",),
    "magazin": ("magasin",),
    "magazins": ("magasin",),
}
_APART = {  # French words that would fall on the stem of another one; no stem begins with "="
    word: f"={kept}"
    for kept, forms in {
        "attentif": "attentif attentifs attentive attentives",  # else "attente"
        "attention": "attention attentions",
        "agence": "agence agences",  # agencer
        "abord": "abord abords",  # abordable
        "adorer": "adore adorait adorais adorer",  # adorable
        "cassant": "cassant cassante cassants cassantes",  # cassé
        "chaleur": "chaleur chaleurs",  # chaleureux
        "debut": "debut debuts",  # débutant
        "developpement": "developpement developpements",  # développer
        "devoir": "devait devais devaient devant devez doivent",  # devis
        "equipe": "equipe equipes",  # équipement
        "fil": "fil fils",  # file
        "format": "format formats",  # formation
        "fonction": "fonction fonctions",  # fonctionner
        "fraise": "fraise fraises",  # frais
        "livre": "livres",  # livré
        "mois": "mois",  # moisi
        "montant": "montant montants",  # monter
        "pays": "pays",  # payé
        "organisation": "organisation organisations",  # organisé
        "pouvoir": "pourrai pourrais pourrait pourraient pourra pourriez",  # pourri
        "presentation": "presentation presentations",  # présent
        "prevenant": "prevenant prevenante prevenants prevenantes",  # prévenir
        "puer": "pue pues puer puent puait puaient",  # pu
        "repas": "repas",  # repassé
        "remplacant": "remplacant remplacante remplacants remplacantes",  # remplacé
        "reservation": "reservation reservations",  # réservé
        "rever": "reve reves rever",  # revis
        "salee": "salee salees",  # sale
        "savoir": "savait savais savaient",  # sav
        "suivant": "suivant suivante suivants suivantes",  # suivi
    }.items()
    for word in forms.split()
}
_SMALL_WORDS = {
    FRENCH: """
        le la les un une des du de et est a au aux en pour par avec sans sur dans que qui ne pas
        plus tres trop bien nous vous je il elle on ce cette mon ma mes votre vos notre nos son
        sa ses etait ete mais ou tout tous rien merci bon bonne
    """,
    ENGLISH: """
        the a an and is was were are of to for with without in at by it he she we you they this
        that my our your his her not no very too but or all nothing thanks thank good from have
        had has been be would so could
    """,
}
_COMMON = {code: frozenset(listed.split()) for code, listed in _SMALL_WORDS.items()}


@dataclass(frozen=True)
class Term:
    """One word or short phrase that stands for a theme, in one language."""

    theme: str
    language: str
    discipline: str | None  # None: in every discipline
    stems: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """A term at its place: the stretch of the text that said it."""

    term: Term
    start: int
    end: int


def term(theme: str, language: str, words: str, discipline: str | None = None) -> Term:
    return Term(theme, language, discipline, stems(words, language))


def stems(text: str, language: str) -> tuple[str, ...]:
    """What is compared: one stem for each word that counts; `language` is "fr" or "en"."""
    return tuple(_stem(word, language) for word in words(text))


def words(text: str) -> list[str]:
    """Lower case, without accents, elided articles and letters drawn out."""
    text = unicodedata.normalize("NFKD", text.lower().translate(_LIGATURES))
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    found: list[str] = []
    for word in _WORD.findall(_DRAWN_OUT.sub(r"\1", text)):
        if word not in _ELIDED and len(word) <= LONGEST_WORD_LETTERS:
            found.extend(_WRITTEN_OUT.get(word, (word,)))
    return found


def _spans(text: str) -> list[tuple[str, int, int]]:
    """The same words with the letters they stand for; slower, for texts that are looked at."""
    folded: list[str] = []
    origin: list[int] = []
    for at, letter in enumerate(text):
        for part in unicodedata.normalize("NFKD", letter.lower().translate(_LIGATURES)):
            if not unicodedata.combining(part):
                folded.append(part)
                origin.append(at)
    spans: list[tuple[str, int, int]] = []
    for match in _WORD.finditer("".join(folded)):
        word = _DRAWN_OUT.sub(r"\1", match[0])
        if word not in _ELIDED and len(word) <= LONGEST_WORD_LETTERS:
            start, end = origin[match.start()], origin[match.end() - 1] + 1
            spans.extend((written, start, end) for written in _WRITTEN_OUT.get(word, (word,)))
    return spans


@lru_cache(maxsize=CACHED_WORDS)
def _stem(word: str, language: str) -> str:
    """Double letters fold last: the commonest slip, and the endings are found by then."""
    if language == FRENCH:
        if word in _APART:
            return _APART[word]
        word = re.sub(r"ees?$", "e", word)  # what remains of -ée and -ées
    with _STEMMING:
        stem: str = _STEMMERS[language].stemWord(word)
    return stem if len(stem) <= SHORT_STEM_LETTERS else _DOUBLED.sub(r"\1", stem)


def languages(text: str, language: str = "") -> tuple[str, ...]:
    """What to read a text in: the language told, else that of its small words, else both."""
    told = language[:2].lower()
    if told in LANGUAGES:
        return (told,)
    found = words(text)
    counts = {code: sum(word in common for word in found) for code, common in _COMMON.items()}
    if counts[FRENCH] == counts[ENGLISH]:
        return LANGUAGES
    return (max(counts, key=lambda code: counts[code]),)


class Dictionary:
    """All terms, found by their first stem, so that a why costs about what its length is."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self._by_first: dict[tuple[str, str], list[Term]] = defaultdict(list)
        for each in terms:
            if each.stems:
                self._by_first[each.language, each.stems[0]].append(each)
        for same_first in self._by_first.values():
            same_first.sort(key=lambda each: -len(each.stems))

    def labels(self, text: str, language: str, discipline: str | None) -> frozenset[str]:
        """Codes of the themes; another language than French and English is guessed at."""
        return frozenset(
            theme
            for code in languages(text, language)
            for theme in self._themes(stems(text, code), code, discipline)
        )

    def explain(self, text: str, language: str, discipline: str | None) -> list[Found]:
        """What `labels` goes by: each term with the first and the last letter of its words."""
        explained = []
        for code in languages(text, language):
            spans = _spans(text)
            said = tuple(_stem(word, code) for word, _start, _end in spans)
            for each, places in self._matches(said, code, discipline):
                explained.append(Found(each, spans[places[0]][1], spans[places[-1]][2]))
        return explained

    def _themes(self, found: tuple[str, ...], language: str, discipline: str | None) -> set[str]:
        return {each.theme for each, _places in self._matches(found, language, discipline)}

    def _matches(
        self, found: tuple[str, ...], language: str, discipline: str | None
    ) -> Iterator[tuple[Term, list[int]]]:
        """The longest term at a place takes its words: "pas cher" is not also a "cher"."""
        used: set[int] = set()
        for start, stem in enumerate(found):
            if start in used:
                continue
            longest = 0
            for each in self._by_first.get((language, stem), ()):
                if each.discipline not in (None, discipline) or len(each.stems) < longest:
                    continue
                if places := _places(each.stems, found, start):
                    longest = len(each.stems)
                    used.update(places)
                    yield each, places


def _places(wanted: tuple[str, ...], found: tuple[str, ...], start: int) -> list[int]:
    """Where the stems of a term stand from `start` on, few words apart; empty when they do not."""
    places = [start]
    for stem in wanted[1:]:
        after = places[-1] + 1
        nearby = found[after : after + GAP_WORDS + 1]
        if stem not in nearby:
            return []
        places.append(after + nearby.index(stem))
    return places
