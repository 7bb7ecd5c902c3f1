import pytest
from django.utils import translation

from indicators import gap_words
from indicators.formulas.sums import Answers
from indicators.gap_lines import Sides, attention, gap_line, nearest, place, together


def said(mark, n):
    """Half of them one below the mark, half one above."""
    return Answers(n, mark * n, (mark**2 + 1) * n)


def line(expected=None, delivered=None, perceived=None, partner=None, *, n=40):
    """Marks of 0 to 10; None where nobody said anything."""
    marks = {
        "expected": expected and 10 * expected,
        "delivered": delivered and 10 * delivered,
        "perceived": perceived,
        "partner": partner,
    }
    known = {name: said(mark, n) for name, mark in marks.items() if mark is not None}
    return gap_line(Sides(**known), minimum=8)


GOOD_BUT_FELT_BAD = {"expected": 8, "delivered": 9, "perceived": 6, "partner": 6}


def test_nothing_said_is_undecided_and_says_of_how_many():
    found = line()
    assert (found.state, found.widest) == ("undecided", None)
    assert [gap_words.amount(gap) for gap in found.gaps] == ["undecided (0 of 8)"] * 3


@pytest.mark.parametrize(("n", "state"), [(7, "undecided"), (8, "attention")])
def test_the_minimum_decides_whether_there_is_a_gap(n, state):
    found = line(**GOOD_BUT_FELT_BAD, n=n)
    assert found.state == state
    assert [gap.is_decided for gap in found.gaps] == [state == "attention"] * 3


def test_both_sides_need_the_minimum():
    sides = Sides(delivered=said(90, 400), perceived=said(5, 7))
    gap = gap_line(sides, minimum=8).gaps[1]
    assert (gap.value, gap.margin, gap.fewest) == (None, None, 7)


def test_delivered_well_and_perceived_worse_is_named_with_interval_and_both_n():
    found = line(**GOOD_BUT_FELT_BAD)
    gap = found.widest
    assert (gap.name, gap.value) == ("perceived_delivered", -3)
    assert gap.margin == pytest.approx(0.3255, abs=0.0005)  # hypot of Student's half-widths
    with translation.override("en"):
        assert gap_words.verdict(found) == (
            "delivered well, perceived worse by 3.0\u00a0±\u00a00.3, n 40 and 40"
        )


@pytest.mark.parametrize(
    ("marks", "words"),
    [
        ({"expected": 9, "delivered": 7, "perceived": 7}, "delivered below what is expected"),
        ({"expected": 7, "delivered": 9, "perceived": 9}, "delivered above what is expected"),
        ({"expected": 9, "delivered": 8, "perceived": 5}, "perceived worse than delivered"),
        ({"delivered": 8, "perceived": 5}, "perceived worse than delivered"),
        ({"delivered": 5, "perceived": 8}, "perceived better than delivered"),
        ({"perceived": 5, "partner": 8}, "partner’s view above the clients’"),
        ({"perceived": 8, "partner": 5}, "partner’s view below the clients’"),
    ],
)
def test_each_gap_has_its_words(marks, words):
    assert gap_words.verdict(line(**marks)).startswith(f"{words} by ")


def test_a_gap_that_holds_0_is_not_named():
    found = line(expected=8, delivered=8, perceived=8, partner=8)
    assert (found.state, gap_words.verdict(found)) == ("even", "no gap is certain")


def test_what_needs_attention_comes_first_by_the_near_bound_and_the_undecided_last():
    sure = line(delivered=9, perceived=7, n=100)
    wide_but_vague = gap_line(
        Sides(delivered=said(90, 8), perceived=Answers(8, 48, 8 * 36 + 8 * 4)), minimum=8
    )
    better = line(delivered=5, perceived=9)
    even = line(delivered=8, perceived=8)
    few = line(delivered=9, perceived=2, n=7)
    assert wide_but_vague.widest.size > sure.widest.size
    assert nearest(wide_but_vague.widest) < attention(sure)
    order = sorted([few, even, better, wide_but_vague, sure], key=place)
    assert order == [sure, wide_but_vague, better, even, few]


def test_a_wide_gap_to_the_better_side_does_not_hide_nor_lift_a_worse_one():
    bad = line(delivered=9, perceived=7)
    better_and_worse = line(expected=3, delivered=9, perceived=8)
    assert better_and_worse.widest.size > bad.widest.size
    assert (better_and_worse.state, better_and_worse.widest.name) == (
        "attention",
        "delivered_expected",
    )
    assert sorted([better_and_worse, bad], key=place) == [bad, better_and_worse]
    assert gap_words.verdict(better_and_worse).replace("\u00a0", " ") == (
        "delivered above what is expected by 6.0 ± 0.0, n 40 and 40; "
        "but delivered well, perceived worse by 1.0 ± 0.3, n 40 and 40"
    )


def test_parts_add_up():
    one, other = Sides(expected=said(80, 3)), Sides(expected=said(60, 2), partner=said(7, 4))
    assert together([]) == Sides()
    assert together([one, other]) == Sides(expected=said(80, 3) + said(60, 2), partner=said(7, 4))
