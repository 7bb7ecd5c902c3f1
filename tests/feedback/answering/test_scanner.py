"""A mail scanner on a hundred invitations, before and after people: it moves nothing."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from feedback import ratings
from feedback.answering import drafts, nonces, on_site, openings
from feedback.models import Draft, Invitation, Rating, Suppression
from tests.factories import NOON, InvitationFactory, PartnerFactory, UserFactory
from tests.scanner import links_of, scan
from triangle import whys
from triangle.models import JournalEntry

INVITATIONS = 100
NOW = NOON + timedelta(days=1)
WHY = "Arrived twenty minutes late."
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_day_later")]


@pytest.fixture
def machine() -> Browser:
    return Browser()


def mailed(number=1, **fields) -> list[Invitation]:
    return [InvitationFactory(sent=True, language="en", **fields) for _ in range(number)]


def begun(invitation):
    """A person typed and left."""
    nonce = nonces.issue(invitation, now=NOW)
    typed = {"score": ["9"], "why": [WHY], "nonce": [nonce], "wants_contact": ["on"]}
    drafts.keep(invitation, MultiValueDict(typed), now=NOW)


def answered(invitation):
    ratings.answer(invitation, score=4, why=WHY, now=NOW)


def state() -> dict[str, list]:
    """All that must stay: everything but the log of openings."""
    models = (Rating, Draft, Suppression, Invitation, JournalEntry)
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


@pytest.mark.process  # too long for the quick suite
def test_a_hundred_invitations_are_scanned_before_and_after_people_and_nothing_moves(machine):
    """A third each: nobody was there yet, somebody has begun, somebody has answered."""
    for number, invitation in enumerate(mailed(INVITATIONS)):
        (begun, answered, bool)[number % 3](invitation)
    before = state()
    for invitation in Invitation.objects.for_mail():
        links = links_of(invitation, now=NOW)
        assert len(links) >= 13  # eleven scores, opting out of one or all
        assert scan(machine, links) > 2 * len(links)
    assert state() == before
    assert (Rating.objects.count(), Draft.objects.count()) == (33, 34)


def test_a_patient_one_that_tries_choices_moves_nothing_either(machine):
    for state_of in (begun, answered, bool):
        (invitation,) = mailed()
        state_of(invitation)
        before = state()
        links = links_of(invitation, now=NOW)
        scan(machine, links[:4] + links[-2:], is_patient=True)
        assert state() == before


def test_the_person_answers_after_the_scanner_and_it_comes_back_in_vain(machine):
    (invitation,) = mailed()
    links = links_of(invitation, now=NOW)
    scan(machine, links)
    assert state()["Rating"] == []
    answered(invitation)
    before = state()
    scan(machine, links)
    assert state() == before


def test_too_late_it_asks_for_no_call(machine):
    (invitation,) = mailed()
    links = links_of(invitation, now=NOW)
    before = state()
    with time_machine.travel(invitation.expires_at + timedelta(hours=1), tick=False):
        scan(machine, links)
    assert state() == before


def test_the_change_page_moves_nothing(machine):
    (invitation,) = mailed()
    answered(invitation)
    before = state()
    scan(machine, [reverse("answer-change", args=[invitation.token])], is_patient=True)
    assert state() == before


def test_neither_does_a_link_shown_on_site(machine):
    partner = PartnerFactory(account=UserFactory(role="partner"))
    (invitation,) = mailed(intervention__partner=partner)
    with time_machine.travel(invitation.intervention.completed_at, tick=False):
        now = invitation.intervention.completed_at
        shown = on_site.show(invitation.intervention, by=partner.account, now=now)
        links = [reverse("answer", args=[shown.token])]
        links.append(reverse("short-link", args=[on_site.code(shown)]))
        before = state()
        scan(machine, links)
        ratings.answer(shown, score=4, why=WHY, now=now)
        answer = state()
        scan(machine, links)
    assert before["Rating"] == []
    assert state() == answer


@contextmanager
def why_optional(monkeypatch):
    """The guard off, in the code and in the database."""
    monkeypatch.setattr(whys, "explanation", lambda text, **_: text)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = ON")
        else:
            cursor.execute("ALTER TABLE feedback_rating DROP CONSTRAINT rating_by_link_has_a_why")
        try:
            yield
        finally:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA ignore_check_constraints = OFF")


def test_with_the_why_made_optional_the_same_scanner_gets_in(machine, monkeypatch):
    """So the tests above can fail."""
    invitations = mailed(3)
    with why_optional(monkeypatch):
        for invitation in Invitation.objects.for_mail():
            scan(machine, links_of(invitation, now=NOW))
        assert Rating.objects.filter(why="", source="link").count() == len(invitations)
        Rating.objects.all().delete()  # before the constraint comes back


def test_with_the_same_words_allowed_it_changes_an_answer(machine, monkeypatch):
    """The guard of the change page off: a score without a why of its own."""
    (invitation,) = mailed()
    answered(invitation)
    monkeypatch.setattr(ratings, "_nothing_new", lambda *_: pytest.fail("it got in"))
    with pytest.raises(pytest.fail.Exception, match="it got in"):
        scan(machine, [reverse("answer-change", args=[invitation.token])], is_patient=True)


def test_with_untouched_drafts_allowed_it_sends_them(machine, monkeypatch):
    (invitation,) = mailed()
    begun(invitation)
    monkeypatch.setattr(nonces, "was_typed", lambda *_: True)
    scan(machine, links_of(invitation, now=NOW))
    assert Rating.objects.get().why == WHY


def test_without_the_word_it_would_silence_people(machine, monkeypatch):
    (invitation,) = mailed()
    monkeypatch.setattr(openings, "MANY", 1_000)
    scan(machine, [reverse("opt-out", args=[invitation.opt_out_token])], is_patient=True)
    assert Suppression.objects.exists()
