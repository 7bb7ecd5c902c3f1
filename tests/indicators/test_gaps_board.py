"""Where the gaps are: what is counted, named, linked, filtered and exported."""

import csv
from collections import defaultdict
from datetime import date
from io import BytesIO, StringIO

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from feedback.models import Rating
from indicators.dashboard import dashboard
from indicators.fact_rows import rows
from indicators.gap_words import verdict
from indicators.gaps_board import gaps_board, gaps_of_partners
from indicators.models import STEERING
from indicators.tallies import recount
from partners.models import Debrief, Intervention
from partners.period_choice import PeriodChoice
from partners.scope import Scope
from tests.factories import (
    ClientFactory,
    DebriefFactory,
    InterventionFactory,
    PartnerFactory,
    RatingFactory,
    ServiceFactory,
    UserFactory,
)
from tests.indicators.market import Market, in_scope
from triangle.models import Role, Setting
from triangle.periods import Period

pytestmark = pytest.mark.django_db

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
CHOICE = PeriodChoice("custom", MARCH)
QUERY = "from=2026-03-01&to=2026-03-31"
ADDRESS = f"/dashboard/gaps/?{QUERY}"
TODAY = date(2026, 4, 15)


def work(partner, service, setting, *, perceived, client=None, n=10, **steps):
    """Completed interventions with answers and debriefs, all alike but for one point each side."""
    for at in range(n):
        one = InterventionFactory(
            completed=True,
            partner=partner,
            service=service,
            setting=setting,
            client=client or ClientFactory(),
            **{"expected_percent": 80, "delivered_percent": 90 + at % 2, **steps},
        )
        RatingFactory(intervention=one, score=perceived + at % 2)
        DebriefFactory(intervention=one, score=perceived + at % 2)


@pytest.fixture
def homes():
    """One service: perceived badly in the second setting only, and hardly told in the third."""
    partner, service = PartnerFactory(name="Julien Marchetti"), ServiceFactory()
    first, second, third = Setting.objects.order_by("pk")[:3]
    work(partner, service, first, perceived=9)
    work(partner, service, second, perceived=6)
    work(partner, service, third, perceived=2, n=7)
    recount.recount_all(now=timezone.now())
    return partner, service, (first, second, third)


def test_good_delivery_and_bad_perception_in_one_setting_is_named(homes):
    _partner, _service, (first, second, third) = homes
    lines = gaps_board(Scope(), CHOICE).partners
    assert [line.setting for line in lines] == [second.name, first.name, third.name]
    worst, well, few = (line.found for line in lines)
    assert worst.widest.name == "perceived_delivered"
    assert worst.widest.value == pytest.approx(6.5 - 9.05)
    assert verdict(worst) == "delivered well, perceived worse by 2.6\u00a0±\u00a00.4, n 10 and 10"
    assert well.state == "certain"  # delivered above what is expected, in both settings
    assert (few.state, verdict(few), few.perceived.n) == ("undecided", "undecided", 7)


def test_under_the_minimum_the_triangle_is_undecided_too(as_quality_lead, homes):
    third = homes[2][2]
    scope = Scope(setting=(third.pk,))
    found = dashboard(scope, CHOICE, today=TODAY).triangle
    assert (found.is_undecided, found.widest) == (True, None)
    page = as_quality_lead.get(f"/dashboard/?{QUERY}&setting={third.pk}").content.decode()
    assert "Undecided: no gap has 8 answers on both sides." in page
    assert page.count("undecided (7 of 8)") == 5  # two sides drawn, three in the list
    assert f"/dashboard/gaps/?{QUERY}&setting={third.pk}".replace("&", "&amp;") in page


