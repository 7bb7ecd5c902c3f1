"""Figures are the same however they are read: from tallies, live, or counted by hand."""

from datetime import date, timedelta

import pytest

from feedback.models import RatingCriterion
from indicators.figures import figures
from indicators.models import RatingTally
from indicators.tallies.lattice import (
    DAY,
    DAY_ALL,
    DAY_MANAGER,
    DAY_REGION,
    DAY_REGION_MANAGER,
    DAY_SEGMENT,
    DAY_SERVICE,
    DAY_SETTING_MANAGER,
    MANAGER,
    MONTH_ALL,
    MONTH_MANAGER,
    MONTH_REGION,
    MONTH_REGION_MANAGER,
    MONTH_SETTING,
    MONTH_SETTING_MANAGER,
    PARTNER,
    PARTNER_ALL,
)
from indicators.tallies.reader import Piece, Sums, cut, read, read_pieces, whole_months
from indicators.tallies.recount import drain_all
from partners.models import Intervention
from partners.scope import Scope
from tests.factories import NOON, InterventionFactory, RatingFactory
from tests.indicators.market import SLOTS, Market, count_by_hand, without_zeros
from triangle.periods import Period

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
WHOLE = Period(date(2025, 1, 1), date(2025, 12, 31))


def whole(rows):
    total = Sums()
    for sums in rows.values():
        total.add(sums)
    return without_zeros(total)


@pytest.fixture
def market(db):
    market = Market(interventions=120)
    drain_all(now=NOON)
    return market


@pytest.mark.parametrize(
    ("first", "last", "months", "edges"),
    [
        ((2026, 3, 1), (2026, 3, 31), ((3, 1), (3, 31)), []),
        ((2026, 1, 1), (2026, 3, 31), ((1, 1), (3, 31)), []),
        ((2026, 3, 5), (2026, 3, 20), None, [((3, 5), (3, 20))]),
        ((2026, 3, 1), (2026, 3, 30), None, [((3, 1), (3, 30))]),
        ((2026, 3, 2), (2026, 3, 31), None, [((3, 2), (3, 31))]),
        ((2026, 3, 1), (2026, 3, 1), None, [((3, 1), (3, 1))]),
        ((2026, 1, 20), (2026, 2, 10), None, [((1, 20), (1, 31)), ((2, 1), (2, 10))]),
        ((2026, 1, 20), (2026, 3, 2), ((2, 1), (2, 28)), [((1, 20), (1, 31)), ((3, 1), (3, 2))]),
        ((2026, 1, 20), (2026, 2, 28), ((2, 1), (2, 28)), [((1, 20), (1, 31))]),
    ],
)
def test_a_period_is_whole_months_and_edges(first, last, months, edges):
    found, days = whole_months(Period(date(*first), date(*last)))
    as_days = [((p.first.month, p.first.day), (p.last.month, p.last.day)) for p in days]
    assert as_days == edges
    assert months == (
        found and ((found.first.month, found.first.day), (found.last.month, found.last.day))
    )


@pytest.mark.parametrize(
    ("scope", "by", "level"),
    [
        (Scope(), None, MONTH_ALL),
        (Scope(), "day", DAY_ALL),
        (Scope(segment=(3,)), "day", DAY_SEGMENT),
        (Scope(service=(3,)), "day", DAY_SERVICE),
        (Scope(service=(3,), segment=(3,)), "day", DAY),
        (Scope(partner=(3,)), None, PARTNER_ALL),
        (Scope(partner=(3,), discipline=(1,)), None, PARTNER),
        (Scope(partner=(3,)), "day", None),
        (Scope(setting=(3,)), None, MONTH_SETTING),
        (Scope(region=(3,)), None, MONTH_REGION),
        (Scope(region=(3,)), "day", DAY_REGION),
        (Scope(setting=(3,), region=(3,)), None, None),
        (Scope(setting=(3,), service=(3,)), None, None),
        (Scope(portfolio=3), None, MONTH_MANAGER),
        (Scope(manager=(3,), portfolio=3), "day", DAY_MANAGER),
        (Scope(portfolio=3, discipline=(1,)), None, MANAGER),
        (Scope(portfolio=3, setting=(1,)), None, MONTH_SETTING_MANAGER),
        (Scope(portfolio=3, setting=(1,)), "day", DAY_SETTING_MANAGER),
        (Scope(portfolio=3, region=(1,)), None, MONTH_REGION_MANAGER),
        (Scope(portfolio=3, region=(1,)), "day", DAY_REGION_MANAGER),
        (Scope(portfolio=3, region=(1,), setting=(1,)), None, None),
        (Scope(), "setting", MONTH_SETTING),
        (Scope(segment=(3,)), "setting", None),
    ],
)
def test_the_coarsest_level_that_serves_is_read(scope, by, level):
    assert list(cut(scope, MARCH, by)) == [Piece(level, MARCH, by)]


def test_random_filters_give_what_is_counted_by_hand(market):
    """Twenty filters: the reader picks tallies and facts; the second reading is only live."""
    for _ in range(20):
        scope, period = market.scope(), market.period()
        expected = count_by_hand(scope, period)
        assert whole(read(scope, period, slots=SLOTS)) == expected
        [live] = read_pieces(scope, [Piece(None, period)], slots=SLOTS)
        assert whole(live) == expected


