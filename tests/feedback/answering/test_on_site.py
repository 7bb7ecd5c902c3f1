"""A code on the partner's phone: opens the client's page for an hour and tells nothing."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client as Browser
from django.urls import reverse

from feedback import invitations, ratings
from feedback.answering import drafts, on_site
from feedback.models import Delivery, Draft, Invitation, LinkOpening, Rating, Rule
from feedback.sending import deliveries
from partners.models import Status
from tests.factories import (
    NOON,
    InterventionFactory,
    InvitationFactory,
    PartnerFactory,
    UserFactory,
)
from triangle import guesses, links
from triangle.models import JournalEntry

NOW = NOON + timedelta(hours=2)
WHY = "Arrived twenty minutes late."
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_now():
    cache.clear()
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def partner():
    return PartnerFactory(account=UserFactory(role="partner"))


@pytest.fixture
def intervention(partner):
    return InterventionFactory(partner=partner, completed=True, contact__language="en")


@pytest.fixture
def as_partner(client, partner) -> Browser:
    client.force_login(partner.account)
    return client


@pytest.fixture
def phone() -> Browser:
    """The client's own."""
    return Browser(enforce_csrf_checks=True)


def show(intervention, *, now=NOW) -> Invitation:
    return on_site.show(intervention, by=intervention.partner.account, now=now)


def address(invitation) -> str:
    return reverse("answer", args=[invitation.token])


def answer(phone, invitation, **changes):
    page = phone.get(address(invitation))
    nonce = re.search(r'name="nonce" value="([^"]+)"', page.content.decode())[1]
    return phone.post(address(invitation), {"score": "4", "why": WHY, "nonce": nonce, **changes})


def test_the_client_answers_on_the_own_phone(phone, intervention):
    page = answer(phone, show(intervention))
    assert page.status_code == 200
    assert "your answer has arrived" in page.content.decode()
    rating = Rating.objects.get()
    assert (rating.source, rating.intervention, rating.why) == ("on_site", intervention, WHY)
    assert rating.invitation.version.survey == rating.invitation.survey


def test_the_page_is_the_same_before_and_after_an_answer(phone, intervention):
    invitation = show(intervention)

    def words():
        return re.sub(
            r'name="nonce" value="[^"]+"', "", phone.get(address(invitation)).content.decode()
        )

    before = words()
    assert answer(phone, invitation).status_code == 200
    assert words() == before


def test_a_second_answer_comes_back_to_copy(phone, intervention):
    invitation = show(intervention)
    answer(phone, invitation)
    page = answer(phone, invitation, why="On reflection it was fine.")
    assert page.status_code == 409
    text = page.content.decode()
    assert "On reflection it was fine.</textarea>" in text
    assert "use the link in our mail" in text
    assert WHY not in text
    assert "<form" not in text
    assert Rating.objects.count() == 1


def test_neither_does_it_tell_of_an_answer_by_mail(phone, intervention):
    mailed = InvitationFactory(intervention=intervention, sent=True)
    ratings.answer(mailed, score=9, why="Kind and on time.", now=NOW)
    invitation = show(intervention)
    page = phone.get(address(invitation))
    assert page.status_code == 200
    assert "checked" not in page.content.decode()
    assert "Kind and on time." not in answer(phone, invitation).content.decode()


@pytest.mark.parametrize("page", ["thanks", "change", "contact", "draft"])
def test_pages_that_tell_do_not_exist_for_it(phone, intervention, page):
    invitation = show(intervention)
    answer(phone, invitation)
    for send in (phone.get, phone.post):
        assert send(f"{address(invitation)}{page}/").status_code == 404


def test_no_draft_is_kept_or_resumed(phone, intervention):
    invitation = show(intervention)
    assert answer(phone, invitation, score="").status_code == 422
    assert not Draft.objects.exists()
    assert "data-keep" not in phone.get(address(invitation)).content.decode()
    assert drafts.resumed(invitation) == {}


