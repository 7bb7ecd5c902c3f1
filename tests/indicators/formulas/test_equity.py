"""Whether leaving people out is done at random."""

from random import Random

import pytest

from indicators.formulas.equity import Choice, fisher_upper, judge


def choice(name="A", *, asked=(100, 10), left_out=(0, 0)):
    return Choice(
        name=name,
        key=1,
        eligible=asked[0] + left_out[0],
        invited=asked[0],
        asked=asked[0],
        asked_troubled=asked[1],
        left_out=left_out[0],
        left_out_troubled=left_out[1],
    )


def verdicts(*choices):
    return {one.choice.name: one.verdict for one in judge(choices)}


@pytest.mark.parametrize(
    ("hits", "n", "other_hits", "other_n", "p"),
    [
        (0, 5, 0, 5, 1.0),
        (3, 4, 1, 4, 17 / 70),  # Fisher's lady tasting tea
        (4, 4, 0, 4, 1 / 70),
        (10, 10, 0, 1000, 1 / 2.5e23),
    ],
)
def test_the_tail_is_fisher_s(hits, n, other_hits, other_n, p):
    assert fisher_upper(hits, n, other_hits, other_n) == pytest.approx(p, rel=0.2, abs=1e-9)


def test_the_tail_of_the_tea_is_exact():
    assert fisher_upper(3, 4, 1, 4) == pytest.approx(17 / 70, rel=1e-9)


def test_nobody_is_judged_on_nothing():
    assert verdicts(choice()) == {"A": "too_few"}
    assert verdicts(choice(left_out=(4, 4))) == {"A": "too_few"}


def test_leaving_out_trouble_is_flagged_and_leaving_out_at_random_is_not():
    found = verdicts(
        choice("hides", asked=(200, 20), left_out=(20, 15)),
        choice("random", asked=(200, 20), left_out=(20, 2)),
    )
    assert found == {"hides": "flagged", "random": "even"}


def test_sparing_the_happy_ones_embellishes_nothing():
    assert verdicts(choice(asked=(200, 100), left_out=(20, 0))) == {"A": "even"}


def test_many_who_leave_out_at_random_are_hardly_ever_flagged():
    chance = Random(7)
    flagged = 0
    for _month in range(200):
        people = []
        for name in "abcdefghij":
            out = sum(chance.random() < 0.2 for _ in range(20))
            kept = sum(chance.random() < 0.2 for _ in range(150))
            people.append(choice(name, asked=(150, kept), left_out=(20, out)))
        flagged += any(verdict == "flagged" for verdict in verdicts(*people).values())
    assert flagged / 200 <= 0.05


def test_the_flagged_come_first():
    found = judge([choice("big", asked=(900, 90)), choice("hides", left_out=(20, 18))])
    assert [one.choice.name for one in found] == ["hides", "big"]
