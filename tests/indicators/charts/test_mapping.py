from indicators.charts.mapping import axis_span, label_places, satisfaction_mapping
from indicators.formulas.mapping import CriterionCounts, mapping, mean_cut
from indicators.formulas.sums import Answers


def criterion(name, satisfaction, importance, n=100):
    """Half of the answers one below the mark, half one above."""
    marks = (Answers(n, round(m * n), round((m * m + 1) * n)) for m in (satisfaction, importance))
    return CriterionCounts(name, *marks)


def test_an_empty_chart_is_still_a_chart():
    assert satisfaction_mapping([], {}, None).to_json()


def test_an_undecided_criterion_is_hollow():
    counts = [
        CriterionCounts("a", Answers(400, 1800, 8200), Answers(400, 1800, 8200)),
        CriterionCounts("b", Answers(2, 8, 34), Answers(2, 8, 34)),
    ]
    figure = satisfaction_mapping(mapping(counts), {"a": "A", "b": "B"}, mean_cut(counts))
    assert figure.data[0].marker.color == ("var(--accent)", "var(--surface)")


def test_of_two_names_that_are_close_the_lower_one_is_written_below():
    near = [criterion("a", 4.0, 4.0), criterion("b", 4.1, 3.9), criterion("c", 2.0, 2.0)]
    points = {point.criterion: point for point in mapping(near)}
    places = label_places([points[name] for name in "abc"])
    assert places == ["top right", "bottom right", "top right"]


def test_an_axis_holds_every_point_and_the_cut():
    assert axis_span([], 3.0) == [2.65, 3.35]
    assert axis_span([2.0, None, 5.0], 3.0) == [1.65, 5.35]
