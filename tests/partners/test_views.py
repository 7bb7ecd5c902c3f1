"""Lists and forms of partners and interventions."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partners.models import Intervention, Partner
from tests.factories import (
    NOON,
    ClientFactory,
    ContactFactory,
    DisciplineFactory,
    InterventionFactory,
    PartnerFactory,
    ServiceFactory,
)
from triangle.models import Region

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


def found(answer):
    return list(answer.context["page"].object_list)


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize("name", ["partners", "interventions"])
def test_lists_ask_the_same_queries(as_quality_lead, name, n):
    for _ in range(n):
        partner = PartnerFactory()
        partner.disciplines.add(DisciplineFactory())
        InterventionFactory(partner=partner)
    with CaptureQueriesContext(connection) as queries:
        page = as_quality_lead.get(reverse(name), headers={"HX-Request": "true"})
    assert len(found(page)) == n
    assert len(queries) == {"partners": 6, "interventions": 4}[name]


def test_htmx_gets_the_part_alone(as_manager):
    for name, part in (("partners", "partners"), ("interventions", "interventions")):
        page = as_manager.get(reverse(name), headers={"HX-Request": "true"}).content.decode()
        assert f'id="{part}"' in page
        assert "<html" not in page


def test_partners_are_narrowed(as_manager):
    yoga = DisciplineFactory()
    south = Region.objects.create(code="south", name_en="South", name_fr="Sud")
    julien = PartnerFactory(name="Julien", region=south, status="paused")
    julien.disciplines.add(yoga)
    PartnerFactory(name="Léa").disciplines.add(DisciplineFactory())
    for asked in (
        {"q": "juli"},
        {"disciplines": yoga.pk},
        {"region": south.pk},
        {"status": "paused"},
    ):
        assert found(as_manager.get(reverse("partners"), asked)) == [julien]
    assert found(as_manager.get(reverse("partners"), {"q": "nobody"})) == []
    assert len(found(as_manager.get(reverse("partners"), {"region": "x", "status": "y"}))) == 2


def test_interventions_are_narrowed(as_manager):
    plain = InterventionFactory()
    alone = InterventionFactory(partner=None)
    gone = InterventionFactory(cancelled=True, cancelled_by="company")
    late = InterventionFactory(completed=True, completed_at=NOON + timedelta(days=1))
    disputed = InterventionFactory(cancelled=True, is_disputed=True)
    address = reverse("interventions")
    for asked, rows in (
        ({"only": "no_partner"}, [alone]),
        ({"only": "late"}, [late]),
        ({"only": "disputed"}, [disputed]),
        ({"cancelled_by": "company"}, [gone]),
        ({"cancelled_by": "client"}, []),
        ({"status": ["completed", "cancelled"]}, [disputed, late, gone]),
        ({"partner": plain.partner_id}, [plain]),
        ({"client": plain.client_id}, [plain]),
        ({"service": plain.service_id}, [plain]),
        ({"q": plain.client.name}, [plain]),
        ({"q": plain.external_id}, [plain]),
    ):
        assert found(as_manager.get(address, asked)) == rows, asked


def test_the_period_of_interventions(as_manager):
    old = InterventionFactory(scheduled_at=NOON - timedelta(days=100))
    recent = InterventionFactory(scheduled_at=NOON - timedelta(days=10))
    ahead = InterventionFactory(scheduled_at=NOON + timedelta(days=200))
    undated = InterventionFactory(scheduled_at=None, status="requested")
    address = reverse("interventions")
    for asked, rows in (
        ({}, [undated, ahead, recent]),
        ({"period": "ahead"}, [ahead]),
        ({"period": "90_days"}, [recent]),
        ({"period": "everything"}, [recent, old]),
        ({"from": "2026-02-28", "to": "2026-02-28"}, [recent]),
        ({"period": "nonsense"}, [recent]),
    ):
        assert found(as_manager.get(address, asked)) == rows, asked


def test_a_bad_period_says_so_and_shows_the_usual_one(as_manager):
    page = as_manager.get(reverse("interventions"), {"from": "2026-02-31"}).content.decode()
    assert "not a date" in page


@pytest.mark.parametrize("page", ["0", "-1", "x", "999999999", "1" * 5000])
def test_any_page_number_answers(as_manager, page):
    InterventionFactory()
    assert as_manager.get(reverse("interventions"), {"page": page}).status_code == 200


def test_a_partner_is_created_then_edited(as_quality_lead):
    yoga = DisciplineFactory()
    typed = {"name": "Julien", "kind": "person", "region": 1, "language": "fr", "status": "active"}
    answer = as_quality_lead.post(reverse("partner-new"), {**typed, "disciplines": [yoga.pk]})
    partner = Partner.objects.get()
    assert answer.url == reverse("partner", args=[partner.pk])
    assert list(partner.disciplines.all()) == [yoga]
    as_quality_lead.post(reverse("partner-edit", args=[partner.pk]), {**typed, "name": "Julien M."})
    partner.refresh_from_db()
    assert (partner.name, partner.disciplines.count()) == ("Julien M.", 0)


def test_a_wrong_partner_comes_back_with_what_was_typed(as_quality_lead):
    answer = as_quality_lead.post(reverse("partner-new"), {"name": "Julien", "email": "not one"})
    assert answer.status_code == 422
    assert "Julien" in answer.content.decode()
    assert not Partner.objects.exists()


def test_an_intervention_is_requested_from_the_clients_page(as_manager, manager):
    client = ClientFactory(manager=manager)
    contact, service = ContactFactory(client=client), ServiceFactory()
    typed = {
        "service": service.pk,
        "contact": contact.pk,
        "setting": client.setting_id,
        "scheduled_at": "2026-03-20T12:30",
        "scheduled_end_at": "2026-03-20T14:30",
        "place": "Lyon",
        "brief": "",
    }
    as_manager.post(reverse("intervention-new", args=[client.pk]), typed)
    made = Intervention.objects.get()
    assert (made.client, made.contact, made.status) == (client, contact, "requested")
    assert made.scheduled_at.isoformat() == "2026-03-20T11:30:00+00:00"


def test_an_end_before_the_start_is_refused_beside_its_field(as_manager, manager):
    client = ClientFactory(manager=manager)
    typed = {
        "service": ServiceFactory().pk,
        "setting": client.setting_id,
        "scheduled_at": "2026-03-20T12:30",
        "scheduled_end_at": "2026-03-20T11:30",
    }
    answer = as_manager.post(reverse("intervention-new", args=[client.pk]), typed)
    assert answer.status_code == 422
    assert "scheduled_end_at" in answer.context["form"].errors
    assert not Intervention.objects.exists()


def test_another_clients_contact_cannot_be_chosen(as_manager, manager):
    client = ClientFactory(manager=manager)
    typed = {"service": ServiceFactory().pk, "contact": ContactFactory().pk, "setting": 1}
    answer = as_manager.post(reverse("intervention-new", args=[client.pk]), typed)
    assert (answer.status_code, Intervention.objects.count()) == (422, 0)