def counted_by_hand(scope, period):
    """How many, their sum, by kind of work; expected, delivered, perceived, partner."""
    cells = defaultdict(lambda: [(0, 0)] * 4)

    def add(fact, side, value, day):
        if value is None or not period.first <= day <= period.last or not in_scope(fact, scope):
            return
        for partner in {fact.partner_id, None}:
            cell = cells[fact.service.discipline_id, fact.setting_id, partner]
            n, total = cell[side]
            cell[side] = (n + 1, total + value)

    for one in Intervention.objects.select_related("service").exclude(scheduled_on=None):
        if one.is_disputed or one.status in {"requested", "proposed"}:
            continue
        add(one, 0, one.expected_percent, one.scheduled_on)
        add(one, 1, one.delivered_percent, one.scheduled_on)
    for one in Rating.objects.select_related("service").filter(is_current=True).exclude(why=""):
        add(one, 2, one.score, one.answered_on)
    for one in Debrief.objects.select_related("service"):
        add(one, 3, one.score, one.answered_on)
    return {key: sides for key, sides in cells.items() if any(n for n, _total in sides)}


def as_counted(line):
    found = line.found
    sides = [
        (found.expected, 10),
        (found.delivered, 10),
        (found.perceived, 1),
        (found.partner, 1),
    ]
    return [(mean.n, round((mean.value or 0) * times * mean.n)) for mean, times in sides]


@pytest.mark.parametrize("seed", range(8))
def test_lines_are_what_is_counted_by_hand_under_any_filter(seed):
    market = Market(interventions=120, seed=seed)
    scope, period = market.scope(), market.period()
    board = gaps_board(scope, PeriodChoice("custom", period))
    everybody = counted_by_hand(scope.without("partner"), period)
    own = {key: sides for key, sides in everybody.items() if key[2]}
    if scope.partner:
        own = {key: sides for key, sides in own.items() if key[2] in scope.partner}
    assert {tuple(line.kind): as_counted(line) for line in board.partners} == own
    works = {key[:2] for key in (own if scope.partner else everybody)}
    network = {key: sides for key, sides in everybody.items() if not key[2] and key[:2] in works}
    assert {tuple(line.kind): as_counted(line) for line in board.network} == network


def test_a_number_opens_as_many_rows(as_quality_lead, homes):
    board = gaps_board(Scope(), CHOICE)
    for line in [*board.network, *board.partners]:
        found = line.found
        for name, mean in (
            ("expected", found.expected),
            ("delivered", found.delivered),
            ("explained", found.perceived),
            ("debriefs", found.partner),
        ):
            shown = as_quality_lead.get(f"/dashboard/rows/{name}/?{line.query}")
            assert shown.context["page"].paginator.count == mean.n
    assert rows("explained", Scope(), MARCH).count() == 27


@pytest.mark.parametrize("partners", [1, 3])
def test_the_same_queries_for_one_partner_and_for_three(django_assert_num_queries, partners):
    service, setting = ServiceFactory(), Setting.objects.first()
    for partner in PartnerFactory.create_batch(partners):
        work(partner, service, setting, perceived=8, n=1)
    with django_assert_num_queries(6):
        found = gaps_board(Scope(), CHOICE).partners
    chosen = Scope(partner=tuple(line.kind.partner for line in found))
    with django_assert_num_queries(9):
        beside = gaps_board(chosen, CHOICE)
    with django_assert_num_queries(6):
        alone = gaps_of_partners(chosen, CHOICE)
    assert len(found) == len(beside.partners) == len(alone.partners) == partners
    assert (len(beside.network), len(alone.network)) == (1, 0)


def test_a_chosen_partner_stands_beside_the_network_of_the_same_work(homes):
    partner, service, (first, *_others) = homes
    work(PartnerFactory(), service, first, perceived=3)
    work(PartnerFactory(), ServiceFactory(), first, perceived=3)
    fourth, elsewhere = Setting.objects.order_by("pk")[3], ServiceFactory()
    work(partner, elsewhere, fourth, perceived=8, n=1)
    work(PartnerFactory(), elsewhere, first, perceived=8, n=1)
    board = gaps_board(Scope(partner=(partner.pk,)), CHOICE)
    assert {line.partner for line in board.partners} == {partner.name}
    beside = next(line for line in board.network if line.setting == first.name)
    assert (len(board.network), beside.found.perceived.n) == (4, 20)


