"""Clients through the API: the portfolio, the main contact, nothing beyond."""

from __future__ import annotations

import pytest

from clients.models import Client, Contact
from tests.api import call, secret_of
from tests.factories import ClientFactory, ContactFactory

pytestmark = pytest.mark.django_db
CLIENTS = "/api/v1/clients/"


@pytest.fixture
def secret(quality_lead) -> str:
    return secret_of(quality_lead)


def test_a_client_comes_with_its_main_contact(client, secret, manager):
    body = {
        "name": "Atelier Nord",
        "setting": "company",
        "manager": manager.email,
        "contact": {"name": "Nadia Ferrand", "email": "nadia@example.org"},
    }
    answer = call(client, secret, f"{CLIENTS}c1/", "put", body)
    assert answer.status_code == 201
    assert answer.json() == {
        "external_id": "c1",
        "name": "Atelier Nord",
        "kind": "company",
        "setting": "company",
        "segment": "not_known",
        "region": "not_known",
        "language": "fr",
        "manager": manager.email,
        "salesperson": "",
        "requirements": "",
        "contact": {
            "name": "Nadia Ferrand",
            "email": "nadia@example.org",
            "phone": "",
            "language": "fr",
            "time_zone": "Europe/Paris",
        },
    }


def test_a_contact_that_is_left_out_stays(client, secret):
    contact = ContactFactory(client__external_id="c1")
    call(client, secret, f"{CLIENTS}c1/", "put", {"name": "New name"})
    call(client, secret, f"{CLIENTS}c1/", "put", {"contact": {"phone": "+33 1 23 45 67 89"}})
    assert Contact.objects.values("name", "email", "phone").get() == {
        "name": contact.name,
        "email": contact.email,
        "phone": "+33 1 23 45 67 89",
    }


@pytest.mark.parametrize(
    "contact", [{"email": "nobody"}, {"client": 1}, {"id": 1}, [], "x", {"name": ""}]
)
def test_a_bad_contact_writes_nothing(client, secret, contact):
    answer = call(client, secret, f"{CLIENTS}c1/", "put", {"name": "A", "contact": contact})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["contact"])
    assert not Client.objects.exists()


def test_a_manager_sees_the_own_portfolio_only(client, manager, quality_lead):
    ClientFactory(external_id="mine", manager=manager)
    ClientFactory(external_id="theirs", manager=quality_lead)
    secret = secret_of(manager)
    rows = call(client, secret, CLIENTS).json()["results"]
    assert [row["external_id"] for row in rows] == ["mine"]
    theirs = call(client, secret, f"{CLIENTS}theirs/")
    nobody = call(client, secret, f"{CLIENTS}nobody/")
    assert (theirs.status_code, theirs.json()) == (nobody.status_code, nobody.json())
    assert nobody.status_code == 404


@pytest.mark.parametrize("external_id", ["theirs", "nobody"])
def test_a_manager_cannot_write_what_is_not_seen(client, manager, quality_lead, external_id):
    ClientFactory(external_id="theirs", name="Before", manager=quality_lead)
    secret = secret_of(manager)
    answer = call(client, secret, f"{CLIENTS}{external_id}/", "put", {"name": "After"})
    assert answer.status_code == 404
    assert Client.objects.get().name == "Before"


def test_a_manager_changes_a_client_of_the_portfolio(client, manager):
    ClientFactory(external_id="mine", manager=manager)
    answer = call(client, secret_of(manager), f"{CLIENTS}mine/", "put", {"salesperson": "Yann"})
    assert (answer.status_code, Client.objects.get().salesperson) == (200, "Yann")


@pytest.mark.parametrize("role", ["partner", "manager"])
def test_a_manager_is_an_active_user_of_the_back_office(client, secret, manager, role):
    manager.role, manager.is_active = role, role == "partner"
    manager.save()
    body = {"name": "A", "manager": manager.email}
    assert call(client, secret, f"{CLIENTS}c1/", "put", body).status_code == 400


def test_filters(client, secret, manager):
    ClientFactory(external_id="a", manager=manager, kind="individual")
    ClientFactory(external_id="b")
    answer = call(client, secret, CLIENTS, body={"manager": manager.email, "kind": "individual"})
    assert [row["external_id"] for row in answer.json()["results"]] == ["a"]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_queries(client, secret, rows, django_assert_num_queries):
    for _ in range(rows):
        ContactFactory()
    call(client, secret, CLIENTS)
    with django_assert_num_queries(5):
        assert len(call(client, secret, CLIENTS).json()["results"]) == rows
