from collections import defaultdict
from datetime import date

import pytest

from clients.models import Client
from feedback.models import Rating
from indicators.formulas.symmetry import Voices
from indicators.symmetry_board import _cells, _whole, symmetry_board
from indicators.tallies.recount import drain_all
from partners.models import Debrief
from partners.scope import Scope
from tests.factories import NOON, DebriefFactory, InterventionFactory, RatingFactory, UserFactory
from tests.indicators.market import Market, in_scope
from triangle.models import Role
from triangle.periods import Period

pytestmark = pytest.mark.django_db
WINTER = Period(date(2025, 1, 1), date(2025, 4, 30))


def by_hand(scope, period):
    cells = defaultdict(Voices)
    for one in Debrief.objects.select_related("service"):
        cells[one.partner_id, one.answered_on.replace(day=1)] += own(*_in(one, scope, period))
    for one in Rating.objects.filter(is_current=True, is_explained=True).select_related("service"):
        month = one.answered_on.replace(day=1)
        cells[one.partner_id, month] += of_clients(*_in(one, scope, period))
    return {key: voices for key, voices in cells.items() if key[0] and any(voices.parts)}


def own(n, score):
    return Voices(own_n=n, own_sum=score, own_squares=score**2)


def of_clients(n, score):
    return Voices(clients_n=n, clients_sum=score, clients_squares=score**2)


def _in(fact, scope, period):
    inside = period.first <= fact.answered_on <= period.last
    return (1, fact.score) if inside and in_scope(fact, scope) else (0, 0)


def test_random_filters_give_what_is_counted_by_hand():
    market = Market(interventions=120)
    drain_all(now=NOON)
    months = [_whole(month) for month in WINTER.months()]
    for _ in range(12):
        scope = market.scope()
        found = _cells(scope, months)
        assert {key: one for key, one in found.items() if any(one.parts)} == by_hand(scope, WINTER)


def _pair(own, clients, *, n=8):
    first = InterventionFactory(completed=True)
    for _each in range(n):
        one = InterventionFactory(completed=True, partner=first.partner)
        DebriefFactory(intervention=one, score=own)
        RatingFactory(intervention=one, score=clients)
    return first.partner


@pytest.mark.parametrize("chosen", [{}, {"service": (1,)}, {"setting": (1,)}, {"portfolio": 1}])
def test_two_queries_whatever_the_filter(django_assert_num_queries, chosen):
    with django_assert_num_queries(2):
        symmetry_board(Scope(**chosen), WINTER)


@pytest.mark.parametrize("partners", [1, 3])
def test_names_of_the_placed_cost_one_query_more(django_assert_num_queries, partners):
    for _each in range(partners):
        _pair(8, 8)
    drain_all(now=NOON)
    with django_assert_num_queries(3):
        board = symmetry_board(Scope(), Period(date(2026, 3, 1), date(2026, 3, 31)))
    assert len(board.partners) == partners


@pytest.fixture
def as_lead(client):
    client.force_login(UserFactory(role=Role.QUALITY_LEAD))
    return client


def test_the_page_names_quadrants_and_says_what_it_cannot_tell(as_lead):
    strained, _happy = _pair(3, 10), _pair(9, 8)
    _pair(9, 9, n=2)
    drain_all(now=NOON)
    response = as_lead.get("/symmetry/?from=2026-03-01&to=2026-03-31")
    board, page = response.context["board"], response.content.decode()
    assert [one.name for one in board.early] == [strained.name]
    assert (len(board.partners), board.found.few) == (2, 1)
    assert "not enough pairs (2 of 10)" in page
    assert "No relation is shown by these months." in page


def test_its_numbers_open_as_many_rows(as_lead):
    partner = _pair(9, 8)
    drain_all(now=NOON)
    page = as_lead.get("/symmetry/?from=2026-03-01&to=2026-03-31")
    months, [one] = page.context["board"].months, page.context["board"].partners
    query = f"from={months.first}&to={months.last}&partner={partner.pk}"
    voices = one.place.voices
    for name, n in (("debriefs", voices.own_n), ("explained", voices.clients_n)):
        address = f"/dashboard/rows/{name}/?{query}"
        assert f'href="{address}"'.replace("&", "&amp;") in page.content.decode()
        assert as_lead.get(address).context["page"].paginator.count == n


def test_nothing_is_an_empty_page_not_an_error(as_lead):
    page = as_lead.get("/symmetry/").content.decode()
    assert "No partner has 8 debriefs and 8 answers of clients" in page


def test_a_manager_counts_the_own_portfolio(client):
    manager = UserFactory(role=Role.MANAGER)
    _pair(3, 10)
    Client.objects.update(manager=UserFactory())
    drain_all(now=NOON)
    client.force_login(manager)
    board = client.get("/symmetry/?from=2026-03-01&to=2026-03-31").context["board"]
    assert (board.partners, board.found.few) == ([], 0)


@pytest.mark.parametrize("role", [Role.PARTNER, Role.RECRUITER])
def test_others_do_not_see_it(client, role):
    client.force_login(UserFactory(role=role))
    assert client.get("/symmetry/").status_code == 404