def test_the_page_names_defines_and_works_out(as_quality_lead, homes):
    page = as_quality_lead.get(ADDRESS).content.decode()
    assert "delivered well, perceived worse by 2.6\u00a0±\u00a00.4, n 10 and 10" in page
    second = homes[2][1]
    example = f"{second.name}: perceived 6.50 (n 10) − delivered 9.05 (n 10) = −2.55; ± √("
    assert example in page
    assert "Of the 12 gaps decided here about 1 would look certain by chance" in page
    assert "1 line undecided, with fewer than 8 answers" in page


def test_the_drawings_place_no_undecided_line(as_quality_lead, homes):
    drawn = as_quality_lead.get(ADDRESS).context["drawn"]
    for drawings in drawn.values():
        placed = [sum(len(one["x"]) for one in figure["data"]) for _key, _name, figure in drawings]
        assert placed == [2, 2, 2]


def test_a_record_fetches_its_lines(as_quality_lead, homes):
    partner = homes[0]
    page = as_quality_lead.get(f"/partners/{partner.pk}/?{QUERY}").content.decode()
    address = f"/dashboard/gaps/?partner={partner.pk}&{QUERY}"
    assert page.count(address.replace("&", "&amp;")) == 2
    card = as_quality_lead.get(address, headers={"hx-request": "true"})
    assert card.content.decode().count("delivered well, perceived worse") == 1
    assert "<html" not in card.content.decode()


def test_csv_and_xlsx_hold_what_is_shown(as_quality_lead, homes):
    board = as_quality_lead.get(ADDRESS).context["board"]
    address = f"/dashboard/gaps/export/{{}}/?{QUERY}"
    text = b"".join(as_quality_lead.get(address.format("csv"))).decode("utf-8-sig")
    head, *lines = csv.reader(StringIO(text))
    assert [line[:4] for line in lines] == [
        [one.partner or "All partners", one.discipline, one.setting, verdict(one.found)]
        for one in [*board.network, *board.partners]
    ]
    worst, few = lines[3], lines[5]
    assert worst[head.index("Felt against delivered")] == "-2.55"
    assert worst[-4:] == ["10"] * 4
    assert few[3:] == ["undecided", *["undecided", "", ""] * 3, *["7"] * 4]
    book = load_workbook(BytesIO(b"".join(as_quality_lead.get(address.format("xlsx")))))
    cells = [[cell.value for cell in row] for row in book.worksheets[0].rows]
    assert [row[:4] for row in cells] == [head[:4], *[line[:4] for line in lines]]
    assert cells[4][7] == pytest.approx(-2.55)
    assert as_quality_lead.get(address.format("pdf")).content[:5] == b"%PDF-"
    assert as_quality_lead.get(address.format("doc")).status_code == 404


def test_a_manager_sees_the_own_portfolio(client):
    manager = UserFactory(role=Role.MANAGER)
    service, setting = ServiceFactory(), Setting.objects.first()
    work(PartnerFactory(name="Mine"), service, setting, perceived=8, n=1,
         client=ClientFactory(manager=manager))  # fmt: skip
    work(PartnerFactory(name="Theirs"), service, setting, perceived=8, n=1,
         client=ClientFactory(manager=UserFactory()))  # fmt: skip
    client.force_login(manager)
    found = client.get(ADDRESS)
    assert [line.partner for line in found.context["board"].partners] == ["Mine"]
    assert found.context["board"].network[0].found.perceived.n == 1
    text = b"".join(client.get(f"/dashboard/gaps/export/csv/?{QUERY}")).decode()
    assert ("Mine" in text, "Theirs" in text) == (True, False)


def test_nothing_is_an_empty_page_with_a_way_out(as_quality_lead):
    page = as_quality_lead.get("/dashboard/gaps/?from=2001-01-01&to=2001-01-02").content.decode()
    assert "Nothing matches these filters." in page
    assert "/dashboard/gaps/export/" not in page


@pytest.mark.parametrize("role", sorted({*Role.values} - {*STEERING}))
def test_others_do_not_see_it(client, role):
    client.force_login(UserFactory(role=role))
    for path in ("", "export/csv/"):
        assert client.get(f"/dashboard/gaps/{path}").status_code == 404
