"""Tells when a score and its why say opposite things: a scale read the wrong way round, mostly.

Careful on purpose: a manager should find nearly every flag worth a look. A why that weighs pro and
contra is never flagged, nor is one of a passive.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from feedback.themes.labelling import ENGLISH, FRENCH, LANGUAGES, languages, stems

Stems = tuple[str, ...]

PRAISE, BLAME = "praise", "blame"
LOWEST, LOW, HIGH = 4, 6, 9  # up to 4 clear praise contradicts, at 5 and 6 it must be enthusiastic
CLEAR, ENTHUSIASTIC = 2, 3  # points of a why
REACH_WORDS = 3  # how far a negation goes: "pas du tout très satisfait"

_PRAISE_2 = {
    FRENCH: """
        excellent, parfait, parfaitement, impeccable, génial, géniale, formidable, superbe,
        super, top, au top, nickel, magnifique, merveilleux, extraordinaire, exceptionnel,
        fantastique, ravi, ravie, enchanté, enchantée, adore, j’adore, adorable, bravo, très
        bien, très bon, très bonne, trop bien, tout est bien, rien à redire, rien à changer,
        changez rien, changer rien, je recommande, on recommande, nous recommandons, vous
        recommande, recommande vivement, au delà de mes attentes, jamais déçu, jamais déçue,
        félicitations, un régal, un pur bonheur, mains en or, je revis
    """,
    ENGLISH: """
        excellent, perfect, perfectly, great, amazing, wonderful, fantastic, brilliant,
        superb, awesome, outstanding, love, loved, lovely, delighted, thrilled, the best,
        very good, very happy, highly recommend, would recommend, would book again, never
        disappointed, nothing to change
    """,
}
_CONTENT_2 = {  # their denial is as strong
    FRENCH: "satisfait, satisfaite, content, contente, professionnel, professionnelle",
    ENGLISH: "satisfied, happy, recommend, professional, pleased",
}
_PRAISE_1 = {
    FRENCH: """
        bon, bonne, agréable, gentil, gentille, sympa, sympathique, aimable, souriant,
        souriante, ponctuel, compétent, compétente, efficace, soigné, rapide, à l’écoute,
        accueillant, chaleureux, plaisir, apprécié, bien fait, bien passé, merci, mieux, pas
        mal, sans souci, sans faute, rien à dire, continuez, réparé, bien
    """,
    ENGLISH: """
        good, nice, friendly, kind, helpful, punctual, efficient, enjoyed, enjoy, thank,
        thanks, well, pleasant, not bad, better, fixed
    """,
}
_BLAME_2 = {
    FRENCH: """
        nul, nulle, lamentable, déplorable, catastrophe, catastrophique, honte, honteux,
        honteuse, scandaleux, scandale, inadmissible, inacceptable, horrible, arnaque,
        escroc, déçu, déçue, décevant, décevante, mécontent, mécontente, insatisfait,
        insatisfaite, furieux, furieuse, désastre, désastreux, à fuir, fuyez, à éviter, plus
        jamais, incompétent, incompétente, incompétence, désagréable, agressif, agressive,
        malpoli, bâclé, bâclée, perte de temps, jamais venu, jamais venue, pas venu, importe
        quoi, se moque, très mauvais, très mauvaise, recommande pas, pire, détestable,
        exécrable, navrant
    """,
    ENGLISH: """
        terrible, awful, horrible, dreadful, disgrace, disgraceful, disgusting,
        unacceptable, disappointed, disappointing, rude, never again, waste of time, waste
        of money, worst, incompetent, scam, useless, never came, never showed, nobody came,
        nobody turned up, did not show, didn't show, very bad, dissatisfied, unhappy, angry,
        appalling
    """,
}
_BLAME_1 = {
    FRENCH: """
        mauvais, mauvaise, retard, sale, sales, cassé, mal, problème, panne, erreur, refus,
        cher, attente, bruyant, ne répond pas, rien appris, dommage, regrette, manque,
        difficile, élevé, exagéré, rupture
    """,
    ENGLISH: """
        bad, late, dirty, broken, problem, mistake, poor, badly, expensive, slow, noisy,
        complaint, shame, sorry, missing, difficult
    """,
}
_NOTHING = {
    FRENCH: "nulle part, rien à signaler, bon d’achat, bien que",
    ENGLISH: "as well, well as",
}
_NEGATIONS = {
    FRENCH: "pas, jamais, rien, aucun, aucune, sans, ni, guère, peu",
    ENGLISH: """
        not, no, never, nothing, without, nobody, hardly, isn, wasn, aren, don, dont, didn, doesn
    """,
}
_SOFTENERS = {  # a complaint made small is none, whatever the score
    FRENCH: "un peu, légèrement, parfois, quelquefois, petit, petite, juste",
    ENGLISH: "a bit, a little, slightly, sometimes, small",
}
_RESERVES = {  # pro and contra, a wish, another time or another person
    FRENCH: """
        mais, sauf, cependant, toutefois, pourtant, néanmoins, hormis, malgré, par contre,
        en revanche, bémol, sinon, plutôt, dans l’ensemble, mis à part, excepté,
        heureusement, bravo pour, si, trop, assez, moins, aurait, auraient, aurais, serait,
        seraient, devrait, faudrait, pourrait, améliorer, avant, ailleurs, autres, autre,
        précédent, ancien, annonce, attendais, plus de, non
    """,
    ENGLISH: """
        but, except, however, although, though, despite, if, too, enough, less, would have,
        should, could, expected, before, previous, elsewhere, other, others, unfortunately
    """,
}


@dataclass(frozen=True)
class _Entry:
    stems: Stems = ()
    praise: int = 0
    blame: int = 0
    denied: int = 0  # points for the other side when a negation stands before
    is_reserve: bool = False


def contradiction(score: int, text: str, language: str) -> str:
    """Praise under a low score, blame over a high one, or "" when they agree or the why weighs."""
    if LOW < score < HIGH:
        return ""
    praise, blame, is_weighed = _weigh(text, language)
    if is_weighed:
        return ""
    if score <= LOW:
        wanted = CLEAR if score <= LOWEST else ENTHUSIASTIC
        return PRAISE if praise >= wanted and not blame else ""
    return BLAME if blame >= CLEAR and not praise else ""


def _weigh(text: str, language: str) -> tuple[int, int, bool]:
    """Praise added up, the hardest word of blame, and whether one is weighed against the other.

    Small complaints do not add up to a contradiction: clients who give a ten list them as wishes.
    """
    praise = blame = 0
    is_weighed = False
    for code in languages(text, language):
        for entry, before in _entries(stems(text, code), code):
            if entry.is_reserve or (entry.blame and _holds(before, _SOFT[code])):
                is_weighed = True
            elif _holds(before, _DENIES[code]):
                praise += entry.denied if entry.blame else 0
                blame = max(blame, entry.denied if entry.praise else 0)
            else:
                praise += entry.praise
                blame = max(blame, entry.blame)
    return praise, blame, is_weighed


def _entries(found: Stems, language: str) -> Iterator[tuple[_Entry, Stems]]:
    """Each entry that stands in the text, with the few words before that belong to no other."""
    at = end = 0
    while at < len(found):
        entry = next(
            (
                entry
                for entry in _LEXICON[language].get(found[at], ())
                if found[at : at + len(entry.stems)] == entry.stems
            ),
            None,
        )
        if entry:
            yield entry, found[max(end, at - REACH_WORDS) : at]
            end = at + len(entry.stems)
        at = max(at + 1, end)


def _holds(before: Stems, phrases: frozenset[Stems]) -> bool:
    return any(
        before[at : at + len(phrase)] == phrase for phrase in phrases for at in range(len(before))
    )


def _phrases(listed: str, language: str) -> frozenset[Stems]:
    return frozenset(stems(words, language) for words in listed.split(","))


def _lexicon(language: str) -> dict[str, list[_Entry]]:
    """Entries by their first stem, the longest first."""
    kinds = (
        (_PRAISE_2, _Entry(praise=2, denied=1)),
        (_CONTENT_2, _Entry(praise=2, denied=2)),
        (_PRAISE_1, _Entry(praise=1, denied=1)),
        (_BLAME_2, _Entry(blame=2, denied=1)),
        (_BLAME_1, _Entry(blame=1)),
        (_NOTHING, _Entry()),
        (_RESERVES, _Entry(is_reserve=True)),
    )
    entries = [
        replace(kind, stems=phrase)
        for listed, kind in kinds
        for phrase in _phrases(listed[language], language)
    ]
    by_first: dict[str, list[_Entry]] = {}
    for entry in sorted(entries, key=lambda entry: -len(entry.stems)):
        by_first.setdefault(entry.stems[0], []).append(entry)
    return by_first


_LEXICON = {language: _lexicon(language) for language in LANGUAGES}
_DENIES = {language: _phrases(_NEGATIONS[language], language) for language in LANGUAGES}
_SOFT = {language: _phrases(_SOFTENERS[language], language) for language in LANGUAGES}