@pytest.mark.parametrize("by", ["day", "month", "service", "partner", "setting"])
def test_parts_add_up_to_the_whole(market, by):
    for _ in range(6):
        scope, period = market.scope(), market.period()
        rows = read(scope, period, by=by, slots=SLOTS)
        assert whole(rows) == count_by_hand(scope, period)


def test_parts_by_partner_are_those_of_each_partner(market):
    rows = read(Scope(), WHOLE, by="partner", slots=SLOTS)
    for partner in market.partners:
        scope = Scope(partner=(partner.pk,))
        assert without_zeros(rows[partner.pk]) == count_by_hand(scope, WHOLE)
    assert None in rows


def test_a_wrong_tally_shows(market):
    RatingTally.objects.update(all_10=1_000)
    assert whole(read(Scope(), WHOLE, slots=SLOTS)) != count_by_hand(Scope(), WHOLE)


SCOPES = [
    {},
    {"service": (1,)},
    {"partner": (1, 2)},
    {"setting": (1,), "discipline": (1,)},
    {"portfolio": 1},
    {"manager": (1,), "partner": (1,), "region": (1,)},
]


@pytest.mark.parametrize("chosen", SCOPES)
@pytest.mark.parametrize("days", [(0, 30), (3, 100)])
@pytest.mark.parametrize("by", [None, "month", "day"])
def test_queries_are_as_many_whatever_the_filter(db, django_assert_num_queries, chosen, days, by):
    first = date(2026, 3, 1)
    period = Period(first + timedelta(days=days[0]), first + timedelta(days=days[1]))
    with django_assert_num_queries(6):
        figures(Scope(**chosen), period, by=by)


@pytest.mark.parametrize("by", ["service", "partner", "setting"])
def test_names_of_the_parts_cost_one_query_more(market, django_assert_num_queries, by):
    with django_assert_num_queries(7):
        rows = figures(Scope(), WHOLE, by=by).rows
    assert [row.name for row in rows] == sorted((row.name for row in rows), key=str.casefold) or by


def test_nobody_s_figures_are_empty(db):
    found = figures(Scope(sees_nothing=True), MARCH, by="month")
    assert (found.nps.value, found.volume.completed, found.rows) == (None, 0, ())
    assert found.is_empty


def test_an_explained_answer_is_the_headline(db):
    for score, why in ((10, "Kind."), (9, ""), (2, "Late.")):
        RatingFactory(score=score, why=why)
    drain_all(now=NOON)
    found = figures(Scope(), MARCH)
    assert (found.nps.value, found.nps.n) == (0, 2)
    assert (round(found.nps_all.value, 4), found.nps_all.n) == (33.3333, 3)
    assert (found.perceived.value, found.as_of) == (6, NOON)


def test_disputed_cancellations_are_in_no_rate(db):
    InterventionFactory(completed=True)
    InterventionFactory(cancelled=True, is_disputed=True)
    InterventionFactory(cancelled=True, cancelled_by="partner")
    drain_all(now=NOON)
    cancellation = figures(Scope(), MARCH).cancellation
    assert (cancellation.cancelled, cancellation.base, cancellation.disputed) == (1, 2, 1)
    assert cancellation.by_side["partner"] == 1


def test_percentages_of_the_grid_are_shown_out_of_ten(db):
    InterventionFactory(completed=True, expected_percent=80, delivered_percent=100)
    InterventionFactory(completed=True, expected_percent=70)
    drain_all(now=NOON)
    found = figures(Scope(), MARCH)
    assert (found.expected.value, found.expected.n) == (7.5, 2)
    assert (found.delivered.value, found.delivered.n) == (10, 1)


def test_months_without_activity_stand_empty_between_the_others(db):
    InterventionFactory(completed=True)
    InterventionFactory(completed=True, scheduled_at=NOON - timedelta(days=60))
    drain_all(now=NOON)
    rows = figures(Scope(), Period(date(2025, 1, 1), MARCH.last), by="month").rows
    assert [(row.key.month, row.volume.completed, row.is_empty) for row in rows] == [
        (1, 1, False),
        (2, 0, True),
        (3, 1, False),
    ]


def test_a_criterion_is_placed_on_the_map(db):
    slot = RatingCriterion.objects.order_by("slot").first().slot
    answers = {f"satisfaction_{slot}": 4, f"importance_{slot}": 5}
    for _ in range(3):
        RatingFactory(**answers)
    drain_all(now=NOON)
    found = figures(Scope(), MARCH)
    [point] = found.mapping
    assert (point.satisfaction, point.importance, point.n) == (4, 5, 3)
    assert found.criterion_names[point.criterion]


def test_moving_a_fact_moves_both_figures(db):
    InterventionFactory(completed=True)
    drain_all(now=NOON)
    Intervention.objects.update(scheduled_at=NOON + timedelta(days=40), scheduled_on="2026-04-19")
    drain_all(now=NOON)
    april = Period(date(2026, 4, 1), date(2026, 4, 30))
    assert figures(Scope(), MARCH).volume.completed == 0
    assert figures(Scope(), april).volume.completed == 1
