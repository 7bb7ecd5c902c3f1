from datetime import date, timedelta
from random import Random

import pytest
import time_machine
from django.urls import reverse

from indicators.fact_rows import rows
from indicators.repeat import repeat
from partners.models import Intervention
from partners.scope import Scope
from tests.factories import NOON, ClientFactory, InterventionFactory, UserFactory
from tests.indicators.market import Market, in_scope
from triangle.models import Role
from triangle.periods import Period, local_day

pytestmark = pytest.mark.django_db
DAY = local_day(NOON)
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
LATER = DAY + timedelta(days=91)


def done(client=None, *, days=0, **fields):
    at = NOON + timedelta(days=days)
    client = client or ClientFactory()
    return InterventionFactory(**{"completed": True, **fields}, client=client, scheduled_at=at)


def told(scope=None, period=MARCH, today=LATER):
    found = repeat(scope or Scope(), period, today=today)
    return found.successes, found.n


def test_nobody_can_be_judged():
    found = repeat(Scope(), MARCH, today=LATER)
    assert (found.value, found.n) == (None, 0)


@pytest.mark.parametrize(
    ("days", "fields", "again"),
    [
        (0, {}, 0),
        (1, {}, 1),
        (90, {}, 1),
        (91, {}, 0),
        (-1, {}, 0),
        (30, {"completed": False}, 1),
        (30, {"completed": False, "status": "requested"}, 1),
        (30, {"completed": False, "cancelled": True}, 0),
    ],
)
def test_an_order_within_ninety_days_counts(days, fields, again):
    done(days=days, client=done().client, **fields)
    assert told(period=Period(DAY, DAY)) == (again, 1)


@pytest.mark.parametrize(("today", "n"), [(90, 0), (91, 1)])
def test_nobody_is_judged_before_the_ninety_days_are_over(today, n):
    done(client=done().client, days=3)
    assert told(period=Period(DAY, DAY), today=DAY + timedelta(days=today)) == (n, n)


def test_a_client_counts_once_and_the_order_of_another_is_not_theirs():
    loyal = done().client
    done(loyal, days=5)
    done(loyal, days=9)
    done(days=6)
    assert told(today=LATER + timedelta(days=30)) == (1, 2)


def test_the_filter_chooses_the_interventions_not_the_order_that_follows():
    first = done()
    done(first.client, days=20)
    assert told(Scope(service=(first.service_id,))) == (1, 1)


def by_hand(scope, period, today):
    asked, returned = set(), set()
    facts = list(Intervention.objects.select_related("service"))
    for one in facts:
        old = one.scheduled_on + timedelta(days=90) < today
        inside = period.first <= one.scheduled_on <= period.last
        if one.status == "completed" and old and inside and in_scope(one, scope):
            asked.add(one.client_id)
            for other in facts:
                gap = (other.scheduled_on - one.scheduled_on).days
                same = other.client_id == one.client_id and other.status != "cancelled"
                if same and 0 < gap <= 90:
                    returned.add(one.client_id)
    return len(returned), len(asked)


def test_random_filters_give_what_is_counted_by_hand_and_its_rows():
    market = Market(interventions=40)
    many = ClientFactory.create_batch(25)
    draw = Random(2)
    for one in Intervention.objects.order_by("pk"):
        Intervention.objects.filter(pk=one.pk).update(client=draw.choice(many))
    today, seen = date(2025, 6, 20), set()
    with time_machine.travel("2025-06-20T12:00:00Z", tick=False):
        for _ in range(12):
            scope, period = market.scope(), market.period()
            expected = by_hand(scope, period, today)
            assert told(scope, period, today) == expected
            behind = (rows(name, scope, period).count() for name in ("came_back", "judged"))
            assert tuple(behind) == expected
            seen.add(expected)
    assert len(seen) > 4


def test_one_query(django_assert_num_queries):
    for scope in (Scope(), Scope(partner=(1,), setting=(1,)), Scope(portfolio=1)):
        with django_assert_num_queries(1):
            repeat(scope, MARCH, today=LATER)


@pytest.fixture
def as_lead(client):
    client.force_login(UserFactory(role=Role.QUALITY_LEAD))
    return client


ADDRESS = "/dashboard/repeat/?from=2026-03-01&to=2026-03-31"


@time_machine.travel("2026-09-01T12:00:00Z", tick=False)
def test_the_tile_fetches_the_rate_with_its_rows(as_lead):
    done(client=done().client, days=30)
    part = as_lead.get(ADDRESS, headers={"HX-Request": "true"}).content.decode()
    assert "repeat 100\u00a0%" in part
    assert "n 1</a>" in part
    assert "/dashboard/rows/came_back/?from=2026-03-01&amp;to=2026-03-31" in part


@time_machine.travel("2026-04-01T12:00:00Z", tick=False)
def test_a_young_period_says_that_it_cannot_be_judged_yet(as_lead):
    done()
    part = as_lead.get(ADDRESS, headers={"HX-Request": "true"}).content.decode()
    assert "known after 90 days" in part


def test_without_script_the_address_leads_to_the_rows(as_lead):
    response = as_lead.get(ADDRESS)
    assert response.headers["Location"] == (
        f"{reverse('rows', args=['came_back'])}?from=2026-03-01&to=2026-03-31"
    )
