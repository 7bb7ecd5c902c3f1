"""What counts as a why."""

import pytest

from triangle.whys import MAX_LENGTH, Unexplained, clean, explanation, is_explanation


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "\n\t",
        "....",
        "ok ok ok",
        "OK, ok! Ok?",
        "aaaa",
        "123 456",
        "!?!",
        "\u200b\u200c\u200d\ufeff",
        "o\u200bk",
        "\u3164\u3164\u3164",
        "\u00a0\u202f",
        "\x00\x00\x00",
        "👍👍👍",
    ],
)
def test_nothing_is_explained_by(text):
    assert not is_explanation(text)
    with pytest.raises(Unexplained):
        explanation(text)


@pytest.mark.parametrize(
    "text", ["bon", "non", "Très bien", "ok merci", "  late\n", "老师很好", "ممتاز", "9/10 top"]
)
def test_an_explanation_has_three_letters(text):
    assert is_explanation(text)


@pytest.mark.parametrize(
    ("text", "explains"),
    [
        ("Punctuality", False),
        (" punctuality. ", False),
        ("Punctuality, Room ready", False),
        ("No punctuality", True),
        ("Punctualityness", True),
    ],
)
def test_a_label_is_no_explanation(text, explains):
    assert is_explanation(text, not_these=["Punctuality", "Room ready", ""]) is explains


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        ("  bon  ", "bon"),
        ("a\x00b\x1bc", "abc"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("e\u0301te\u0301", "été"),
        ("«\u202foui\u202f»", "«\u202foui\u202f»"),
        ("rtl\u202egnp", "rtlgnp"),
        ("merci 🫨", "merci 🫨"),
        ("half \ud800", "half"),
    ],
)
def test_clean_keeps_what_is_seen(typed, kept):
    assert clean(typed) == kept


def test_the_longest_why_passes_and_one_more_character_does_not():
    assert explanation("ab c" * (MAX_LENGTH // 4)) == "ab c" * (MAX_LENGTH // 4)
    with pytest.raises(Unexplained, match="5,000"):
        explanation("ab c" * (MAX_LENGTH // 4) + "d")
    with pytest.raises(Unexplained, match="5,000"):
        explanation("abc" * MAX_LENGTH * 10)
