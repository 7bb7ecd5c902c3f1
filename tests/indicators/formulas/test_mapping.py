import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.formulas.mapping import CriterionCounts, Cut, derived_importance, mapping, mean_cut
from indicators.formulas.sums import Answers, Pairs

SILENT = CriterionCounts("silent", Answers(), Answers())


def answers(mark, n=100):
    """As many answers as asked, half of them one below the mark, half one above."""
    return Answers(n, mark * n, (mark**2 + 1) * n)


def criterion(name, satisfaction, importance, n=100):
    return CriterionCounts(name, answers(satisfaction, n), answers(importance, n))


def zones(points, cut=None):
    return {point.criterion: point.zone for point in mapping(points, cut)}


FOUR_CORNERS = [
    criterion("teaching", 4, 4),
    criterion("welcome", 2, 4),
    criterion("parking", 4, 2),
    criterion("brochure", 2, 2),
]


def test_no_criterion_makes_no_map():
    assert mapping([]) == []
    assert mean_cut([]) is None


def test_criterion_without_answers_has_no_zone():
    [point] = mapping([SILENT])

    assert (point.satisfaction, point.importance, point.n) == (None, None, 0)
    assert (point.zone, point.decided) == (None, False)


@pytest.mark.parametrize(
    "half",
    [
        CriterionCounts("half", answers(4), Answers()),
        CriterionCounts("half", Answers(), answers(4)),
    ],
)
def test_criterion_with_one_axis_has_no_zone_and_moves_no_cut(half):
    assert mean_cut([*FOUR_CORNERS, half]) == mean_cut(FOUR_CORNERS)
    assert zones([*FOUR_CORNERS, half])["half"] is None


def test_four_zones_cut_at_the_mean():
    assert mean_cut(FOUR_CORNERS) == Cut(satisfaction=3, importance=3)
    assert zones(FOUR_CORNERS) == {
        "teaching": "strength",
        "welcome": "act_now",
        "parking": "watch",
        "brochure": "medium_term",
    }


def test_four_corners_are_decided():
    assert all(point.decided for point in mapping(FOUR_CORNERS))


def test_target_replaces_the_mean():
    assert zones(FOUR_CORNERS, cut=(4.5, 1.5))["teaching"] == "act_now"


def test_point_on_the_cut_is_satisfied_and_important():
    [point] = mapping([criterion("alone", 3, 3)])

    assert (point.zone, point.decided) == ("strength", False)


def test_rounding_does_not_move_a_point_off_its_cut():
    third = CriterionCounts("third", Answers(3, 10, 34), Answers(3, 10, 34))

    assert zones([third], cut=(3.3333333333333339, 3.3333333333333339))["third"] == "strength"


@pytest.mark.parametrize(("n", "decided"), [(4, False), (100, True)])
def test_interval_across_a_cut_is_undecided(n, decided):
    [point] = mapping([criterion("teaching", 4, 4, n)], cut=(3.5, 3.5))

    assert (point.zone, point.decided) == ("strength", decided)


@pytest.mark.parametrize("cut", [(3.5, 1), (1, 3.5)])
def test_one_axis_across_its_cut_is_enough_to_be_undecided(cut):
    [point] = mapping([criterion("teaching", 4, 4, n=4)], cut)

    assert not point.decided


@given(st.permutations(FOUR_CORNERS))
def test_order_of_criteria_changes_no_zone(points):
    assert zones(points) == zones(FOUR_CORNERS)


@given(st.integers(1, 99))
def test_map_of_merged_parts_is_that_of_the_whole(n):
    part, rest = criterion("teaching", 4, 2, n), criterion("teaching", 4, 2, 100 - n)
    merged = CriterionCounts(
        "teaching", part.satisfaction + rest.satisfaction, part.importance + rest.importance
    )

    assert mapping([merged]) == mapping([criterion("teaching", 4, 2)])


@pytest.mark.parametrize(
    ("pairs", "value", "low", "high"),
    [
        (Pairs(), None, None, None),
        (Pairs(3, 6, 14, 6, 14, 13), 0.5, -1, 1),
        (Pairs(300, 600, 1400, 600, 1400, 1300), 0.5, 0.40997, 0.58030),
        (Pairs(4, 6, 14, 12, 56, 28), 1, -1, 1),
    ],
)
def test_derived_importance(pairs, value, low, high):
    derived = derived_importance(pairs)

    assert (derived.value, derived.low, derived.high) == pytest.approx((value, low, high), abs=1e-4)


def test_derived_importance_places_a_criterion():
    driver = CriterionCounts("driver", answers(2), Pairs(300, 600, 1400, 600, 1400, 1300))
    noise = CriterionCounts("noise", answers(4), Pairs(4, 2, 2, 2, 2, 1))

    assert zones([driver, noise]) == {"driver": "act_now", "noise": "watch"}
