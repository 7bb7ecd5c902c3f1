"""Interventions and partners in the admin: steps by verbs, sheets that no program runs."""

from __future__ import annotations

import pytest
from django.urls import reverse

from partners.models import Intervention, Partner, Status
from tests.factories import (
    NOON,
    ClientFactory,
    ContactFactory,
    InterventionFactory,
    PartnerFactory,
    ServiceFactory,
    UserFactory,
)
from triangle.models import JournalEntry, Role

pytestmark = pytest.mark.django_db
LIST = "admin:partners_intervention_changelist"


@pytest.fixture
def browser(client, db):
    client.force_login(UserFactory(role=Role.ADMIN, is_staff=True, is_superuser=True))
    return client


def act(browser, action, *rows, **fields):
    form = {"action": action, "_selected_action": [row.pk for row in rows], **fields}
    return browser.post(reverse(LIST), form, follow=True)


def change(browser, row, **fields):
    form = {
        "service": row.service_id,
        "client": row.client_id,
        "contact": row.contact_id or "",
        "partner": row.partner_id or "",
        "setting": row.setting_id,
        "scheduled_at_0": "2026-03-10",
        "scheduled_at_1": "12:00:00",
        "scheduled_end_at_0": "",
        "scheduled_end_at_1": "",
        **fields,
    }
    return browser.post(reverse("admin:partners_intervention_change", args=[row.pk]), form)


def test_completing_calls_the_verb_once(browser):
    row = InterventionFactory()
    for _ in range(2):
        act(browser, "complete", row)
    row.refresh_from_db()
    assert row.status == Status.COMPLETED
    assert JournalEntry.objects.filter(kind="completed").count() == 1
    assert row.debrief_request


def test_cancelling_keeps_side_and_reason(browser):
    row = InterventionFactory()
    act(browser, "cancel", row, side="partner", reason="Ill")
    row.refresh_from_db()
    assert (row.status, row.cancelled_by, row.cancel_reason) == ("cancelled", "partner", "Ill")


def test_cancelling_without_a_side_says_so(browser):
    row = InterventionFactory()
    answer = act(browser, "cancel", row)
    assert "Say which side cancelled." in answer.content.decode()
    assert Intervention.objects.get().status == Status.CONFIRMED


def test_one_refusal_does_not_stop_the_others(browser):
    done, cancelled = InterventionFactory(), InterventionFactory(cancelled=True)
    act(browser, "complete", cancelled, done)
    statuses = Intervention.objects.order_by("id").values_list("status", flat=True)
    assert list(statuses) == ["completed", "cancelled"]


def test_the_status_is_not_typed(browser):
    row = InterventionFactory()
    change(browser, row, status="completed")
    row.refresh_from_db()
    assert row.status == Status.CONFIRMED


def test_a_new_date_moves_the_day_and_leaves_a_trace(browser):
    row = InterventionFactory()
    traces = row.history.count()
    assert change(browser, row, scheduled_at_0="2026-04-01").status_code == 302
    row.refresh_from_db()
    assert row.scheduled_on.isoformat() == "2026-04-01"
    assert row.history.count() == traces + 1
    assert row.history.latest().history_user.role == Role.ADMIN


@pytest.mark.parametrize(
    "fields",
    [
        {"scheduled_end_at_0": "2026-03-10", "scheduled_end_at_1": "11:00:00"},
        {"scheduled_at_0": "soon"},
        {"amount": "1e30"},
    ],
)
def test_a_bad_value_keeps_the_row(browser, fields):
    row = InterventionFactory()
    assert change(browser, row, **fields).status_code == 200
    row.refresh_from_db()
    assert (row.scheduled_at, row.scheduled_end_at, row.amount) == (NOON, None, None)


def test_a_contact_belongs_to_the_client(browser):
    row, other = InterventionFactory(), ContactFactory()
    assert change(browser, row, contact=other.pk).status_code == 200
    row.refresh_from_db()
    assert row.contact != other


def test_an_intervention_is_added(browser):
    client = ClientFactory()
    form = {
        "external_id": "i1",
        "service": ServiceFactory().pk,
        "client": client.pk,
        "setting": client.setting_id,
        "scheduled_at_0": "",
        "scheduled_at_1": "",
    }
    assert browser.post(reverse("admin:partners_intervention_add"), form).status_code == 302
    assert Intervention.objects.get().status == Status.REQUESTED
    assert JournalEntry.objects.get().kind == "received"


def test_a_partner_is_changed_by_its_verb(browser):
    partner = PartnerFactory()
    form = {"name": "Léa", "kind": "person", "region": 1, "language": "fr", "status": "paused"}
    browser.post(reverse("admin:partners_partner_change", args=[partner.pk]), form)
    assert Partner.objects.values_list("name", "status").get() == ("Léa", "paused")
    assert JournalEntry.objects.get().data == {"fields": "name, status"}
