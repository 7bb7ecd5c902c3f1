from datetime import date

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from indicators.dashboard import dashboard, trend_period
from indicators.fact_rows import BEHIND, rows
from indicators.models import Target
from indicators.notice import NOTICES
from indicators.notice_board import notice_board
from indicators.repeat import repeat
from indicators.tallies import recount
from partners.period_choice import PeriodChoice
from partners.scope import Scope
from tests.factories import (
    ClientFactory,
    DebriefFactory,
    InterventionFactory,
    InvitationFactory,
    RatingFactory,
    UserFactory,
)
from triangle.models import Role
from triangle.periods import Period, local_day

pytestmark = pytest.mark.django_db

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
CHOICE = PeriodChoice("custom", MARCH)
TODAY = date(2026, 4, 15)
ADDRESS = "/dashboard/?from=2026-03-01&to=2026-03-31"


def _facts():
    """Two completed, one cancelled; three answers of which one without why; one debrief."""
    first = InterventionFactory(completed=True, expected_percent=80, delivered_percent=60)
    second = InterventionFactory(completed=True)
    InterventionFactory(cancelled=True)
    RatingFactory(intervention=first, score=10, company_score=4, partner_score=5)
    RatingFactory(intervention=second, score=3, is_current=False)
    RatingFactory(intervention=second, score=6)
    RatingFactory(
        intervention=InterventionFactory(completed=True), score=8, why="", source="import"
    )
    DebriefFactory(intervention=first, score=9)
    InvitationFactory(intervention=first, sent=True)
    recount.recount_all(now=timezone.now())


def _tile(page, key):
    return next(tile for tile in page.tiles if tile.key == key)


def test_no_activity_is_a_dash_not_a_zero():
    page = dashboard(Scope(), CHOICE, today=TODAY)
    assert (_tile(page, "nps").value, page.now.is_empty) == ("–", True)


def test_tiles_show_the_figures_with_their_n():
    _facts()
    page = dashboard(Scope(), CHOICE, today=TODAY)
    shown = {tile.key: (tile.n, tile.value) for tile in page.tiles}
    assert shown["nps"] == (2, "0")
    assert shown["completed"] == (3, "3")
    assert shown["cancellations"] == (4, "25.0\u00a0%")
    assert shown["returns"] == (1, "100\u00a0%")


def _repeat(found):
    return repeat(found.scope, found.period, today=local_day(timezone.now()))


TILE_COUNTS = {
    "explained": lambda f: f.nps.n,
    "answers": lambda f: f.nps_all.n,
    "company": lambda f: f.company.n,
    "partner": lambda f: f.partner.n,
    "planned": lambda f: f.volume.planned,
    "completed": lambda f: f.volume.completed,
    "came_back": lambda f: _repeat(f).successes,
    "judged": lambda f: _repeat(f).n,
    "late": lambda f: f.volume.late,
    "cancelled": lambda f: f.cancellation.cancelled,
    "disputed": lambda f: f.cancellation.disputed,
    "expected": lambda f: f.expected.n,
    "delivered": lambda f: f.delivered.n,
    "eligible": lambda f: f.response.eligible,
    "invited": lambda f: f.response.invited,
    "arrived": lambda f: f.response.delivered,
    "answered": lambda f: f.response.answered,
    "answered_with_why": lambda f: f.response.explained,
    "debriefs": lambda f: f.returns.mean.n,
    "positive_debriefs": lambda f: f.returns.positive.successes,
    **{f"score_{s}": lambda f, s=s: f.nps.distribution[s] for s in range(11)},
    **{
        f"cancelled_{side}": lambda f, side=side: f.cancellation.by_side[side]
        for side in ("client", "partner", "company", "external", "not_known")
    },
    **{
        name: lambda f, name=name: _by_notice(f).get(name, 0)
        for side in ("client", "partner", "company", "external", "not_known")
        for name in (f"cancelled_{side}_{notice}" for notice in NOTICES)
    },
}


def _by_notice(figures):
    sides = notice_board(figures.scope, figures.period).sides
    return {name: count for side in sides for name, count in side.counts}


def test_every_number_has_its_rows():
    assert set(TILE_COUNTS) == set(BEHIND)


@pytest.mark.parametrize("name", sorted(TILE_COUNTS))
def test_a_number_equals_its_rows(name):
    _facts()
    InterventionFactory(cancelled=True, is_disputed=True)
    recount.recount_all(now=timezone.now())
    page = dashboard(Scope(), CHOICE, today=TODAY)
    assert rows(name, Scope(), MARCH).count() == TILE_COUNTS[name](page.now)


