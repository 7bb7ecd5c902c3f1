from datetime import UTC, datetime

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from triangle import drawing


def draw(text, **context):
    return Template("{% load ui %}" + text).render(Context(context))


def test_an_icon_points_into_our_sprite():
    drawn = draw('{% icon "check" "icon-sm" %}')
    assert '<use href="/static/icons.svg#check">' in drawn
    assert 'class="icon icon-sm"' in drawn
    assert 'aria-hidden="true"' in drawn


def test_a_sparkline_has_a_name_or_is_decorative():
    assert 'role="img" aria-label="NPS &amp; co"' in draw(
        "{% sparkline values label %}", values=[1, 2], label="NPS & co"
    )
    assert 'aria-hidden="true"' in draw("{% sparkline values %}", values=[1, 2])
    assert draw("{% sparkline values %}", values=[None]) == ""


def test_a_bar_is_as_wide_as_its_share():
    assert 'class="bar-fill" width="25.0%"' in draw("{% bar 1 4 %}")


def test_segments_are_filled_up_to_the_value():
    drawn = draw("{% segments 2 %}")
    assert (drawn.count("bar-fill"), drawn.count("bar-track")) == (2, 3)
    assert draw("{% segments value %}", value=None).count("bar-track") == 5


def test_a_whisker_shows_interval_and_mean():
    drawn = draw("{% whisker 8 7 9 6 10 6.4 %}")
    assert 'x1="25.0%" x2="75.0%"' in drawn
    assert 'cx="50.0%"' in drawn
    assert f'class="mean" x1="{drawing.place_percent(6.4, 6, 10)}%"' in drawn
    assert "mean" not in draw("{% whisker 8 7 9 6 10 %}")


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "+34 · 38.4\u00a0% · “Kind”"), ("fr", "+34 · 38,4\u00a0% · «\u00a0Kind\u00a0»")],
)
def test_filters_follow_the_language_of_the_page(language, text):
    with translation.override(language):
        drawn = draw('{{ 34|signed }} · {{ share|percent }} · {{ "Kind"|quote }}', share=0.384)
    assert drawn == text


def test_a_quotation_is_escaped():
    assert draw("{{ why|quote }}", why="<b>") == "“&lt;b&gt;”"


def test_instants_are_read_in_the_company_s_time():
    midnight = datetime(2020, 6, 30, 22, 30, tzinfo=UTC)
    assert draw("{{ at|moment }}", at=midnight) == "1\u00a0Jul\u00a02020 00:30"
    assert draw("{{ at|weekday }}", at=midnight) == "Wed 1\u00a0Jul\u00a02020"


def test_the_year_is_written_when_it_is_another_one():
    today = timezone.localdate()
    assert str(today.year) not in draw("{{ at|day }}", at=today)


def test_an_unknown_instant_is_a_dash():
    assert draw("{{ at|moment }}{{ at|day }}{{ at|clock }}{{ at|age }}", at=None) == "––––"


def test_a_page_link_keeps_the_other_parameters(rf):
    drawn = draw('{% page_link "page" 3 %}', request=rf.get("/?page=2&q=é&q=b"))
    assert drawn == "?page=3&amp;q=%C3%A9&amp;q=b"
