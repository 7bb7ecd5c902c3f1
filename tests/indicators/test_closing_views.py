import json

import pytest
from django.core.management import call_command

from feedback.models import Rating
from indicators.tallies.recount import drain_all
from partners.models import Intervention
from tests.factories import ClientFactory, InterventionFactory, UserFactory
from tests.indicators.test_closing import AFTER_MARCH, answered, close
from triangle.models import Role

pytestmark = pytest.mark.django_db


def page(browser, path="/closed-months/"):
    answer = browser.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_nothing_is_closed_yet(as_quality_lead):
    assert "No month is closed yet." in page(as_quality_lead)


def test_a_month_that_waits_is_told(as_quality_lead):
    answered("2026-03-10T10:00Z")
    assert "to be closed" in page(as_quality_lead)


def test_the_list_shows_each_month_with_its_late_answers(as_quality_lead):
    answered("2026-03-10T10:00Z", score=10)
    close()
    answered("2026-03-11T10:00Z")
    found = page(as_quality_lead)
    assert "+100.0" in found
    assert 'href="/closed-months/2026-03/#late">1<' in found


def test_a_score_of_all_clients_is_not_for_who_sees_a_part(as_manager):
    answered("2026-03-10T10:00Z", score=10)
    close()
    assert "+100" not in page(as_manager)
    assert "+100" not in page(as_manager, "/closed-months/2026-03/")


def test_late_answers_of_another_portfolio_are_not_listed(as_manager):
    answered("2026-03-10T10:00Z")
    close()
    mine, others = ClientFactory(name="Lumen"), ClientFactory(name="Secret", manager=UserFactory())
    for client in (mine, others):
        fact = InterventionFactory(completed=True, client=client)
        answered("2026-03-11T10:00Z", intervention=fact)
    found = page(as_manager, "/closed-months/2026-03/")
    assert ("Lumen" in found, "Secret" in found) == (True, False)


def test_computed_again_it_is_the_same(as_quality_lead):
    answered("2026-03-10T10:00Z")
    closed = close()
    for _twice in range(2):
        as_quality_lead.post("/closed-months/2026-03/verify/")
    closed.refresh_from_db()
    assert closed.verdict == "same"


def test_computed_again_it_differs_and_says_why(as_quality_lead):
    fact = answered("2026-03-10T10:00Z").intervention
    close()
    Rating.objects.update(score=1)
    changed = Intervention.objects.get(pk=fact.pk)
    changed.is_disputed, changed.status, changed.cancelled_by = True, "cancelled", "client"
    changed.save()
    as_quality_lead.post("/closed-months/2026-03/verify/")
    found = page(as_quality_lead, "/closed-months/2026-03/")
    assert "Why it differs" in found
    assert f'href="/interventions/{fact.pk}/"' in found
    assert "Ratings" in found


@pytest.mark.parametrize("month", ["2026-02", "2026-13", "x"])
def test_a_month_that_is_not_closed_does_not_exist(as_quality_lead, month):
    answered("2026-03-10T10:00Z")
    close()
    assert as_quality_lead.get(f"/closed-months/{month}/").status_code == 404


def test_a_manager_computes_nothing_again(as_manager):
    answered("2026-03-10T10:00Z")
    close()
    assert as_manager.post("/closed-months/2026-03/verify/").status_code == 404


@pytest.mark.parametrize("role", [Role.PARTNER, Role.RECRUITER])
def test_other_roles_have_no_such_page(client, role):
    client.force_login(UserFactory(role=role))
    assert client.get("/closed-months/").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_number_of_queries(
    as_quality_lead, django_assert_num_queries, count
):
    for month in range(1, count + 1):
        answered(f"2026-{month:02}-10T10:00Z")
    close()
    with django_assert_num_queries(QUERIES):
        page(as_quality_lead)


QUERIES = 10


def test_the_dashboard_of_a_closed_month_says_so(as_quality_lead):
    answered("2026-03-10T10:00Z", score=10)
    close()
    answered("2026-03-11T10:00Z")
    drain_all(now=AFTER_MARCH)
    found = page(as_quality_lead, "/dashboard/?from=2026-03-01&to=2026-03-31")
    assert "March 2026 was frozen on" in found
    assert "1 late answer since" in found
    assert 'href="/closed-months/2026-03/"' in found


@pytest.mark.parametrize(
    "days", ["from=2026-03-01&to=2026-03-30", "from=2026-02-01&to=2026-03-31", "period=everything"]
)
def test_another_period_is_not_a_closed_month(as_quality_lead, days):
    answered("2026-03-10T10:00Z")
    close()
    drain_all(now=AFTER_MARCH)
    assert "frozen" not in page(as_quality_lead, f"/dashboard/?{days}")


def test_late_answers_of_the_dashboard_are_those_of_its_filter(as_quality_lead):
    partner = answered("2026-03-10T10:00Z").partner_id
    close()
    answered("2026-03-11T10:00Z")
    drain_all(now=AFTER_MARCH)
    query = f"from=2026-03-01&to=2026-03-31&partner={partner}"
    found = page(as_quality_lead, f"/dashboard/?{query}")
    assert "frozen" in found
    assert "late answer" not in found


def test_the_command_closes_once(capsys):
    answered("2026-03-10T10:00Z")
    run = ("close_months", "--now", "2026-04-04T01:00+00:00", "--json")
    call_command(*run)
    [closed] = json.loads(capsys.readouterr().out)["closed"]
    assert (closed["month"], len(closed["input_hash"])) == ("2026-03", 64)
    answered("2026-03-11T10:00Z")
    call_command(*run)
    again = json.loads(capsys.readouterr().out)
    assert again == {"closed": [], "late_answers": {"2026-03": 1}}