MEANS = {
    "company": lambda page: page.now.company,
    "partner": lambda page: page.now.partner,
    "expected": lambda page: page.triangle.expected,
    "delivered": lambda page: page.triangle.delivered,
}


@pytest.mark.parametrize("name", sorted(MEANS))
def test_a_mean_can_be_counted_again_from_its_rows(name, as_quality_lead):
    _facts()
    InterventionFactory(completed=True, expected_percent=55, delivered_percent=95)
    recount.recount_all(now=timezone.now())
    found = [row.value for row in rows(name, Scope(), MARCH)]
    mean = MEANS[name](dashboard(Scope(), CHOICE, today=TODAY)).value
    assert sum(found) / len(found) == pytest.approx(mean)
    page = as_quality_lead.get(f"/dashboard/rows/{name}/?from=2026-03-01&to=2026-03-31")
    assert str(BEHIND[name].value[0]) in page.content.decode()


def test_late_rows_tell_both_days(as_quality_lead):
    InterventionFactory(completed=True, completed_on=date(2026, 3, 31))
    page = as_quality_lead.get("/dashboard/rows/late/?period=everything").content.decode()
    assert "Completed on" in page
    assert "31\xa0Mar" in page


def test_the_widest_certain_gap_is_named():
    for _each in range(30):
        intervention = InterventionFactory(
            completed=True, expected_percent=90, delivered_percent=50
        )
        RatingFactory(intervention=intervention, score=5)
    recount.recount_all(now=timezone.now())
    triangle = dashboard(Scope(), CHOICE, today=TODAY).triangle
    assert triangle.widest.name == "delivered_expected"
    assert triangle.widest.value == -4.0


def test_a_corner_without_data_is_hollow():
    _facts()
    triangle = dashboard(Scope(), CHOICE, today=TODAY).triangle
    assert (triangle.expected.is_known, triangle.review_days) == (True, None)


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        (MARCH, Period(date(2025, 4, 1), date(2026, 3, 31))),
        (Period(date(2024, 5, 9), date(2026, 3, 31)), Period(date(2024, 5, 1), date(2026, 3, 31))),
        (Period(date(2026, 5, 1), date(2026, 6, 1)), Period(date(2025, 6, 1), date(2026, 5, 1))),
    ],
)
def test_a_trend_shows_a_year_or_more(period, expected):
    assert trend_period(period, today=TODAY) == expected


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_same_number_of_queries(
    as_quality_lead, django_assert_num_queries, count
):
    for _each in range(count):
        RatingFactory()
    recount.recount_all(now=timezone.now())
    as_quality_lead.get(ADDRESS)
    with django_assert_num_queries(QUERIES_WHEN_KEPT):
        assert as_quality_lead.get(ADDRESS).status_code == 200
    cache.clear()
    with django_assert_num_queries(QUERIES):
        assert as_quality_lead.get(ADDRESS).status_code == 200


QUERIES, QUERIES_WHEN_KEPT = 24, 4


def test_partners_are_fetched_after_the_page(as_quality_lead):
    rating = RatingFactory(why="Prompt.")
    recount.recount_all(now=timezone.now())
    assert rating.partner.name not in _figures_of(as_quality_lead.get(ADDRESS))
    address = f"{reverse('some-partners')}?period=everything"
    fetched = as_quality_lead.get(address, headers={"HX-Request": "true"})
    assert rating.partner.name in fetched.content.decode()
    alone = as_quality_lead.get(address)
    assert alone.url == f"{reverse('partner-board')}?period=everything"


def _figures_of(response):
    return response.content.decode().partition('<div id="figures"')[2]


def test_a_page_is_kept_for_each_filter_and_for_whose_clients_are_seen(
    client, quality_lead, manager
):
    one = RatingFactory(score=10, why="Prompt.")
    for score in (0, 5):
        theirs = ClientFactory(manager=UserFactory())
        intervention = InterventionFactory(completed=True, client=theirs)
        RatingFactory(intervention=intervention, score=score, why="Late.")
    recount.recount_all(now=timezone.now())
    seen = []
    for user, address, n in (
        (quality_lead, ADDRESS, 3),
        (quality_lead, f"{ADDRESS}&partner={one.partner_id}", 1),
        (manager, ADDRESS, 1),
        (quality_lead, ADDRESS, 3),
    ):
        client.force_login(user)
        page = client.get(address).content.decode()
        assert f"n {n} explained" in page
        seen.append(page.partition('<div id="board"')[2])
    assert seen[0] == seen[3]
    assert len(set(seen)) == 3


def test_a_new_target_shows_at_once(as_quality_lead):
    _facts()
    as_quality_lead.get(ADDRESS)
    year = timezone.now().year
    Target.objects.create(indicator="nps", year=year, value=40, by=UserFactory())
    assert "target +40" in as_quality_lead.get(ADDRESS).content.decode()


