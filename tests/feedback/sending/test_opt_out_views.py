"""No more mails: by the page, and by one click of a mail program."""

import pytest
from django.core.cache import cache
from django.test import Client as Browser
from django.utils import timezone

from feedback.answering import openings
from feedback.models import About, Delivery, Suppression, Survey
from tests.factories import InterventionFactory, InvitationFactory, PartnerFactory
from triangle import guesses

pytestmark = pytest.mark.django_db


@pytest.fixture
def one():
    return InvitationFactory(sent=True, language="en")


@pytest.fixture
def phone():
    """Nobody is logged in and no cookie is kept."""
    return Browser(enforce_csrf_checks=True)


def page_of(one):
    return f"/u/{one.opt_out_token}/"


@pytest.mark.parametrize("query", ["", "?scope=survey", "?scope=all", "?scope=<script>"])
@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_the_link_writes_nothing_and_chooses_nothing(phone, one, query, method):
    response = getattr(phone, method)(page_of(one) + query)
    assert response.status_code == 200
    assert b" checked" not in response.content
    assert not Suppression.objects.exists()


@pytest.mark.parametrize(("scope", "survey"), [("survey", True), ("all", False)])
def test_the_choice_is_kept_once(phone, one, scope, survey):
    for _again in range(2):
        response = phone.post(page_of(one), {"scope": scope})
        assert response.status_code == 200
        assert b"It is done" in response.content
    kept = Suppression.objects.get()
    assert kept.email == one.contact.email
    assert kept.survey == (one.survey if survey else None)


@pytest.mark.parametrize("scope", ["", "everything"])
def test_a_button_pressed_without_a_choice_silences_nobody(phone, one, scope):
    response = phone.post(page_of(one), {"scope": scope})
    assert response.status_code == 400
    assert b"Please choose" in response.content
    assert not Suppression.objects.exists()


def test_the_choice_that_changes_nothing_changes_nothing(phone, one):
    page = phone.post(page_of(one), {"scope": "none"})
    assert b"Nothing has changed" in page.content
    assert not Suppression.objects.exists()


def scanned(one, *, links=openings.MANY, address="127.0.0.1", before=0 * openings.LATELY):
    for _ in range(links):
        openings.note(one, method="GET", address=address, now=timezone.now() - before)


def test_after_a_burst_from_the_same_address_a_word_is_asked(phone, one):
    scanned(one)
    page = phone.post(page_of(one), {"scope": "all"})
    assert page.status_code == 422
    assert b"Type STOP" in page.content
    assert not Suppression.objects.exists()
    phone.post(page_of(one), {"scope": "all", "word": " stop "})
    assert Suppression.objects.exists()


@pytest.mark.parametrize(
    "burst",
    [
        {"links": openings.MANY - 1},
        {"address": "192.0.2.7"},
        {"before": openings.LATELY},
    ],
)
def test_no_word_is_asked_of_anybody_else(phone, one, burst):
    scanned(one, **burst)
    assert phone.post(page_of(one), {"scope": "all"}).status_code == 200
    assert Suppression.objects.exists()


def test_one_click_is_never_asked_for_a_word(phone, one):
    scanned(one)
    assert phone.post(page_of(one), {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Suppression.objects.exists()


def test_one_click_of_a_mail_program_stops_all_without_any_cookie(phone, one):
    response = phone.post(page_of(one), {"List-Unsubscribe": "One-Click"})
    assert response.status_code == 200
    assert Suppression.objects.get().survey is None


def wait(one, wave=0, **fields):
    return Delivery.objects.create(invitation=one, wave=wave, due_at=one.due_at, **fields)


def states():
    return list(Delivery.objects.order_by("pk").values_list("state", "error"))


@pytest.mark.parametrize("data", [{"scope": "all"}, {"List-Unsubscribe": "One-Click"}])
def test_what_was_queued_is_cancelled(phone, one, data):
    other = InvitationFactory(
        intervention=InterventionFactory(client=one.client, contact=one.contact, completed=True)
    )
    wait(one, wave=1)
    wait(other)
    assert phone.post(page_of(one), data).status_code == 200
    assert states() == [("skipped", "opted_out")] * 2
    other.refresh_from_db()
    assert (other.status, other.skip_reason) == ("skipped", "opted_out")


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_cancels_nothing(phone, one, method):
    wait(one, wave=1)
    getattr(phone, method)(page_of(one) + "?scope=all")
    assert states() == [("queued", "")]


def test_a_wish_about_one_survey_leaves_the_others_queued(phone, one):
    cancellation = Survey.objects.get(about=About.CANCELLATION)
    done = InterventionFactory(client=one.client, contact=one.contact, completed=True)
    wait(InvitationFactory(intervention=done, survey=cancellation))
    wait(one, wave=1)
    phone.post(page_of(one), {"scope": "survey"})
    assert states() == [("queued", ""), ("skipped", "opted_out")]


@pytest.mark.parametrize("data", [{"scope": "all"}, {"List-Unsubscribe": "One-Click"}])
def test_a_partner_has_the_same_right(phone, data):
    partner = PartnerFactory(email="paul@example.org")
    one = InvitationFactory(
        intervention=InterventionFactory(completed=True, partner=partner),
        survey=Survey.objects.get(about=About.DEBRIEF),
        about=About.DEBRIEF,
        sent=True,
    )
    wait(one, wave=1)
    phone.post(page_of(one), data)
    assert Suppression.objects.get().email == "paul@example.org"
    assert states() == [("skipped", "opted_out")]


def test_who_guesses_is_no_longer_answered_from_the_database(phone, one):
    cache.clear()
    for _guess in range(guesses.MOST):
        assert phone.get("/u/" + "A" * 32 + "/").status_code == 404
    assert phone.get(page_of(one)).status_code == 404
    cache.clear()
    assert phone.get(page_of(one)).status_code == 200


def test_forged_and_foreign_links_look_alike(phone, one):
    forged = phone.get("/u/" + "A" * 32 + "/")
    foreign = phone.get(f"/u/{one.token}/")
    assert forged.status_code == foreign.status_code == 404
    assert forged.content == foreign.content
    assert phone.post(f"/u/{one.token}/", {"scope": "all"}).status_code == 404
    assert not Suppression.objects.exists()


def test_the_link_still_works_after_the_invitation_expired(phone, one):
    type(one).objects.update(status="expired")
    assert phone.post(page_of(one), {"scope": "all"}).status_code == 200
    assert Suppression.objects.exists()


def test_an_erased_contact_is_thanked_and_nothing_is_kept(phone, one):
    type(one).objects.update(contact=None)
    assert phone.post(page_of(one), {"scope": "all"}).status_code == 200
    assert not Suppression.objects.exists()


def test_the_page_speaks_the_readers_language(phone):
    french = InvitationFactory(sent=True, language="fr")
    assert b'<html lang="fr"' in phone.get(page_of(french)).content


def test_the_answer_link_cannot_be_made_from_this_one(one):
    assert one.token != one.opt_out_token
