from datetime import timedelta

import pytest
from django.utils import timezone

from clients import clients
from feedback import contacts
from feedback.models import Suppression
from feedback.sending import suppressions
from indicators.today import today, waiting
from partners.models import Status
from tests.factories import (
    ClientFactory,
    ContactFactory,
    InterventionFactory,
    InvitationFactory,
    PartnerFactory,
    RatingFactory,
    UserFactory,
)
from triangle.models import JournalEntry, Role

pytestmark = pytest.mark.django_db

NOW = timezone.now()


def _soon(hours=24, **fields):
    return InterventionFactory(scheduled_at=NOW + timedelta(hours=hours), **fields)


def test_an_empty_day_says_what_went_well(manager):
    page = today(manager, now=NOW)
    assert (page.total, page.gone_well.answers) == (0, 0)


def test_who_asks_to_be_called_is_not_also_to_be_read(manager):
    RatingFactory(wants_contact=True)
    page = today(manager, now=NOW)
    assert (page.call_back.total, page.read.total) == (1, 0)


@pytest.mark.parametrize(("hours", "expected"), [(-1, 0), (1, 1), (71, 1), (73, 0)])
def test_interventions_of_the_next_72_hours_are_to_be_introduced(manager, hours, expected):
    _soon(hours)
    assert today(manager, now=NOW).introduce.total == expected


def test_what_was_introduced_no_longer_waits(manager):
    _soon(introduced_at=NOW)
    assert today(manager, now=NOW).introduce.total == 0


def test_an_intervention_without_partner_is_to_be_assigned(manager):
    _soon(partner=None, status=Status.REQUESTED)
    page = today(manager, now=NOW)
    assert (page.assign.total, page.introduce.total) == (1, 0)


def test_low_scores_are_read_first(manager):
    RatingFactory(score=9)
    low = RatingFactory(score=2)
    assert today(manager, now=NOW).read.rows[0] == low


def test_who_could_not_be_asked_for_want_of_an_address(manager):
    InvitationFactory(status="skipped", skip_reason="no_address", due_at=NOW)
    assert today(manager, now=NOW).unasked.total == 1


def test_a_mailbox_that_no_longer_exists_is_asked_for_until_there_is_another(as_manager, manager):
    contact = ContactFactory(email="Gone@example.org", client__manager=manager)
    suppressions.suppress(contact.email, reason=Suppression.Reason.HARD_BOUNCE, now=NOW)
    InvitationFactory(
        intervention=InterventionFactory(client=contact.client, completed=True),
        status="skipped",
        skip_reason="bounced",
        due_at=NOW,
    )
    page = today(manager, now=NOW)
    assert (page.without_mailbox.rows, page.unasked.total) == ([contact], 0)
    assert f"/clients/{contact.client_id}/edit/" in as_manager.get("/today/").content.decode()
    clients.write_to(contact.client, {"email": "new@example.org"})
    assert today(manager, now=NOW).without_mailbox.total == 0


@pytest.mark.parametrize("reason", ["opt_out", "complaint"])
def test_who_does_not_want_mails_is_not_asked_for_another_address(manager, reason):
    contact = ContactFactory(client__manager=manager)
    suppressions.suppress(contact.email, reason=Suppression.Reason(reason), now=NOW)
    assert today(manager, now=NOW).without_mailbox.total == 0


def test_who_came_too_late_to_answer_is_called_once(as_manager, manager):
    invitation = InvitationFactory(sent=True)
    contacts.ask(invitation, when="2026-03-12 14-17", now=NOW)
    assert today(manager, now=NOW).call_late.total == 1
    for _twice in range(2):
        as_manager.post(f"/today/{invitation.pk}/called/")
    assert today(manager, now=NOW).call_late.total == 0
    assert JournalEntry.objects.filter(kind="invitation.contacted").count() == 1


def test_nothing_of_another_portfolio(manager):
    other = ClientFactory(manager=UserFactory())
    intervention = InterventionFactory(client=other, completed=True)
    RatingFactory(intervention=intervention)
    _soon(client=other)
    assert today(manager, now=NOW).total == 0


def test_the_badge_counts_what_the_page_shows(manager):
    RatingFactory(wants_contact=True)
    RatingFactory()
    _soon()
    _soon(partner=None, status=Status.REQUESTED)
    InvitationFactory(status="skipped", skip_reason="no_address", due_at=NOW)
    assert waiting(manager, now=NOW) == today(manager, now=NOW).total == 5


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_same_number_of_queries(as_manager, django_assert_num_queries, count):
    for _each in range(count):
        RatingFactory()
        RatingFactory(wants_contact=True)
        _soon()
        _soon(partner=None, status=Status.REQUESTED)
    as_manager.get("/today/")
    with django_assert_num_queries(QUERIES):
        assert as_manager.get("/today/").status_code == 200


QUERIES = 16


def test_reading_in_place_leaves_the_rest_and_can_be_undone(as_manager):
    rating = RatingFactory()
    answer = as_manager.post(f"/today/{rating.pk}/read/", headers={"HX-Request": "true"})
    rating.refresh_from_db()
    assert rating.read_at is not None
    assert f"/today/{rating.pk}/unread/" in answer.content.decode()
    as_manager.post(f"/today/{rating.pk}/unread/")
    rating.refresh_from_db()
    assert rating.read_at is None


def test_an_introduction_is_noted_once(as_manager):
    intervention = _soon()
    for _twice in range(2):
        assert as_manager.post(f"/today/{intervention.pk}/introduced/").status_code == 302
    intervention.refresh_from_db()
    assert intervention.introduced_at is not None


@pytest.mark.parametrize("role", [Role.PARTNER, Role.RECRUITER])
def test_other_roles_have_no_such_page(client, role):
    client.force_login(UserFactory(role=role))
    assert client.get("/today/").status_code == 404


def test_acts_on_what_one_may_not_see_are_404(as_manager):
    other = InterventionFactory(client=ClientFactory(manager=UserFactory()), completed=True)
    rating = RatingFactory(intervention=other)
    assert as_manager.post(f"/today/{rating.pk}/read/").status_code == 404
    assert as_manager.post(f"/today/{other.pk}/introduced/").status_code == 404


def test_search_finds_by_a_part_of_a_name_only_what_may_be_seen(as_manager):
    ClientFactory(name="Lumen Assurances")
    ClientFactory(name="Lumen Secret", manager=UserFactory())
    PartnerFactory(name="Paul Lumen")
    page = as_manager.get("/search/", {"q": "lumen"}).content.decode()
    assert ("Lumen Assurances" in page, "Paul Lumen" in page) == (True, True)
    assert "Lumen Secret" not in page


@pytest.mark.parametrize("query", ["", "a", "\x00", "%", "x" * 5000])
def test_search_answers_whatever_is_typed(as_manager, query):
    assert as_manager.get("/search/", {"q": query}).status_code == 200
