from datetime import date

import numpy as np
import pytest

from feedback.models import Rating, RatingCriterion
from indicators.drivers_board import drivers_board, products
from indicators.tallies.recount import drain_all
from partners.scope import Scope
from tests.factories import NOON, RatingFactory, UserFactory
from tests.indicators.market import SLOTS, Market, in_scope
from triangle.models import Role
from triangle.periods import Period

pytestmark = pytest.mark.django_db
WHOLE = Period(date(2025, 1, 1), date(2026, 12, 31))


def by_hand(scope, period):
    """Sums of products of the ratings, read one by one, by what they answered."""
    found = {}
    for rating in Rating.objects.filter(is_current=True).select_related("service"):
        marks = [(slot, getattr(rating, f"satisfaction_{slot}")) for slot in SLOTS]
        slots = tuple(slot for slot, mark in marks if mark is not None)
        if slots and period.first <= rating.answered_on <= period.last and in_scope(rating, scope):
            row = np.array([1, *(mark for _slot, mark in marks if mark is not None), rating.score])
            found[slots] = found.get(slots, 0) + np.outer(row, row)
    return {slots: sums.tolist() for slots, sums in found.items()}


def test_random_filters_give_the_sums_counted_by_hand():
    market = Market(interventions=120)
    for _ in range(10):
        scope, period = market.scope(), market.period()
        found = {part.slots: part.sums.tolist() for part in products(scope, period, SLOTS)}
        assert found == by_hand(scope, period)
    assert len(by_hand(Scope(), WHOLE)) == 3


def _current(n):
    one, other = RatingCriterion.objects.order_by("slot").values_list("slot", flat=True)[:2]
    for place in range(n):
        RatingFactory(
            score=min(10, 2 * (place % 6) + place % 2),
            **{f"satisfaction_{one}": place % 6, f"satisfaction_{other}": place // 6 % 6},
        )


@pytest.fixture
def as_lead(client):
    client.force_login(UserFactory(role=Role.QUALITY_LEAD))
    return client


def test_a_few_answers_are_not_enough(as_lead):
    _current(3)
    page = as_lead.get("/dashboard/drivers/?period=everything").content.decode()
    assert "not enough answers (3 of 30)" in page


def test_the_page_names_the_driver_and_shows_the_other_as_zero(as_lead):
    _current(36)
    board = as_lead.get("/dashboard/drivers/?period=everything").context["board"]
    first, second = board.found.drivers
    assert (first.slot, first.is_significant, second.strength) == (1, True, 0)
    assert (board.found.n, board.names[1]) == (36, str(RatingCriterion.objects.get(slot=1)))


def test_the_dashboard_fetches_the_card(as_lead):
    _current(1)
    drain_all(now=NOON)
    page = as_lead.get("/dashboard/?period=everything").content.decode()
    assert 'hx-get="/dashboard/drivers/?period=everything"' in page
    part = as_lead.get("/dashboard/drivers/", headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<section class="card" id="drivers"')


def test_two_queries_whatever_the_filter(django_assert_num_queries):
    _current(2)
    for scope in (Scope(), Scope(partner=(1,), setting=(1,)), Scope(portfolio=1)):
        with django_assert_num_queries(2):
            drivers_board(scope, WHOLE)


@pytest.mark.parametrize("role", [Role.PARTNER, Role.RECRUITER])
def test_others_do_not_see_it(client, role):
    client.force_login(UserFactory(role=role))
    assert client.get("/dashboard/drivers/").status_code == 404
