"""What was typed and not sent: kept for the person, out of reach of machines, ended at expiry."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from feedback import ratings
from feedback.answering import drafts, nonces
from feedback.models import Draft, Invitation, Rating
from tests.factories import NOON, InvitationFactory, RatingFactory
from triangle.models import JournalEntry

NOW = NOON + timedelta(days=1)
WHY = "Arrived twenty minutes late."
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_day_later")]


def address(invitation, score=None) -> str:
    where = reverse("answer", args=[invitation.token])
    return where if score is None else f"{where}{score}/"


def number_of(page) -> str:
    return re.search(r'name="nonce" value="([^"]+)"', page.content.decode())[1]


def typed(invitation, **changes):
    return {"score": "3", "why": WHY, "nonce": nonces.issue(invitation, now=NOW), **changes}


def save(phone, invitation, **changes):
    return phone.post(f"{address(invitation)}draft/", typed(invitation, **changes))


def keep(invitation, *, now=NOW, **changes):
    fields = {name: [value] for name, value in typed(invitation, **changes).items()}
    return drafts.keep(invitation, MultiValueDict(fields), now=now)


def test_what_was_typed_comes_back_on_any_device(phone, invitation):
    chip = "punctuality"
    page = phone.get(address(invitation)).content.decode()
    key = re.search(rf'name="reasons" value="(\d+)"[^>]*><span>{chip}', page, re.IGNORECASE)[1]
    grid = {"satisfaction_1": "2", "reasons": key, "wants_contact": "on", "may_quote": "on"}
    assert save(phone, invitation, **grid).status_code == 204
    page = Browser().get(address(invitation)).content.decode()
    assert f"{WHY}</textarea>" in page
    chosen = re.findall(r'<input[^>]*name="(\w+)"(?: value="(\w+)")?[^>]*checked', page)
    assert sorted(chosen) == [
        ("may_quote", "on"),
        ("reasons", key),
        ("satisfaction_1", "2"),
        ("score", "3"),
        ("wants_contact", "on"),
    ]
    assert 'role="status">We kept what you had typed.' in page


def test_the_score_of_the_link_wins_over_the_score_of_the_draft(phone, invitation):
    save(phone, invitation)
    page = phone.get(address(invitation, 8)).content.decode()
    assert re.findall(r'name="score" value="(\d+)"[^>]*checked', page) == ["8"]
    assert WHY in page


@pytest.mark.parametrize("why", ["", "   ", "....", "42", "\u200b\u3164", "\x00", "a" * 5_001])
def test_nothing_is_kept_before_the_first_letter(phone, invitation, why):
    save(phone, invitation, why=why)
    assert not Draft.objects.exists()


def test_a_score_alone_is_not_kept(phone, invitation):
    phone.post(address(invitation), typed(invitation, why=""))
    assert not Draft.objects.exists()


def test_a_refused_answer_with_a_letter_is_kept_without_script(phone, invitation):
    assert phone.post(address(invitation), typed(invitation, why="ok")).status_code == 422
    assert Draft.objects.get().answer == {"score": "3", "why": "ok", "reasons": []}


def test_a_number_of_another_page_keeps_nothing(phone, invitation):
    other = InvitationFactory(sent=True)
    for nonce in ("", "forged", nonces.issue(other, now=NOW)):
        assert save(phone, invitation, nonce=nonce).status_code == 422
    assert not Draft.objects.exists()


def test_the_last_state_stands_and_the_first_instant_too(invitation):
    keep(invitation)
    keep(invitation, why="Late, and the room was cold.", now=NOW + timedelta(minutes=1))
    draft = Draft.objects.get()
    assert draft.answer["why"] == "Late, and the room was cold."
    assert draft.saved_at - draft.begun_at == timedelta(minutes=1)


def test_an_emptied_box_is_forgotten(phone, invitation):
    save(phone, invitation)
    assert save(phone, invitation, why="").status_code == 204
    assert not Draft.objects.exists()


def test_unknown_fields_and_long_values_stay_outside(phone, invitation):
    save(phone, invitation, role="admin", contact_when="x" * 500, score="3\x00")
    assert Draft.objects.get().answer == {
        "score": "3",
        "contact_when": "x" * 120,
        "reasons": [],
        "why": WHY,
    }


def test_looking_at_the_address_of_drafts_writes_nothing(phone, invitation):
    for look in (phone.get, phone.head, phone.options):
        assert look(f"{address(invitation)}draft/").status_code in (200, 302)
    assert not Draft.objects.exists()


def test_a_flood_is_held_back(phone, invitation, monkeypatch):
    monkeypatch.setattr(drafts, "SAVES", drafts.floods.Limit("drafts", 2, 600))
    answers = [save(phone, invitation, why=f"Late {n} times") for n in range(3)]
    assert [answer.status_code for answer in answers] == [204, 204, 429]
    other = InvitationFactory(sent=True)
    assert save(phone, other).status_code == 204


def test_the_answer_ends_the_draft_by_link_and_by_phone(phone, invitation, manager):
    for number, answer in enumerate((by_link, by_phone)):
        one = InvitationFactory(sent=True)
        keep(one)
        answer(one, manager)
        assert (Draft.objects.count(), Rating.objects.count()) == (0, number + 1)


def by_link(invitation, _manager):
    ratings.answer(invitation, score=4, why=WHY, now=NOW)


def by_phone(invitation, manager):
    ratings.record_by_phone(invitation.intervention, score=4, why=WHY, by=manager, now=NOW)


def test_after_the_answer_or_the_end_nothing_more_is_kept(phone, invitation):
    with time_machine.travel(invitation.expires_at, tick=False):
        assert save(phone, invitation).status_code == 410
    by_link(invitation, None)
    assert save(phone, invitation).status_code == 410
    assert not Draft.objects.exists()


# A machine that opens the link after a person has begun


def test_a_page_that_came_filled_is_not_sent_by_who_types_nothing(phone, invitation):
    save(phone, invitation)
    page = phone.get(address(invitation))
    refused = phone.post(address(invitation), typed(invitation, nonce=number_of(page)))
    assert (refused.status_code, Rating.objects.count()) == (422, 0)
    assert "Add or change a word, then send" in refused.content.decode()
    again = phone.post(address(invitation), typed(invitation, nonce=number_of(refused)))
    assert (again.status_code, Rating.objects.count()) == (422, 0)


@pytest.mark.parametrize("nonce", ["", "forged"])
def test_neither_by_who_drops_the_number_of_the_page(phone, invitation, nonce):
    save(phone, invitation)
    refused = phone.post(address(invitation), typed(invitation, nonce=nonce))
    again = phone.post(address(invitation), typed(invitation, nonce=number_of(refused)))
    assert (again.status_code, Rating.objects.count()) == (422, 0)


def test_it_changes_no_draft_either(phone, invitation):
    save(phone, invitation)
    page = phone.get(address(invitation, 0))
    machine = typed(invitation, score="0", nonce=number_of(page))
    assert phone.post(f"{address(invitation)}draft/", machine).status_code == 422
    phone.post(address(invitation), machine)
    assert Draft.objects.get().answer["score"] == "3"


def test_one_word_more_sends_it_from_any_device(phone, invitation):
    save(phone, invitation)
    page = phone.get(address(invitation))
    sent = phone.post(
        address(invitation), typed(invitation, why=f"{WHY} Twice.", nonce=number_of(page))
    )
    assert (sent.status_code, Rating.objects.get().why) == (302, f"{WHY} Twice.")


def test_the_page_on_which_it_was_typed_sends_it_at_once(phone, invitation):
    own = typed(invitation)
    phone.post(f"{address(invitation)}draft/", own)
    assert phone.post(address(invitation), own).status_code == 302


# The end


def test_a_score_that_was_never_sent_is_kept_apart_as_unexplained(invitation):
    keep(invitation)
    Invitation.objects.update(status="expired")
    assert drafts.conclude(now=invitation.expires_at) == 1
    rating = Rating.objects.get()
    assert (rating.score, rating.why, rating.source, rating.is_explained) == (3, "", "draft", False)
    assert (rating.answered_at, rating.scope()) == (NOW, invitation.intervention.scope())
    invitation.refresh_from_db()
    assert (invitation.status, invitation.answered_at) == ("expired", None)
    assert not Draft.objects.exists()
    assert JournalEntry.objects.filter(kind="rating.left_unexplained").count() == 1


def test_concluding_twice_concludes_once(invitation):
    keep(invitation)
    assert drafts.conclude(now=invitation.expires_at - timedelta(seconds=1)) == 0
    assert drafts.conclude(now=invitation.expires_at) == 1
    assert drafts.conclude(now=invitation.expires_at) == 0
    assert Rating.objects.count() == 1


@pytest.mark.parametrize("score", ["", "11", "٣", "3 "])
def test_words_without_a_score_are_dropped_and_only_their_beginning_is_remembered(
    invitation, score
):
    keep(invitation)
    Draft.objects.update(answer={"score": score, "why": WHY})
    drafts.conclude(now=invitation.expires_at)
    assert (Draft.objects.get().answer, Rating.objects.count()) == ({}, 0)
    assert drafts.conclude(now=invitation.expires_at) == 0


def test_an_answer_by_another_way_leaves_nothing_to_count(invitation):
    keep(invitation)
    given = RatingFactory(intervention=invitation.intervention, source="import")
    drafts.conclude(now=invitation.expires_at)
    assert (list(Rating.objects.all()), Draft.objects.count()) == ([given], 0)


def test_who_comes_after_the_end_has_not_answered(phone, invitation):
    keep(invitation)
    drafts.conclude(now=invitation.expires_at)
    with time_machine.travel(invitation.expires_at + timedelta(days=1), tick=False):
        page = phone.get(address(invitation))
    assert page.status_code == 410
    assert "Contact me" in page.content.decode()


def test_words_heard_on_the_phone_take_the_place_of_a_score_never_sent(invitation, manager):
    keep(invitation)
    drafts.conclude(now=invitation.expires_at)
    by_phone(invitation, manager)
    assert list(Rating.objects.current().values_list("source", flat=True)) == ["phone"]
    assert Rating.objects.count() == 2