def test_after_the_hour_it_looks_like_any_forged_link_and_words_come_back(phone, intervention):
    invitation = show(intervention)
    page = phone.get(address(invitation)).content.decode()
    nonce = re.search(r'name="nonce" value="([^"]+)"', page)[1]
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        over, forged = phone.get(address(invitation)), phone.get(f"/r/{'A' * 32}/")
        sent = phone.post(address(invitation), {"score": "4", "why": WHY, "nonce": nonce})
    assert (over.status_code, over.content) == (404, forged.content)
    assert (sent.status_code, Rating.objects.count()) == (404, 0)
    assert f"{WHY}</textarea>" in sent.content.decode()


def test_a_code_shown_again_ends_the_one_before(phone, intervention):
    first = show(intervention)
    second = show(intervention)
    assert Invitation.objects.get(channel="on_site") == first == second
    assert phone.get(address(first)).status_code == 404
    assert phone.get(address(second)).status_code == 200
    assert JournalEntry.objects.filter(kind="invitation.shown_on_site").count() == 2


def test_showing_after_an_answer_works_the_same_and_keeps_it_answered(phone, intervention):
    answer(phone, show(intervention))
    again = show(intervention)
    assert (again.status, again.answered_at) == ("answered", NOW)
    assert phone.get(address(again)).status_code == 200


def test_an_hour_that_passed_unanswered_can_be_shown_anew(phone, intervention):
    show(intervention)
    later = NOW + timedelta(hours=2)
    assert invitations.expire(now=later) == 1
    with time_machine.travel(later, tick=False):
        assert show(intervention, now=later).status == "sent"
        assert answer(phone, Invitation.objects.get()).status_code == 200


def test_a_mail_that_has_not_left_is_skipped(phone, intervention, always_open):
    mailed = InvitationFactory(intervention=intervention)
    delivery = Delivery.objects.create(invitation=mailed, due_at=NOW)
    answer(phone, show(intervention))
    deliveries.send_due(now=NOW)
    delivery.refresh_from_db()
    mailed.refresh_from_db()
    assert (delivery.state, mailed.status, mailed.skip_reason) == ("skipped", "skipped", "answered")


def test_a_mail_that_had_left_leads_to_the_answer_and_to_changing_it(phone, intervention):
    mailed = InvitationFactory(intervention=intervention, sent=True)
    answer(phone, show(intervention))
    page = phone.get(address(mailed)).content.decode()
    assert WHY in page
    assert "change/" in page
    mailed.refresh_from_db()
    assert mailed.status == "answered"


def test_showing_a_code_does_not_keep_the_mail_from_being_asked(intervention, always_open):
    Rule.objects.update(delay_hours=0)
    show(intervention)
    assert invitations.open_due(now=NOW) == 1
    assert set(Invitation.objects.values_list("channel", flat=True)) == {"mail", "on_site"}


@pytest.mark.parametrize(
    ("change", "may"),
    [
        ({}, True),
        ({"status": Status.IN_PROGRESS, "completed_at": None, "completed_on": None}, False),
        (
            {
                "completed_at": NOW - timedelta(days=1),
                "completed_on": NOON.date() - timedelta(days=1),
            },
            False,
        ),
    ],
)
def test_a_code_is_for_the_day_of_a_completed_intervention(intervention, change, may):
    for name, value in change.items():
        setattr(intervention, name, value)
    assert on_site.may_show(intervention, now=NOW) is may


def test_an_evening_runs_over_midnight(partner):
    late = NOON.replace(hour=22)  # 23:00 in Paris
    evening = InterventionFactory(
        partner=partner, completed=True, scheduled_at=late - timedelta(hours=1)
    )
    assert on_site.may_show(evening, now=late + timedelta(hours=2, minutes=59))
    assert not on_site.may_show(evening, now=late + timedelta(hours=3))


def test_whom_a_manager_left_out_is_not_asked_on_site(intervention):
    InvitationFactory(
        intervention=intervention, status="skipped", skip_reason="by_hand", hand_reason="dispute"
    )
    with pytest.raises(on_site.NotNow):
        show(intervention)


def test_without_a_rule_nobody_is_asked(intervention):
    Rule.objects.update(is_active=False)
    with pytest.raises(on_site.NotNow):
        show(intervention)


# The short code


