"""Who may open which address, and that what you may not see answers as if it did not exist."""

import pytest
from django.urls import reverse

from tests.factories import ClientFactory, InterventionFactory, PartnerFactory, UserFactory

pytestmark = pytest.mark.django_db

OFFICE = {"admin", "quality_lead", "manager"}
NETWORK = {"admin", "quality_lead", "recruiter"}
EVERYONE = OFFICE | {"recruiter"}
ALLOWED = {
    "clients": OFFICE,
    "client-new": OFFICE,
    "client": OFFICE,
    "client-edit": OFFICE,
    "partners": EVERYONE,
    "partner": EVERYONE,
    "partner-new": NETWORK,
    "partner-edit": NETWORK,
    "interventions": OFFICE,
    "intervention": OFFICE,
    "intervention-new": OFFICE,
    "my-interventions": {"partner"},
    "my-intervention": {"partner"},
    "debrief": {"partner"},
    "my-returns": {"partner"},
    "on-site": {"partner"},
}
ROLES = sorted(EVERYONE | {"partner"})


def address(name, intervention):
    keys = {
        "client": intervention.client_id,
        "client-edit": intervention.client_id,
        "intervention-new": intervention.client_id,
        "partner": intervention.partner_id,
        "partner-edit": intervention.partner_id,
        "intervention": intervention.pk,
        "my-intervention": intervention.pk,
        "debrief": intervention.pk,
        "on-site": intervention.pk,
    }
    return reverse(name, args=[keys[name]] if name in keys else [])


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", sorted(ALLOWED))
def test_each_address_opens_for_its_roles_alone(client, name, role):
    user = UserFactory(role=role)
    intervention = InterventionFactory(completed=True, client=ClientFactory(manager=None))
    if role == "partner":
        intervention.partner.account = user
        intervention.partner.save()
    client.force_login(user)
    status = client.get(address(name, intervention)).status_code
    assert status == (200 if role in ALLOWED[name] else 404)


@pytest.mark.parametrize("name", sorted(ALLOWED))
def test_nobody_enters_without_login(client, name):
    answer = client.get(address(name, InterventionFactory(completed=True)))
    assert (answer.status_code, answer.url.split("?")[0]) == (302, reverse("account_login"))


@pytest.mark.parametrize("name", ["client", "client-edit", "intervention-new", "intervention"])
def test_another_managers_portfolio_does_not_exist(as_manager, name):
    foreign = InterventionFactory(client=ClientFactory(manager=UserFactory(), name="Secret client"))
    shown = as_manager.get(address(name, foreign))
    missing = as_manager.get(
        address(
            name,
            InterventionFactory.build(
                pk=10**9,
                id=10**9,
                client=ClientFactory.build(pk=10**9),
                partner=PartnerFactory.build(pk=10**9),
            ),
        )
    )
    assert (shown.status_code, missing.status_code) == (404, 404)
    assert b"Secret client" not in shown.content


@pytest.mark.parametrize("act", ["confirm", "cancel", "assign", "complete", "start"])
def test_acts_on_another_portfolio_do_nothing(as_manager, act):
    foreign = InterventionFactory(client=ClientFactory(manager=UserFactory()))
    address = reverse("intervention-act", args=[foreign.pk, act])
    assert as_manager.post(address, {"side": "client", "reason": "because"}).status_code == 404
    foreign.refresh_from_db()
    assert foreign.status == "confirmed"


@pytest.mark.parametrize("name", ["clients", "interventions"])
def test_lists_hold_the_own_portfolio(as_manager, manager, name):
    InterventionFactory(client=ClientFactory(manager=manager, name="Mine alone"))
    InterventionFactory(client=ClientFactory(manager=UserFactory(), name="Not mine"))
    page = as_manager.get(reverse(name), {"period": "everything"}).content.decode()
    assert ("Mine alone" in page, "Not mine" in page) == (True, False)


def test_the_search_of_a_list_finds_nothing_outside(as_manager):
    InterventionFactory(client=ClientFactory(manager=UserFactory(), name="Not mine"))
    for name in ("clients", "interventions"):
        page = as_manager.get(reverse(name), {"period": "everything", "q": "Not"}).content.decode()
        assert "Not mine" not in page
