import pytest

from feedback.themes import labelling
from feedback.themes.labelling import Dictionary, Term, languages, stems, term, words

TERMS = (
    term("punctuality", "fr", "à l’heure"),
    term("punctuality", "fr", "retard"),
    term("follow_up", "fr", "pas répondu"),
    term("price", "fr", "cher"),
    term("price", "fr", "rapport qualité prix"),
    term("result", "fr", "qualité"),
    term("information", "fr", "prix affiché"),
    term("price", "fr", "prix affiché"),
    term("skill", "fr", "compétente"),
    term("place", "fr", "salle"),
    term("safety", "fr", "sale"),
    term("booking", "fr", "prise de rendez-vous"),
    term("equipment", "fr", "tapis", "yoga"),
    term("punctuality", "en", "late"),
    term("price", "en", "expensive"),
)
DICTIONARY = Dictionary(TERMS)


@pytest.mark.parametrize("why", ["", " \u200b\n", "!!! ???", "😀", "RAS"])
def test_a_why_that_says_nothing_has_no_theme(why):
    assert DICTIONARY.labels(why, "fr", "yoga") == frozenset()


def test_a_dictionary_without_terms_labels_nothing():
    assert Dictionary(()).labels("En retard", "fr", None) == frozenset()
    assert Dictionary([Term("price", "fr", None, ())]).labels("cher", "fr", None) == frozenset()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("L’écoute, l'écoute, l ecoute", ["ecoute", "ecoute", "ecoute"]),
        ("Trooop CHÈRE", ["trop", "chere"]),
        ("rdv à 9h", ["rendez", "vous", "a", "9h"]),
        ("Sœur, 12€", ["soeur", "12", "euro"]),
        ("x" * 5000, ["x"]),
        ("ab" * 5000, []),
    ],
)
def test_words_are_folded(text, found):
    assert words(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "L’écoute, l'ecoute",
        "Trooop CHÈRE",
        "rdv à 9h",
        "Sœur, 12€",
        "ﬁn İstanbul ①",
        "e\u0301té",
    ],
)
def test_what_is_shown_stands_for_the_words_that_are_compared(text):
    spans = labelling._spans(text)
    assert [word for word, _start, _end in spans] == words(text)
    assert all(text[start:end].strip() for _word, start, end in spans)


def test_a_label_is_explained_by_the_stretch_of_text_that_said_it():
    text = "Arrivée en Retard, et on n’a pas encore répondu !"
    found = DICTIONARY.explain(text, "fr", None)
    said = [(one.term.theme, text[one.start : one.end]) for one in found]
    assert said == [("punctuality", "Retard"), ("follow_up", "pas encore répondu")]
    assert {theme for theme, _words in said} == DICTIONARY.labels(text, "fr", None)


@pytest.mark.parametrize(
    "forms",
    [
        "réparé réparée réparés réparées reparer réparation",
        "cher chère chers chères CHER cheeeer",
        "professionnel professionnelle profesionnel profesionels",
        "accueil accueils accueillant",
        "conseil conseils conseillé conseillée",
    ],
)
def test_endings_accents_and_slips_fall_on_one_stem(forms):
    assert len(set(stems(forms, "fr"))) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("salle", "sale"),
        ("attente", "attention"),
        ("attente", "attentif"),
        ("équipe", "équipement"),
        ("mois", "moisi"),
        ("pourrait", "pourri"),
        ("devant", "devis"),
        ("repas", "repassé"),
    ],
)
def test_words_of_other_meanings_stay_apart(one, other):
    assert stems(one, "fr") != stems(other, "fr")


@pytest.mark.parametrize(
    ("why", "themes"),
    [
        ("Toujours à l’heure", {"punctuality"}),
        ("tjrs a l heure", {"punctuality"}),
        ("Retards répétés", {"punctuality"}),
        ("On ne m’a pas encore répondu", {"follow_up"}),
        ("Pas eu le temps, il a répondu", set()),
        ("C’est cher", {"price"}),
        ("bon rapport qualité-prix", {"price"}),
        ("qualité et rapport", {"result"}),
        ("Le prix n’est pas affiché", set()),
        ("prix mal affichés", {"price", "information"}),
        ("La salle est sale, la prof compétente", {"place", "safety", "skill"}),
        ("prise de rdv facile", {"booking"}),
    ],
)
def test_french_whys(why, themes):
    assert DICTIONARY.labels(why, "fr", None) == themes


def test_a_term_of_a_discipline_counts_there_only():
    assert DICTIONARY.labels("tapis abîmés", "fr", "yoga") == {"equipment"}
    assert DICTIONARY.labels("tapis abîmés", "fr", "massage") == frozenset()
    assert DICTIONARY.labels("tapis abîmés", "fr", None) == frozenset()


def test_english_whys():
    assert DICTIONARY.labels("He was late and expensive", "en", None) == {"punctuality", "price"}
    assert DICTIONARY.labels("cher", "en", None) == frozenset()


@pytest.mark.parametrize(
    ("text", "told", "read"),
    [
        ("", "", ("fr", "en")),
        ("He was late", "", ("en",)),
        ("Il est en retard", "", ("fr",)),
        ("Super!", "", ("fr", "en")),
        ("He was late", "fr-CA", ("fr",)),
        ("He was late", "de", ("en",)),
    ],
)
def test_the_language_is_told_or_guessed(text, told, read):
    assert languages(text, told) == read


def test_a_text_of_no_known_language_is_read_in_both():
    assert DICTIONARY.labels("cher, late", "", None) == {"price", "punctuality"}


def test_each_matching_theme_of_one_phrase_counts_whatever_the_order():
    turned = Dictionary(reversed(TERMS))
    assert turned.labels("prix affichés", "fr", None) == {"price", "information"}