def test_a_typed_code_leads_to_the_page_for_a_quarter_of_an_hour(phone, intervention):
    invitation = show(intervention)
    short = reverse("short-link", args=[on_site.code(invitation)])
    assert phone.get(short).url == address(invitation)
    assert phone.get(short.lower().replace("-", "")).url == address(invitation)
    with time_machine.travel(NOW + timedelta(minutes=15), tick=False):
        assert phone.get(short).status_code == 404
        assert phone.get(address(invitation)).status_code == 200


def test_look_alikes_are_forgiven():
    assert links.typed_code("oil0-kk kk") == "0110KKKK"


@pytest.mark.parametrize("code", ["K7MP-3XQ9", "x", "é" * 8, "0" * 500])
def test_a_wrong_code_looks_like_any_forged_link(phone, intervention, code):
    show(intervention)
    wrong, forged = phone.get(reverse("short-link", args=[code])), phone.get(f"/r/{'A' * 32}/")
    assert (wrong.status_code, wrong.content) == (404, forged.content)
    assert not LinkOpening.objects.exists()


def test_the_code_is_stored_nowhere(intervention):
    invitation = show(intervention)
    code = links.code_for(invitation.link_seed)
    stored = str(Invitation.objects.values().get()) + str(list(JournalEntry.objects.values()))
    assert code not in stored
    assert links.token_hash(code) not in stored
    assert invitation.token not in stored


def test_who_guesses_codes_is_held_back_and_so_is_everybody_together(
    phone, intervention, monkeypatch
):
    short = reverse("short-link", args=[on_site.code(show(intervention))])
    for number in range(guesses.MOST):
        phone.get(reverse("short-link", args=[f"{number:08}"]))
    assert phone.get(short).status_code == 404
    elsewhere = Browser(REMOTE_ADDR="192.0.2.7")
    assert elsewhere.get(short).status_code == 302
    monkeypatch.setattr(on_site, "WRONG_CODES", on_site.floods.Limit("codes", guesses.MOST, 600))
    assert elsewhere.get(short).status_code == 404


# The partner's page


def page_of(intervention) -> str:
    return reverse("on-site", args=[intervention.pk])


def test_looking_offers_and_only_pressing_makes_a_link(as_partner, intervention):
    page = as_partner.get(page_of(intervention)).content.decode()
    assert "Show the code" in page
    assert not Invitation.objects.exists()
    shown = as_partner.post(page_of(intervention)).content.decode()
    invitation = Invitation.objects.get()
    assert "data:image/svg+xml" in shown
    assert f"/q/{on_site.code(invitation)}" in shown
    assert invitation.channel == "on_site"


def test_the_partners_page_is_the_same_whether_there_is_an_answer_or_not(
    as_partner, phone, intervention
):
    def words():
        page = as_partner.post(page_of(intervention)).content.decode()
        return re.sub(r'csrf\S+" value="\w+"|src="data:[^"]+"|/q/[\w-]+', "", page)

    before = words()
    answer(phone, Invitation.objects.get())
    assert words() == before


def test_the_mailed_link_is_not_on_it(as_partner, intervention):
    mailed = InvitationFactory(intervention=intervention, sent=True)
    page = as_partner.post(page_of(intervention)).content.decode()
    assert mailed.token not in page
    assert on_site.code(mailed) not in page


def test_the_partners_own_session_opens_no_answer_page(as_partner, intervention):
    invitation = show(intervention)
    assert as_partner.get(address(invitation)).status_code == 404


def test_another_partners_intervention_does_not_exist(as_partner):
    foreign = InterventionFactory(completed=True)
    for send in (as_partner.get, as_partner.post):
        assert send(page_of(foreign)).status_code == 404


def test_too_late_is_said(as_partner, intervention):
    with time_machine.travel(NOW + timedelta(days=2), tick=False):
        for send in (as_partner.get, as_partner.post):
            assert "on the day of the intervention" in send(page_of(intervention)).content.decode()
    assert not Invitation.objects.exists()


def test_the_way_to_it_stands_on_the_day_only(as_partner, intervention):
    here = page_of(intervention)
    page = reverse("my-intervention", args=[intervention.pk])
    assert here in as_partner.get(page).content.decode()
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        assert here not in as_partner.get(page).content.decode()
