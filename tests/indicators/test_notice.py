"""Cancellations by side and class of notice, and that no notice touches a partner."""

from datetime import timedelta

import pytest
from django.utils import timezone

from indicators.notice_board import notice_board
from indicators.partner_board import partner_rows
from indicators.tallies import recount
from partners.scope import Scope
from tests.factories import NOON, InterventionFactory, RatingFactory, UserFactory
from triangle.models import Role
from triangle.periods import Period, local_day

pytestmark = pytest.mark.django_db
DAY = local_day(NOON)
TODAY = Period(DAY, DAY)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def cancelled(notice, side="client", **fields):
    at = None if notice is None else NOON - notice
    return InterventionFactory(
        cancelled=True, cancelled_by=side, scheduled_at=NOON, cancelled_at=at, **fields
    )


def counts(side="client"):
    found = {one.name: one for one in notice_board(Scope(), TODAY).sides}
    return [count for _name, count in found[f"cancelled_{side}"].counts]


def test_nothing_cancelled_is_nothing_on_every_side():
    board = notice_board(Scope(), TODAY)
    assert (board.total, [side.total for side in board.sides]) == (0, [0] * 5)


@pytest.mark.parametrize(
    ("notice", "expected"),
    [
        (-HOUR, [1, 0, 0]),
        (24 * HOUR - MINUTE, [1, 0, 0]),
        (24 * HOUR, [0, 1, 0]),
        (72 * HOUR - MINUTE, [0, 1, 0]),
        (72 * HOUR, [0, 0, 1]),
        (None, [0, 0, 0, 1]),
    ],
)
def test_the_class_of_a_notice(notice, expected):
    cancelled(notice)
    assert counts() == expected


def test_each_side_has_its_own_and_a_disputed_one_none():
    cancelled(HOUR)
    cancelled(HOUR, "partner")
    cancelled(HOUR, "partner", is_disputed=True)
    assert (counts("client"), counts("partner")) == ([1, 0, 0], [1, 0, 0])


def test_one_query(django_assert_num_queries):
    cancelled(HOUR)
    with django_assert_num_queries(1):
        assert notice_board(Scope(), TODAY).total == 1


def test_the_page_opens_its_rows_and_the_dashboard_fetches_it(as_quality_lead):
    cancelled(30 * HOUR, "external")
    recount.recount_all(now=timezone.now())
    query = f"from={DAY}&to={DAY}"
    link = f"/dashboard/rows/cancelled_external_middle/?{query}"
    page = as_quality_lead.get(f"/dashboard/notice/?{query}").content.decode()
    part = as_quality_lead.get(f"/dashboard/notice/?{query}", headers={"HX-Request": "true"})
    for text in (page, part.content.decode()):
        assert f'href="{link}" hx-boost="false">1</a>'.replace("&", "&amp;") in text
    assert as_quality_lead.get(link).context["page"].paginator.count == 1
    dashboard = as_quality_lead.get(f"/dashboard/?{query}").content.decode()
    assert f'hx-get="/dashboard/notice/?{query}"'.replace("&", "&amp;") in dashboard


def test_no_notice_moves_a_score():
    rating = RatingFactory(answered_at=NOON)
    recount.recount_all(now=NOON)
    before = partner_rows(Scope(), TODAY).rows[0].score
    cancelled(MINUTE, "external", partner=rating.partner)
    recount.recount_all(now=NOON)
    [row] = partner_rows(Scope(), TODAY).rows
    assert (row.score, row.cancelled_by_partner.successes) == (before, 0)


@pytest.mark.parametrize("role", [Role.PARTNER, Role.RECRUITER])
def test_others_do_not_see_it(client, role):
    client.force_login(UserFactory(role=role))
    assert client.get("/dashboard/notice/").status_code == 404
