"""Saving a client and its main contact by external id."""

from datetime import timedelta

import pytest

from clients import clients
from tests.factories import NOON, ClientFactory
from triangle.changes import Change
from triangle.models import JournalEntry

pytestmark = pytest.mark.django_db


def save(**fields):
    return clients.save(external_id="C-1", now=NOON, **fields)


def test_a_client_is_created_changed_then_unchanged(manager):
    client, change = save(name="Lumen", manager=manager)
    assert change == Change.CREATED
    _, change = save(name="Lumen Assurances", manager=manager)
    assert change == Change.CHANGED
    _, change = save(name="Lumen Assurances", manager=manager)
    assert change == Change.UNCHANGED
    client.refresh_from_db()
    assert (client.name, client.manager) == ("Lumen Assurances", manager)
    assert [entry.kind for entry in JournalEntry.objects.about(client)] == ["changed", "created"]


def test_the_main_contact_is_made_then_kept_up_to_date():
    client, _ = save(name="Lumen", contact={"name": "Nadia", "email": "nadia@example.org"})
    _, change = save(contact={"email": "nadia@lumen.example"})
    assert change == Change.CHANGED
    _, change = save(contact={"email": "nadia@lumen.example"})
    assert change == Change.UNCHANGED
    contact = client.contacts.get()
    assert (contact.name, contact.email, contact.is_main) == ("Nadia", "nadia@lumen.example", True)


def test_without_a_contact_nobody_is_added():
    client, _ = save(name="Lumen")
    assert not client.contacts.exists()


def test_an_onboarding_is_finished_once(manager):
    client = ClientFactory()
    clients.finish_onboarding(client, now=NOON, by=manager)
    again = clients.finish_onboarding(client, now=NOON + timedelta(days=1))
    assert (client.onboarded_at, again.onboarded_at) == (NOON, NOON)
    [entry] = JournalEntry.objects.about(client)
    assert (entry.kind, entry.actor) == ("onboarded", manager)
