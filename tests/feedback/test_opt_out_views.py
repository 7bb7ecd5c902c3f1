"""No more mails: by the page, and by one click of a mail program."""

import pytest
from django.test import Client as Browser

from feedback.models import Suppression
from tests.factories import InvitationFactory

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


def test_one_click_of_a_mail_program_stops_all_without_any_cookie(phone, one):
    response = phone.post(page_of(one), {"List-Unsubscribe": "One-Click"})
    assert response.status_code == 200
    assert Suppression.objects.get().survey is None


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
