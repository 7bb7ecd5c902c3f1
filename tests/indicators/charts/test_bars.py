import pytest

from indicators.charts.bars import cancellations_by_side, score_distribution

NONE = [0] * 11
SOME = [1, 0, 0, 0, 0, 0, 1, 2, 2, 3, 4]


@pytest.mark.parametrize("figure", [score_distribution(NONE), cancellations_by_side({})])
def test_an_empty_chart_is_still_a_chart(figure):
    assert figure.to_json()


def test_bars_of_scores_keep_their_colours():
    colours = score_distribution(SOME).data[0].marker.color
    assert [colours.count(colour) for colour in ("var(--slate)", "var(--accent)")] == [7, 2]


def test_shares_of_the_sides_are_written_on_the_bars():
    figure = cancellations_by_side({"Client": 3, "Partner": 1})
    assert figure.data[0].text == ("<b>1</b>  25\u00a0%", "<b>3</b>  75\u00a0%")
