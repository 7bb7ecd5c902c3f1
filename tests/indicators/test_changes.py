from datetime import date

import pytest

from indicators import changes
from indicators.changes import change, corner_changes, counted, said, tenths, whole
from indicators.differences import differences
from indicators.figures import Figures
from indicators.formulas.estimates import Difference
from indicators.tallies.reader import Sums
from partners.scope import Scope
from triangle.periods import Period

DAY = Period(date(2026, 3, 1), date(2026, 3, 1))


@pytest.mark.parametrize(
    ("p", "expected"),
    [
        (None, "not significant"),
        (0.0794, "not significant (p 0.08)"),
        (0.0599, "not significant (p 0.060)"),
        (0.0501, "not significant (p 0.050)"),
        (0.0499, "significant (p 0.050)"),
        (0.001, "significant (p 0.001)"),
        (0.0009, "significant (p < 0.001)"),
        (1.0, "not significant (p 1.00)"),
    ],
)
def test_a_verdict_with_its_p(p, expected):
    assert said(Difference(1.0, 1.0, p)) == expected


@pytest.mark.parametrize(
    ("value", "p", "better", "expected"),
    [
        (2.0, 0.01, "up", ("up", "is-good")),
        (-2.0, 0.01, "up", ("down", "is-bad")),
        (-2.0, 0.01, "down", ("down", "is-good")),
        (2.0, 0.06, "up", ("up", "")),
        (0.0, 1.0, "up", ("", "")),
    ],
)
def test_only_a_significant_change_has_a_colour(value, p, better, expected):
    found = change(Difference(value, 1.0, p), better=better, text=tenths)
    assert (found.direction, found.css) == expected


def test_the_unknown_does_not_change():
    assert change(None, better="up", text=whole) is None
    assert change(Difference(None), better="up", text=whole) is None
    assert corner_changes({}) == dict.fromkeys(("expected", "delivered", "explained"))


def test_a_count_moves_without_a_test():
    assert (counted(Difference(-3)).text, counted(Difference(-3)).said) == ("3", "count")


def test_corners_move_on_their_own_scale():
    """Shares of the grid of 60 and 80 percent against 50 and 50: 2 points of 10."""

    def figures(*shares):
        n, total, squares = len(shares), sum(shares), sum(share**2 for share in shares)
        names = ("n", "sum", "squares")
        counts = {
            f"intervention_expected_{name}": part
            for name, part in zip(names, (n, total, squares), strict=True)
        }
        return Figures(Scope(), DAY, None, 0, Sums(counts))

    moved = differences(figures(60, 80), figures(50, 50))
    assert moved["expected"].value == pytest.approx(2.0)
    assert corner_changes(moved)["expected"].text == "2.0"
    assert {name for name, one in moved.items() if one.value is None} >= {"nps", "delivered"}


@pytest.mark.parametrize(
    ("text", "value", "said"),
    [
        (changes.whole, 0.0, "0"),
        (changes.whole, -0.3, "0.3"),
        (changes.whole, -5.4, "5"),
        (changes.tenths, 0.04, "0.04"),
        (changes.hundredths, 0.10, "0.10"),
        (changes.points, -0.0002, "0.02\u00a0pt"),
    ],
)
def test_what_moved_is_not_written_as_nothing(text, value, said):
    assert text(value) == said
