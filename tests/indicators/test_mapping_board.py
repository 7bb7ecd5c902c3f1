"""The mapping by stated and derived importance, cut at the mean and at the target."""

from datetime import date
from decimal import Decimal

import pytest

from feedback.models import RatingCriterion
from indicators import targets
from indicators.figures import figures
from indicators.mapping_board import mapping_board
from indicators.tallies.recount import drain_all
from partners.scope import Scope
from tests.factories import NOON, DisciplineFactory, RatingFactory, UserFactory
from triangle.models import Role
from triangle.periods import Period

pytestmark = pytest.mark.django_db
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def answers():
    """Of two criteria one moves with the score, the other is what clients call important."""
    moving, named = RatingCriterion.objects.order_by("slot")[:2]
    for place in range(36):
        RatingFactory(
            score=min(10, 2 * (place % 6)),
            **{
                f"satisfaction_{moving.slot}": place % 6,
                f"satisfaction_{named.slot}": 3 + place // 6 % 2,
                f"importance_{moving.slot}": 1,
                f"importance_{named.slot}": 5,
            },
        )
    drain_all(now=NOON)
    return moving.code, named.code


def board(importance="stated", cut_at="mean", scope=None):
    return mapping_board(scope or Scope(), YEAR, importance=importance, cut_at=cut_at)


def importances(found):
    return {point.criterion: round(point.importance, 2) for point in found.points}


def zones(found):
    return {point.criterion: point.zone for point in found.points}


def aim(lead, discipline=None):
    aimed = {"indicator": "partner", "year": 2026, "discipline": discipline, "setting": None}
    targets.add(**aimed, value=Decimal(4), by=lead, now=NOON)


def test_stated_at_the_mean_is_what_the_dashboard_shows(answers):
    assert list(board().points) == figures(Scope(), YEAR).mapping


def test_what_clients_name_is_not_what_moves_their_score(answers):
    moving, named = answers
    assert importances(board()) == {moving: 1, named: 5}
    assert importances(board("derived")) == {moving: 1, named: 0}
    assert zones(board()) == {moving: "medium_term", named: "strength"}
    assert zones(board("derived")) == {moving: "act_now", named: "watch"}


def test_a_target_cuts_satisfaction_and_leaves_importance_at_its_mean(answers, quality_lead):
    moving, named = answers
    aim(quality_lead)
    found = board(cut_at="target")
    assert found.cut == (4, 3)
    assert zones(found) == {moving: "medium_term", named: "act_now"}


def test_a_target_of_others_is_none(answers, quality_lead):
    aim(quality_lead, DisciplineFactory())
    found = board(cut_at="target")
    assert found.lacks_target
    assert found.cut == board().cut


def test_nothing_answered_is_no_mapping(db):
    assert (board().cut, board().zones) == (None, [])


@pytest.fixture
def as_lead(client):
    client.force_login(UserFactory(role=Role.QUALITY_LEAD))
    return client


def test_the_page_says_where_a_target_is_missing(as_lead, answers):
    page = as_lead.get("/dashboard/mapping/stated/target/?period=everything").content.decode()
    assert "so the cut is the mean" in page
    assert 'id="mapping-figure"' in page


def test_the_switches_keep_the_filter(as_lead, answers):
    page = as_lead.get("/dashboard/mapping/stated/mean/?period=everything").content.decode()
    assert 'href="/dashboard/mapping/derived/mean/?period=everything"' in page
    assert 'href="/dashboard/mapping/stated/target/?period=everything"' in page


@pytest.mark.parametrize("kind", ["guessed/mean", "stated/median"])
def test_other_kinds_do_not_exist(as_lead, kind):
    assert as_lead.get(f"/dashboard/mapping/{kind}/").status_code == 404


@pytest.mark.parametrize("role", [Role.PARTNER, Role.RECRUITER])
def test_it_is_for_those_who_steer(client, role):
    client.force_login(UserFactory(role=role))
    assert client.get("/dashboard/mapping/stated/mean/").status_code in {403, 404}


def test_the_same_queries_whatever_the_choice(answers, django_assert_num_queries):
    for importance in ("stated", "derived"):
        for cut_at in ("mean", "target"):
            with django_assert_num_queries(7):
                board(importance, cut_at)
