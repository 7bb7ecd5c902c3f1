"""Clients in the admin: the verb saves, one contact is the main one."""

from __future__ import annotations

import pytest
from django.urls import reverse

from clients.models import Client, Contact
from tests.factories import ContactFactory, UserFactory
from triangle.models import JournalEntry, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client, db):
    client.force_login(UserFactory(role=Role.ADMIN, is_staff=True, is_superuser=True))
    return client


def change(browser, client, contacts, **fields):
    form = {
        "name": client.name,
        "kind": client.kind,
        "setting": client.setting_id,
        "segment": client.segment_id,
        "region": client.region_id,
        "language": client.language,
        "contacts-TOTAL_FORMS": len(contacts),
        "contacts-INITIAL_FORMS": sum("id" in contact for contact in contacts),
        **fields,
    }
    for number, contact in enumerate(contacts):
        row = {"language": "fr", "time_zone": "Europe/Paris", "client": client.pk, **contact}
        form |= {f"contacts-{number}-{name}": value for name, value in row.items()}
    return browser.post(reverse("admin:clients_client_change", args=[client.pk]), form)


def test_a_client_is_changed_by_its_verb(browser):
    client = ContactFactory().client
    assert change(browser, client, [], name="Atelier").status_code == 302
    assert Client.objects.get().name == "Atelier"
    assert JournalEntry.objects.get().data == {"fields": "name"}


def test_two_main_contacts_are_refused(browser):
    main = ContactFactory()
    rows = [
        {"id": main.pk, "name": "A", "is_main": "on"},
        {"name": "B", "is_main": "on"},
    ]
    answer = change(browser, main.client, rows)
    assert "A client has one main contact." in answer.content.decode()
    assert Contact.objects.count() == 1


def test_the_main_contact_passes_to_another(browser):
    main = ContactFactory()
    rows = [{"id": main.pk, "name": "A"}, {"name": "B", "is_main": "on"}]
    assert change(browser, main.client, rows).status_code == 302
    assert list(Contact.objects.filter(is_main=True).values_list("name", flat=True)) == ["B"]


def test_only_the_back_office_manages_clients(browser):
    client, partner = ContactFactory().client, UserFactory(role=Role.PARTNER)
    assert change(browser, client, [], manager=partner.pk).status_code == 200
    assert Client.objects.get().manager is None
