"""What one version says differently from another."""

from dataclasses import replace

import pytest

from feedback.models import About
from feedback.surveys import default_wording
from feedback.surveys.version_changes import ADDED, REMOVED, SAME, Piece, between, compare
from feedback.surveys.wording import Bands

CONTENT = default_wording.content(About.INTERVENTION)


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        ("", "", ()),
        ("", "New", (Piece(ADDED, "New"),)),
        ("Old", "", (Piece(REMOVED, "Old"),)),
        (
            "How was it?",
            "How is it?",
            (Piece(SAME, "How "), Piece(REMOVED, "was"), Piece(ADDED, "is"), Piece(SAME, " it?")),
        ),
    ],
)
def test_words_that_went_and_came(before, after, pieces):
    assert compare(before, after) == pieces


def test_the_same_content_has_no_changes():
    assert between(CONTENT, CONTENT) == []


def test_each_change_stands_at_its_place():
    words = replace(CONTENT.en, thanks="Thanks.", by_discipline=(("yoga", Bands(low="Why?")),))
    after = replace(CONTENT, en=words, criteria=("a", "b", "c"))
    changes = between(CONTENT, after)
    assert [(one.place, one.language) for one in changes] == [
        ("en.thanks", "en"),
        ("en.by_discipline.yoga.low", "en"),
        ("criteria", ""),
    ]
    back = between(after, CONTENT)
    assert {one.place for one in back} == {one.place for one in changes}
