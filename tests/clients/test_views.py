"""The list of clients and their form."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.models import Client
from tests.factories import ClientFactory, ContactFactory, UserFactory
from triangle.models import Segment, Setting

pytestmark = pytest.mark.django_db
TYPED = {
    "name": "Lumen",
    "kind": "company",
    "setting": 1,
    "segment": 1,
    "region": 1,
    "language": "fr",
}


def found(answer):
    return list(answer.context["page"].object_list)


@pytest.mark.parametrize("n", [1, 3])
def test_the_list_asks_the_same_queries(as_manager, manager, n):
    for _ in range(n):
        ContactFactory(client=ClientFactory(manager=manager))
    with CaptureQueriesContext(connection) as queries:
        page = as_manager.get(reverse("clients"), headers={"HX-Request": "true"})
    assert (len(found(page)), len(queries)) == (n, 5)


def test_clients_are_narrowed(as_manager, manager):
    big = Segment.objects.create(code="big", name_en="Big", name_fr="Grand")
    school = Setting.objects.get(code="school")
    lumen = ClientFactory(name="Lumen", segment=big, setting=school, manager=manager)
    ContactFactory(client=lumen, name="Nadia Ferrand", email="nadia@lumen.example")
    ClientFactory(name="Solis")
    for asked in (
        {"q": "lume"},
        {"q": "ferrand"},
        {"q": "nadia@lumen"},
        {"q": lumen.external_id},
        {"segment": big.pk},
        {"setting": school.pk},
        {"manager": manager.pk},
    ):
        assert found(as_manager.get(reverse("clients"), asked)) == [lumen], asked
    assert len(found(as_manager.get(reverse("clients"), {"segment": "nonsense"}))) == 2


def test_a_client_is_created_with_its_contact(as_manager, manager):
    typed = {**TYPED, "manager": manager.pk, "contact_name": "Nadia", "contact_email": "n@x.org"}
    answer = as_manager.post(reverse("client-new"), typed)
    client = Client.objects.get()
    assert answer.url == reverse("client", args=[client.pk])
    assert (client.manager, client.contacts.get().email) == (manager, "n@x.org")


def test_editing_keeps_the_contact_and_changes_the_name(as_manager, manager):
    client = ClientFactory(manager=manager)
    ContactFactory(client=client, name="Nadia", email="n@x.org")
    address = reverse("client-edit", args=[client.pk])
    page = as_manager.get(address)
    typed = {**page.context["form"].initial, "name": "Lumen 2"}
    as_manager.post(address, {name: value for name, value in typed.items() if value is not None})
    client.refresh_from_db()
    assert (client.name, client.contacts.get().name) == ("Lumen 2", "Nadia")


def test_an_address_needs_a_name(as_manager):
    answer = as_manager.post(reverse("client-new"), {**TYPED, "contact_email": "n@x.org"})
    assert answer.status_code == 422
    assert "contact_name" in answer.context["form"].errors
    assert "n@x.org" in answer.content.decode()
    assert not Client.objects.exists()


def test_a_manager_cannot_give_a_client_away(as_manager, manager):
    other = UserFactory()
    answer = as_manager.post(reverse("client-new"), {**TYPED, "manager": other.pk})
    assert (answer.status_code, Client.objects.count()) == (422, 0)


def test_names_are_escaped(as_manager, manager):
    ClientFactory(name="<script>alert(1)</script>", manager=manager)
    page = as_manager.get(reverse("clients")).content.decode()
    assert "<script>alert(1)" not in page


def test_the_end_of_an_onboarding_is_noted_on_the_clients_page(as_manager, manager):
    client = ClientFactory(manager=manager)
    address = reverse("client-onboarded", args=[client.pk])
    assert address in as_manager.get(reverse("client", args=[client.pk])).content.decode()
    page = as_manager.post(address, follow=True).content.decode()
    client.refresh_from_db()
    assert client.onboarded_at is not None
    assert address not in page


def test_another_managers_client_is_not_onboarded(as_manager):
    client = ClientFactory(manager=UserFactory())
    address = reverse("client-onboarded", args=[client.pk])
    assert as_manager.post(address).status_code == 404
    assert as_manager.get(address).status_code == 405
