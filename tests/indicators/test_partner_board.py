from datetime import date

import pytest

from indicators.partner_board import partner_rows
from indicators.tallies.recount import drain_all
from partners.scope import Scope
from tests.factories import (
    NOON,
    InterventionFactory,
    PartnerFactory,
    RatingFactory,
    UserFactory,
)
from triangle.models import Role
from triangle.periods import Period

pytestmark = pytest.mark.django_db
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
PART_OF_MARCH = Period(date(2026, 3, 2), date(2026, 3, 31))


def answers(partner, *scores):
    for score in scores:
        RatingFactory(score=score, intervention__partner=partner)


@pytest.fixture
def network():
    names = ("good", "bad", "usual", "new")
    partners = {name: PartnerFactory(name=name) for name in names}
    answers(partners["good"], *[10, 9] * 6)
    answers(partners["bad"], *[2, 3] * 6)
    answers(partners["usual"], *[5, 7, 6, 8] * 3)
    answers(partners["new"], 10, 10, 10)
    InterventionFactory(partner=None, completed=True)
    drain_all(now=NOON)
    return partners


@pytest.mark.parametrize("period", [MARCH, PART_OF_MARCH])
def test_bands_against_the_network_and_too_few_answers_last(network, period):
    board = partner_rows(Scope(), period)
    assert [(row.name, row.band, row.n) for row in board.rows] == [
        ("good", "above", 12),
        ("usual", "as_expected", 12),
        ("bad", "below", 12),
        ("new", None, 3),
    ]
    assert board.network.n == 39


def test_the_axis_begins_where_the_intervals_do(network):
    assert partner_rows(Scope(), MARCH).least == 2
    assert partner_rows(Scope(partner=(network["good"].pk,)), MARCH).least == 8
    assert partner_rows(Scope(partner=(network["new"].pk,)), MARCH).least == 0


def test_the_network_stays_when_partners_are_chosen(network):
    everybody = partner_rows(Scope(), MARCH)
    chosen = partner_rows(Scope(partner=(network["bad"].pk,)), MARCH)
    assert chosen.network == everybody.network
    assert [row.band for row in chosen.rows] == ["below"]


@pytest.mark.parametrize("chosen", [{}, {"partner": (1,)}, {"setting": (1,)}, {"portfolio": 1}])
@pytest.mark.parametrize("period", [MARCH, PART_OF_MARCH])
def test_queries(django_assert_num_queries, chosen, period):
    with django_assert_num_queries(4):
        partner_rows(Scope(**chosen), period)


def test_a_cancellation_by_the_client_is_not_the_partner_s(network):
    for side in ("client", "external", "partner"):
        InterventionFactory(cancelled=True, cancelled_by=side, partner=network["new"])
    drain_all(now=NOON)
    row = next(row for row in partner_rows(Scope(), MARCH).rows if row.name == "new")
    assert (row.cancelled_by_partner.successes, row.cancelled_by_partner.n) == (1, 6)


def test_the_numbers_of_a_partner_open_as_many_rows(network, client):
    client.force_login(UserFactory(role=Role.QUALITY_LEAD))
    days = "from=2026-03-01&to=2026-03-31"
    page = client.get(f"/dashboard/partners/?{days}").content.decode()
    assert "over n 39" in page
    card = client.get(f"/dashboard/partners/some/?{days}", headers={"HX-Request": "true"})
    for name, shown in (("explained", 12), ("completed", 12)):
        query = f"{days}&partner={network['good'].pk}".replace("&", "&amp;")
        link = f'<a href="/dashboard/rows/{name}/?{query}">{shown}</a>'
        assert link in page
        assert link in card.content.decode()
        rows = client.get(f"/dashboard/rows/{name}/?{days}&partner={network['good'].pk}")
        assert rows.context["page"].paginator.count == shown
