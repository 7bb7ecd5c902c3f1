from datetime import date

from django.utils import translation

from indicators.charts.trend import Beside, Marker, Month, nps_by_month
from indicators.formulas.estimates import nps

NONE = [0] * 11
SOME = [1, 0, 0, 0, 0, 0, 1, 2, 2, 3, 4]


def _months(*distributions):
    return [
        Month(date(2026, n, 1), nps(distribution))
        for n, distribution in enumerate(distributions, start=1)
    ]


def test_an_empty_chart_is_still_a_chart():
    assert nps_by_month([]).to_json()


def test_a_month_without_answers_breaks_the_band_in_two():
    figure = nps_by_month(_months(SOME, NONE, SOME))
    bands = [trace for trace in figure.data if trace.fill == "toself"]
    assert [len(band.x) for band in bands] == [2, 2]


def test_the_line_says_none_for_a_month_without_answers():
    assert nps_by_month(_months(NONE, SOME)).data[-1].y[0] is None


def test_months_are_named_in_the_language_of_the_reader():
    with translation.override("fr"):
        axis = nps_by_month(_months(SOME, SOME)).layout.xaxis
    assert list(axis.ticktext) == ["janv.<br>2026", "févr."]


def test_the_score_of_others_is_dotted_and_named():
    figure = nps_by_month(_months(SOME), beside=Beside(41, "Home services +41"))
    [line] = figure.layout.shapes
    assert (line.y0, line.line.dash) == (41, "dot")
    assert "Home services +41" in [note.text for note in figure.layout.annotations]


def test_an_action_is_marked_on_its_day():
    figure = nps_by_month(_months(SOME), [Marker(date(2026, 1, 9), "Brief rewritten")])
    assert "▼ Brief rewritten" in [note.text for note in figure.layout.annotations]


def test_the_last_month_is_written_with_its_margin():
    assert nps_by_month(_months(SOME)).layout.annotations[0].text.startswith("<b>+38</b> ±")
