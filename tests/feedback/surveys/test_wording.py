"""What may be stored as the words of a survey, and how its holes are filled."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.models import About
from feedback.surveys import default_wording, wording
from feedback.surveys.wording import BadWording, Bands, Known, cut, fill, from_json, to_json

KNOWN = Known(
    criteria=frozenset("abcdefg"), chips=frozenset({"late"}), disciplines=frozenset({"yoga"})
)
CONTENT = default_wording.content(About.INTERVENTION)


def said(about=About.INTERVENTION, *, codes=None, **changes):
    """The problems of a content with these English words."""
    content = default_wording.content(about)
    content = replace(content, en=replace(content.en, **changes), **(codes or {}))
    return {one.place: one.message for one in wording.problems(content, about=about, known=KNOWN)}


@pytest.mark.parametrize("about", About)
def test_what_is_written_is_read_again(about):
    content = default_wording.content(about)
    assert from_json(to_json(content)) == content
    own = replace(content.en, by_discipline=(("yoga", Bands(low="What was hard?")),))
    assert from_json(to_json(replace(content, en=own))).en == own


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("content", []),
        ("content.fr", {"en": {}}),
        ("content.extra", {"fr": {}, "en": {}, "extra": 1}),
        ("fr", {"fr": 1, "en": {}}),
        ("fr.title", {"fr": {"title": ""}, "en": {}}),
        ("fr.subject", {"fr": {"subject": None}, "en": {}}),
        ("en.questions.worst", {"fr": {}, "en": {"questions": {"worst": ""}}}),
        ("en.by_discipline.yoga.low", {"fr": {}, "en": {"by_discipline": {"yoga": {"low": 1}}}}),
        ("criteria", {"fr": {}, "en": {}, "criteria": "abc"}),
        ("readers", {"fr": {}, "en": {}, "readers": [1]}),
    ],
)
def test_anything_else_is_refused_at_its_place(place, value):
    with pytest.raises(BadWording) as refusal:
        from_json(value)
    assert [problem.place for problem in refusal.value.problems] == [place]


@pytest.mark.parametrize("about", About)
def test_a_mail_nobody_can_answer_is_refused(about):
    assert set(said(about, body="Hello.", reminder_body="Hello again.")) == {
        "en.body",
        "en.reminder_body",
    }
    assert said(about, body="Answer on {link}.") == {}


def test_a_debrief_is_asked_by_a_link_and_not_by_scores():
    assert said(About.DEBRIEF, body="Hello\n\n{scores}\n\n{link}") == {
        "en.body": "{scores} has no place in this text."
    }


def test_an_unknown_placeholder_is_named_at_its_field():
    assert said(subject="Hello {frist_name}") == {"en.subject": "“{frist_name}” is not known."}
    assert said(subject="Rate {scores}") == {"en.subject": "{scores} has no place in this text."}


@pytest.mark.parametrize(
    "text", ["{{first_name}}", "{first_name", "first_name}", "{ first_name }", "{}", "{a.b}", "{0}"]
)
def test_braces_are_for_placeholders_alone(text):
    assert list(said(subject=f"Hello {text}")) == ["en.subject"]


@pytest.mark.parametrize("text", ["", "  ", "Two\nlines", "Bcc\r\nx", "nul\x00", "x" * 151])
def test_a_subject_is_one_short_line(text):
    assert list(said(subject=text)) == ["en.subject"]


@pytest.mark.parametrize("body", ["{scores} {link}", "{scores}\n\n{scores}", "Choose: {scores}"])
def test_the_scores_stand_once_on_a_line_of_their_own(body):
    assert said(body=body) == {"en.body": "{scores} stands once, alone on its line."}


def test_the_language_of_the_fault_is_named():
    french = replace(CONTENT, fr=replace(CONTENT.fr, thanks="{nobody}", questions=Bands()))
    found = wording.problems(french, about=About.INTERVENTION, known=KNOWN)
    bands = [f"fr.questions.{band}" for band in wording.BANDS]
    assert [one.place for one in found] == ["fr.thanks", *bands]


@pytest.mark.parametrize(
    ("codes", "place"),
    [
        ({"criteria": ("a", "b")}, "criteria"),
        ({"criteria": tuple("abcdefg")}, "criteria"),
        ({"criteria": ("a", "b", "b")}, "criteria"),
        ({"criteria": ("a", "b", "z")}, "criteria"),
        ({"chips": ("early",)}, "chips"),
        ({"readers": ()}, "readers"),
        ({"readers": ("everybody",)}, "readers"),
    ],
)
def test_codes_are_known_few_and_told_once(codes, place):
    assert place in said(codes=codes)
    assert said(codes={"criteria": ("a", "b", "c"), "chips": ("late",)}) == {}


def test_a_discipline_may_have_its_own_question():
    own = (("yoga", Bands(low="What hurt?")), ("skating", Bands(low="{scores}")))
    assert list(said(by_discipline=own)) == [
        "en.by_discipline.skating",
        "en.by_discipline.skating.low",
    ]
    words = replace(CONTENT.en, by_discipline=own)
    assert words.questions_of("yoga").low == "What hurt?"
    assert words.questions_of("yoga").high == words.questions_of("").high == "What should we keep?"


def test_surveys_of_partners_ask_no_grid_and_the_debrief_no_page():
    codes = {"criteria": ("a", "b", "c"), "readers": ("named",)}
    assert list(said(About.PULSE, codes=codes)) == ["criteria", "readers"]
    assert list(said(About.DEBRIEF, intro="Hello", questions=Bands(low="Why?"))) == [
        "en.intro",
        "en.questions.low",
    ]


@pytest.mark.parametrize(
    ("text", "empty"),
    [
        ("Hello {name},", "Hello,"),
        ("Hello\u00a0{name}!", "Hello!"),
        ("{name}, Mieux Ici", "Mieux Ici"),
        ("Thanks,\n{name}\nMieux Ici", "Thanks,\nMieux Ici"),
        ("A {name} b", "A b"),
        ("{name}", ""),
        ("", ""),
    ],
)
def test_a_hole_without_a_value_leaves_no_trace(text, empty):
    assert fill(cut(text), {"name": ""}) == empty
    assert fill(cut(text), {"name": "Nadia"}) == text.replace("{name}", "Nadia")


@given(st.text(), st.text())
def test_a_value_is_never_looked_at_again(value, other):
    filled = fill(cut("a{one}b{two}c"), {"one": f"{{two}}{value}", "two": f"{{one}}{other}"})
    assert filled == f"a{{two}}{value}b{{one}}{other}c"


@given(st.text(alphabet="ab {}\n\u00a0,", max_size=30))
def test_text_without_values_is_only_ever_shortened(text):
    pieces = cut(text)
    names = {piece.name for piece in pieces if not isinstance(piece, str)}
    assert fill(pieces, {name: f"{{{name}}}" for name in names}) == text
