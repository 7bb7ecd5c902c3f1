"""The default dictionary against 200 own whys, coded by hand by the rules of coded_whys.md."""

import csv
from pathlib import Path

import pytest

from feedback import reference
from feedback.themes import theme_scores, theme_terms
from feedback.themes.labelling import Dictionary
from indicators.demo.cast import DISCIPLINES

HERE = Path(__file__).parent
CODES = [theme.code for theme in theme_terms.THEMES]
LEAST_PRECISION, LEAST_RECALL = 0.75, 0.75  # of any theme
LEAST_OVER_ALL = 0.9


@pytest.fixture(scope="module")
def dictionary():
    return Dictionary(theme_terms.terms())


@pytest.fixture(scope="module")
def pairs(dictionary):
    with (HERE / "own_whys.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 200
    return [
        (
            dictionary.labels(row["why"], "fr", row["discipline"]),
            frozenset(row["themes"].split("|")) - {""},
        )
        for row in rows
    ]


def test_precision_and_recall_of_each_theme(pairs):
    scores = theme_scores.by_theme(pairs, CODES)
    for score in scores:
        print(f"{score.theme:12} {score.precision:.2f} {score.recall:.2f} {score.coded:3}")  # noqa: T201
    weak = [
        score
        for score in scores
        if score.precision < LEAST_PRECISION or score.recall < LEAST_RECALL
    ]
    assert weak == []


def test_precision_and_recall_over_all(pairs):
    score = theme_scores.over_all(theme_scores.by_theme(pairs, CODES))
    assert score.precision >= LEAST_OVER_ALL and score.recall >= LEAST_OVER_ALL


def test_every_coded_theme_is_known(pairs):
    assert {theme for _labelled, coded in pairs for theme in coded} <= set(CODES)


def test_real_whys_are_coded_once_and_without_their_text():
    names = ("coded_whys.csv", "coded_whys_fresh.csv", "coded_whys_last.csv")
    coded = [code for name in names for code in theme_scores.read_coded(HERE / name, CODES)]
    assert len(coded) == 500 == len({code.row for code in coded})
    assert {len(code.fingerprint) for code in coded} == {12}


def test_themes_share_the_codes_of_chips_with_the_same_meaning():
    shared = set(CODES) & set(reference.CHIPS)
    assert shared == {
        "punctuality", "listening", "preparation", "equipment", "result", "follow_up", "price",
    }  # fmt: skip


def test_every_term_says_something_and_belongs_somewhere():
    terms = theme_terms.terms()
    assert [term for term in terms if not term.stems or term.theme not in CODES] == []
    assert {term.discipline for term in terms} == {None, *DISCIPLINES}
    assert len(set(terms)) > 1500


@pytest.mark.parametrize(
    ("why", "discipline", "themes"),
    [
        ("He was late and the room was noisy", "massage", {"punctuality", "place"}),
        ("Very kind, great advice, a bit expensive", "nutrition", {"listening", "skill", "price"}),
        ("Not enough mats", "yoga", {"equipment"}),
        ("The leak came back and nobody called back", "handyman", {"result", "follow_up"}),
        ("Perfect", "yoga", set()),
    ],
)
def test_english_whys(dictionary, why, discipline, themes):
    assert dictionary.labels(why, "en", discipline) == themes