def test_htmx_gets_the_moving_part_and_an_announcement(as_quality_lead):
    headers = {"HX-Request": "true", "HX-Target": "board"}
    response = as_quality_lead.get(ADDRESS, headers=headers)
    assert response.content.decode().lstrip().startswith('<div id="board"')
    assert "announce" in response.headers["HX-Trigger"]


def test_figures_that_have_not_moved_are_not_sent_again(as_quality_lead):
    headers = {"HX-Request": "true", "HX-Target": "figures", "X-Figures-Version": "0"}
    assert as_quality_lead.get(ADDRESS, headers=headers).status_code == 204
    _facts()
    assert as_quality_lead.get(ADDRESS, headers=headers).status_code == 200


def test_a_manager_counts_the_own_portfolio_only(as_manager):
    _facts()
    other = InterventionFactory(completed=True, client=ClientFactory(manager=UserFactory()))
    RatingFactory(intervention=other, score=0)
    recount.recount_all(now=timezone.now())
    response = as_manager.get(ADDRESS)
    assert response.context["board"].now.nps.n == 2


@pytest.mark.parametrize(
    "query",
    [
        "?from=2026-13-01",
        "?from=2026-03-02&to=2026-03-01",
        "?partner=x&service=99999999999999999999",
        "?period=never",
        "?page=1000000000",
    ],
)
def test_a_wrong_address_shows_the_default(as_quality_lead, query):
    assert as_quality_lead.get(f"/dashboard/{query}").status_code == 200


@pytest.mark.parametrize(
    "path", ["/dashboard/", "/dashboard/rows/explained/", "/dashboard/partners/", "/participation/"]
)
def test_a_page_that_shows_more_than_its_address_asked_for_says_so(as_manager, path):
    theirs = ClientFactory(manager=UserFactory())
    said = "does not exist for you and is left out"
    assert said in as_manager.get(path, {"client": theirs.pk}).content.decode()
    assert said not in as_manager.get(path).content.decode()


def test_rows_open_under_the_same_filter(as_quality_lead):
    _facts()
    response = as_quality_lead.get("/dashboard/rows/explained/?from=2026-03-01&to=2026-03-31")
    assert response.context["page"].paginator.count == 2


@pytest.mark.parametrize("path", ["/dashboard/", "/participation/"])
@pytest.mark.parametrize(
    "name", ["eligible", "invited", "arrived", "answered", "answered_with_why"]
)
def test_each_part_of_the_funnel_opens_its_rows(as_quality_lead, path, name):
    _facts()
    query = "from=2026-03-01&to=2026-03-31"
    page = as_quality_lead.get(f"{path}?{query}").content.decode()
    found = rows(name, Scope(), MARCH).count()
    link = f'<a href="/dashboard/rows/{name}/?{query}">{found}</a>'
    assert link.replace("&", "&amp;") in page


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("company", "Mean of the answers from 0 to 5, n 1 = 4.00."),
        ("cancellations", "= 1 / 4 = 25.0\xa0%."),
        ("response", "= 0 / 1 = 0.0\xa0%. Coverage: invited / eligible = 1 / 1 = 100.0\xa0%."),
        ("completed", "3 of the 4 interventions"),
        ("returns", "= 1 / 1 = 100.0\xa0%."),
        ("punctuality", "= (3 − 0) / 3 = 100.0\xa0%."),
    ],
)
def test_a_tile_works_out_its_own_figure(key, said):
    _facts()
    assert said in _tile(dashboard(Scope(), CHOICE, today=TODAY), key).how


def test_the_number_of_a_month_opens_its_rows(as_quality_lead):
    _facts()
    page = as_quality_lead.get("/dashboard/?from=2026-03-10&to=2026-03-31&compare=year")
    address = "/dashboard/rows/explained/?from=2026-03-01&to=2026-03-31&compare=year"
    assert f'<a href="{address}">2</a>'.replace("&", "&amp;") in page.content.decode()
    assert as_quality_lead.get(address).context["page"].paginator.count == 2


def test_an_unknown_number_is_404(as_quality_lead):
    assert as_quality_lead.get("/dashboard/rows/nothing/").status_code == 404


@pytest.mark.parametrize("role", [Role.PARTNER, Role.RECRUITER])
def test_other_roles_have_no_dashboard(client, role):
    client.force_login(UserFactory(role=role))
    assert client.get("/dashboard/").status_code == 404


def test_a_text_is_never_markup(as_quality_lead):
    RatingFactory(why="<script>alert(1)</script>")
    page = as_quality_lead.get("/dashboard/rows/explained/?period=everything").content.decode()
    assert "<script>alert" not in page
