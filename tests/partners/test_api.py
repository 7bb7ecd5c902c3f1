"""Partners and interventions through the API: the same verbs as the pages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from partners.models import Intervention, Partner, Status
from tests.api import call, secret_of
from tests.factories import (
    ClientFactory,
    DisciplineFactory,
    InterventionFactory,
    PartnerFactory,
    ServiceFactory,
)
from triangle.models import JournalEntry

pytestmark = pytest.mark.django_db
PARTNERS, INTERVENTIONS = "/api/v1/partners/", "/api/v1/interventions/"


@pytest.fixture
def secret(quality_lead) -> str:
    return secret_of(quality_lead)


@pytest.fixture
def named(db) -> None:
    ClientFactory(external_id="c1")
    ServiceFactory(external_id="s1")
    PartnerFactory(external_id="p1")


def put(client, secret, body, external_id="i1"):
    return call(client, secret, f"{INTERVENTIONS}{external_id}/", "put", body)


def test_a_partner_is_put_and_put_again(client, secret):
    DisciplineFactory(code="yoga")
    body = {"name": "Léa", "disciplines": ["yoga"], "settings": ["school"], "joined_on": None}
    assert call(client, secret, f"{PARTNERS}p1/", "put", body).status_code == 201
    again = call(client, secret, f"{PARTNERS}p1/", "put", {"status": "paused"})
    assert again.json() == {
        "external_id": "p1",
        "name": "Léa",
        "kind": "person",
        "status": "paused",
        "disciplines": ["yoga"],
        "settings": ["school"],
        "region": "not_known",
        "email": "",
        "phone": "",
        "language": "fr",
        "joined_on": None,
    }


@pytest.mark.parametrize("field", ["account", "id", "history"])
def test_a_partners_account_is_not_for_the_api(client, secret, field):
    answer = call(client, secret, f"{PARTNERS}p1/", "put", {"name": "Léa", field: 1})
    assert answer.json()["errors"] == {field: ["Unknown field."]}
    assert not Partner.objects.exists()


def test_partners_are_filtered(client, secret):
    PartnerFactory(external_id="a", status="paused")
    PartnerFactory(external_id="b", status="left")
    PartnerFactory(external_id="c")
    page = call(client, secret, f"{PARTNERS}?status=paused&status=left").json()
    assert [row["external_id"] for row in page["results"]] == ["a", "b"]


@pytest.mark.parametrize("rows", [1, 3])
def test_partners_ask_the_same_queries(client, secret, rows, django_assert_num_queries):
    PartnerFactory.create_batch(rows)
    call(client, secret, PARTNERS)
    with django_assert_num_queries(6):
        assert len(call(client, secret, PARTNERS).json()["results"]) == rows


def test_an_intervention_is_created_by_external_ids(client, secret, named):
    body = {
        "client": "c1",
        "service": "s1",
        "partner": "p1",
        "status": "confirmed",
        "scheduled_at": "2026-03-10T12:00:00+01:00",
        "amount": "120.50",
        "currency": "EUR",
    }
    answer = put(client, secret, body)
    assert answer.status_code == 201
    assert {name: answer.json()[name] for name in body} == body
    row = Intervention.objects.get()
    assert row.scheduled_at == datetime(2026, 3, 10, 11, tzinfo=UTC)
    assert (row.client.external_id, row.status) == ("c1", "confirmed")


def test_the_same_intervention_twice_changes_nothing(client, secret, named):
    body = {"client": "c1", "service": "s1", "brief": "Ten people"}
    codes = [put(client, secret, body).status_code for _ in range(2)]
    assert codes == [201, 200]
    assert JournalEntry.objects.filter(subject_type="intervention").count() == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"client": "nobody"}, "client"),
        ({"status": "done"}, "status"),
        ({"status": "confirmed"}, "scheduled_at"),
        ({"scheduled_at": "yesterday"}, "scheduled_at"),
        ({"scheduled_at": "0001-01-01T00:00:00+14:00"}, "scheduled_at"),
        ({"scheduled_at": "9999-12-31T23:59:59-14:00"}, "scheduled_at"),
        ({"scheduled_at": "2026-03-29T02:30:00"}, "scheduled_at"),  # the hour that does not exist
        ({"scheduled_end_at": "2026-03-10T12:00:00Z"}, "scheduled_end_at"),
        ({"status": "completed", "completed_at": "2090-01-01T00:00:00Z"}, "completed_at"),
        ({"completed_at": "2026-01-01T00:00:00Z"}, "completed_at"),
        ({"cancelled_by": "client"}, "cancelled_by"),
        ({"status": "cancelled", "cancelled_by": "weather"}, "cancelled_by"),
        ({"amount": "1e30"}, "amount"),
        ({"amount": 10**30}, "amount"),
        ({"amount": "NaN"}, "amount"),
        ({"currency": "EURO"}, "currency"),
        ({"expected_percent": 100}, "expected_percent"),
        ({"is_disputed": True}, "is_disputed"),
        ({"segment": "x"}, "segment"),
    ],
)
def test_bad_interventions_are_refused_whole(client, secret, named, body, field):
    answer = put(client, secret, {"client": "c1", "service": "s1", **body})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert not Intervention.objects.exists()


def test_completing_twice_is_done_once(client, secret):
    InterventionFactory(external_id="i1")
    path = f"{INTERVENTIONS}i1/complete/"
    answers = [call(client, secret, path, "post") for _ in range(2)]
    assert [(a.status_code, a.json()["status"]) for a in answers] == [(200, "completed")] * 2
    assert answers[0].json() == answers[1].json()
    assert JournalEntry.objects.filter(kind="completed").count() == 1


def test_completing_at_an_instant(client, secret):
    InterventionFactory(external_id="i1")
    body = {"completed_at": "2026-03-10T13:00:00+01:00"}
    call(client, secret, f"{INTERVENTIONS}i1/complete/", "post", body)
    assert Intervention.objects.get().completed_at == datetime(2026, 3, 10, 12, tzinfo=UTC)


def test_cancelling_needs_a_side(client, secret):
    InterventionFactory(external_id="i1")
    path = f"{INTERVENTIONS}i1/cancel/"
    refused = call(client, secret, path, "post", {"reason": "Ill"})
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["side"])
    done = call(client, secret, path, "post", {"side": "partner", "reason": "Ill"})
    assert (done.status_code, done.json()["cancelled_by"]) == (200, "partner")
    assert done.json()["cancel_reason"] == "Ill"


def test_a_step_that_is_not_possible_is_a_conflict(client, secret):
    InterventionFactory(external_id="i1", completed=True)
    answer = call(client, secret, f"{INTERVENTIONS}i1/cancel/", "post", {"side": "client"})
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert Intervention.objects.get().status == Status.COMPLETED


@pytest.mark.parametrize("external_id", ["theirs", "nobody"])
@pytest.mark.parametrize("act", ["", "complete/", "cancel/"])
def test_another_portfolio_does_not_exist(client, manager, quality_lead, external_id, act):
    InterventionFactory(external_id="theirs", client__manager=quality_lead)
    method = "post" if act else "get"
    path = f"{INTERVENTIONS}{external_id}/{act}"
    body = {"side": "client"} if act == "cancel/" else None
    answer = call(client, secret_of(manager), path, method, body)
    assert answer.status_code == 404
    assert Intervention.objects.get().status == Status.CONFIRMED


def test_a_manager_cannot_name_a_client_of_others(client, manager, quality_lead):
    InterventionFactory(external_id="mine", client__manager=manager)
    ClientFactory(external_id="theirs", manager=quality_lead)
    answer = put(client, secret_of(manager), {"client": "theirs"}, "mine")
    assert answer.json()["errors"] == {"client": ["“theirs” is not known."]}


def test_interventions_are_filtered_together(client, secret):
    InterventionFactory(external_id="a", client__external_id="c1")
    InterventionFactory(external_id="b", client__external_id="c2")
    InterventionFactory(external_id="c", completed=True)
    for query, found in {
        "client=c1": ["a"],
        "client=nobody": [],
        "status=completed": ["c"],
        "status=completed&status=confirmed": ["a", "b", "c"],
        "scheduled_from=2026-03-10&scheduled_to=2026-03-10": ["a", "b", "c"],
        "scheduled_from=2026-03-11": [],
        "completed_from=2026-03-10": ["c"],
    }.items():
        rows = call(client, secret, f"{INTERVENTIONS}?{query}").json()["results"]
        assert [row["external_id"] for row in rows] == found, query


@pytest.mark.parametrize("query", ["scheduled_from=2026-02-30", "status=done", "scheduled_to=x"])
def test_a_filter_that_cannot_be_is_refused(client, secret, query):
    assert call(client, secret, f"{INTERVENTIONS}?{query}").status_code == 400


@pytest.mark.parametrize("rows", [1, 3])
def test_interventions_ask_the_same_queries(client, secret, rows, django_assert_num_queries):
    InterventionFactory.create_batch(rows)
    call(client, secret, INTERVENTIONS)
    with django_assert_num_queries(4):
        assert len(call(client, secret, INTERVENTIONS).json()["results"]) == rows
