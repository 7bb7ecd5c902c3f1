import pytest

from indicators.charts.gap import gap_chart
from indicators.formulas.sums import Answers
from indicators.gap_lines import Sides, gap_line


def line(delivered, perceived, *, n=40):
    """Marks of 0 to 10, half of the answers one below, half one above."""
    return gap_line(
        Sides(
            delivered=Answers(n, 10 * delivered * n, (100 * delivered**2 + 1) * n),
            perceived=Answers(n, perceived * n, (perceived**2 + 1) * n),
        ),
        minimum=8,
    )


def drawn(*lines, at=1, reach=4.0):
    return gap_chart([((f"Line {n}",), line.gaps[at]) for n, line in enumerate(lines)], reach)


def test_an_undecided_gap_is_named_and_not_placed():
    figure = drawn(line(9, 6, n=7))
    assert (list(figure.data), len(figure.layout.annotations)) == ([], 2)
    assert [note.text for note in figure.layout.annotations] == ["Line 0", "undecided (7 of 8)"]


def test_a_gap_that_may_be_none_is_hollow_and_the_widest_is_in_accent():
    even, wide = drawn(line(7, 7), line(9, 6)).data
    assert (even.x, even.marker.color) == ((0,), ("var(--surface)",))
    assert (wide.x, wide.y, wide.marker.color) == ((-3,), (-1,), ("var(--accent)",))


@pytest.mark.parametrize(("at", "worse"), [(0, -4), (1, -4), (2, 4)])
def test_the_worse_side_is_tinted(at, worse):
    [ground] = drawn(line(9, 6), at=at).layout.shapes
    assert (ground.x0, ground.x1, ground.fillcolor) == (0, worse, "var(--attention-soft)")


@pytest.mark.parametrize(
    ("reach", "ticks"), [(1.05, [-1, 0, 1]), (4.0, [-4, -2, 0, 2, 4]), (9.0, [-5, 0, 5])]
)
def test_whole_points_stand_on_both_sides_of_0(reach, ticks):
    assert list(drawn(line(9, 6), reach=reach).layout.xaxis.tickvals) == ticks


def test_a_long_name_is_cut_and_never_markup():
    figure = gap_chart([(("<b>" + 40 * "x",), line(9, 6).gaps[1])], 4.0)
    assert figure.layout.annotations[0].text == f"&lt;b&gt;{27 * 'x'}…"
