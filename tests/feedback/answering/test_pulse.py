"""The partners' pulse: asked like the clients, kept and read without anybody."""

import re
from collections import Counter
from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from feedback import invitations, ratings
from feedback.answering import pulse_answers
from feedback.models import About, Invitation, LinkOpening, PulseAnswer, Rating, Rule, Survey
from feedback.sending import mails
from tests.factories import NOON, InvitationFactory, PartnerFactory, PulseFactory, UserFactory
from triangle import links, whys
from triangle.models import JournalEntry, Role

NOW = NOON + timedelta(days=1)
WHY = "The briefs come too late."
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_day_later")]


@pytest.fixture
def invitation() -> Invitation:
    partner = PartnerFactory(name="Julien Marchetti", email="julien@example.org")
    return PulseFactory(partner=partner)


def address(invitation, score="") -> str:
    return f"/p/{invitation.token}/pulse/{f'{score}/' if score != '' else ''}"


def fill(phone, invitation, **changes):
    page = phone.get(address(invitation)).content.decode()
    nonce = re.search(r'name="nonce" value="([^"]+)"', page)[1]
    return {"score": "4", "why": WHY, "nonce": nonce, **changes}


def snapshot():
    kept = [Invitation, Rating, PulseAnswer, JournalEntry]
    return [list(model.objects.order_by("pk").values()) for model in kept]


def answers(count, *, now=NOW):
    for place in range(count):
        pulse_answers.answer(
            PulseFactory(due_at=now), score=place % 11, why=f"Reason number {place}.", now=now
        )


def test_the_mail_leads_to_the_pulse_by_eleven_links(invitation):
    message = mails.invitation(invitation, wave=0, now=NOW)
    scores = [links.address(address(invitation, score)) for score in range(11)]
    assert re.findall(r'href="([^"]+/pulse/\d+/)"', message.alternatives[0].content) == scores
    assert re.findall(r"\S+/pulse/\d+/", message.body) == scores
    assert message.to == ["Julien Marchetti <julien@example.org>"]
    assert "Hello Julien," in message.body
    assert "Your answer is anonymous" in message.body


def test_a_score_link_shows_that_score_and_asks_why(phone, invitation):
    page = phone.get(address(invitation, 4)).content.decode()
    assert re.findall(r"<input[^>]*checked[^>]*>", page) == [
        '<input type="radio" name="score" value="4" id="id_score_4" checked>'
    ]
    assert "Would you advise a colleague to work with Mieux Ici?" in page
    assert "What should we change to make working with us easier?" in page
    assert "Anonymous: kept without your name" in page


def test_an_answer_is_kept_and_the_invitation_answered(phone, invitation):
    response = phone.post(address(invitation), fill(phone, invitation))
    assert response.url == f"{address(invitation)}thanks/"
    assert "Thank you Julien" in phone.get(response.url).content.decode()
    answer = PulseAnswer.objects.get()
    assert (answer.score, answer.why, answer.month) == (4, WHY, date(2026, 3, 1))
    invitation.refresh_from_db()
    assert (invitation.status, invitation.answered_at) == ("answered", NOW)
    assert not Rating.objects.exists()


def test_looking_writes_nothing_but_the_opening(phone, invitation):
    before = snapshot()
    for score in ["", *range(11), "12"]:
        for look in (phone.get, phone.head, phone.options):
            assert look(address(invitation, score)).status_code == 200
    assert snapshot() == before
    assert LinkOpening.objects.count() == 13


def scan(phone, invitation):
    """A machine on each link: it posts the form as it stands."""
    for score in range(11):
        page = phone.get(address(invitation, score)).content.decode()
        for nonce in re.findall(r'name="nonce" value="([^"]+)"', page):
            phone.post(address(invitation), {"score": str(score), "why": "", "nonce": nonce})


def test_a_scanner_answers_nothing(phone, invitation):
    before = snapshot()
    scan(phone, invitation)
    assert snapshot() == before


def test_the_why_is_what_keeps_the_scanner_out(phone, invitation, monkeypatch):
    """The same scanner gets in as soon as the why is optional: the test above can fail."""
    monkeypatch.setattr(whys, "explanation", lambda text, **_: text or "no reason given")
    scan(phone, invitation)
    assert PulseAnswer.objects.count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"score": ""},
        {"score": "11"},
        {"why": "  "},
        {"why": "ok"},
        {"why": "What should we keep?"},
        {"why": "Que devons-nous garder ?"},
        {"nonce": "forged"},
    ],
)
def test_what_is_refused_comes_back_filled(phone, invitation, changes):
    response = phone.post(address(invitation), fill(phone, invitation, **changes))
    assert response.status_code == 422
    assert changes.get("why", WHY).strip() in response.content.decode()
    assert not PulseAnswer.objects.exists()


def test_a_second_answer_changes_nothing_and_is_given_back(phone, invitation):
    sent = fill(phone, invitation)
    phone.post(address(invitation), sent)
    before = snapshot()
    response = phone.post(address(invitation), {**sent, "score": "9", "why": "Second thoughts."})
    assert response.status_code == 409
    assert "Second thoughts." in response.content.decode()
    assert snapshot() == before
    assert WHY not in phone.get(address(invitation)).content.decode()


def test_after_its_end_the_words_are_given_back(phone, invitation):
    sent = fill(phone, invitation)
    with time_machine.travel(invitation.expires_at, tick=False):
        response = phone.post(address(invitation), sent)
        assert phone.get(address(invitation)).status_code == 410
    assert response.status_code == 410
    assert WHY in response.content.decode()
    assert not PulseAnswer.objects.exists()


def test_each_door_opens_to_its_own_tokens_alone(phone, invitation):
    client = InvitationFactory(sent=True)
    foreign = [
        f"/r/{invitation.token}/",
        f"/p/{invitation.token}/",
        f"/p/{client.token}/pulse/",
        f"/p/{links.token_for('client', invitation.link_seed)}/pulse/",
        f"/p/{invitation.opt_out_token}/pulse/",
        "/p/x/pulse/",
    ]
    assert [phone.get(path).status_code for path in foreign] == [404] * 6


def test_the_language_is_the_partners_or_the_one_asked_for(phone, invitation):
    assert '<html lang="en">' in phone.get(address(invitation)).content.decode()
    french = phone.get(f"{address(invitation)}?lang=fr").content.decode()
    assert "Que devons-nous changer pour que travailler avec nous" in french


# Nobody can tell who said what


def test_an_answer_holds_nothing_that_leads_to_a_person():
    """Score, words, month and survey; the key is of chance, the language is left out."""
    answers(6)
    fields = {field.name for field in PulseAnswer._meta.get_fields()}
    assert fields == {"id", "survey", "month", "score", "why", "language"}
    assert set(PulseAnswer.objects.values_list("language", flat=True)) == {""}
    told = JournalEntry.objects.filter(kind="invitation.answered").values_list("data", flat=True)
    assert list(told) == [{}] * 6
    for row in Invitation.objects.values():
        assert not {"Reason", "score"} & set(re.findall(r"\w+", str(row)))


def stored_order() -> list[str]:
    """As the rows stand in the table, which a copy of the database shows."""
    order = {
        "postgresql": "SELECT why FROM feedback_pulseanswer ORDER BY ctid",
        "sqlite": "SELECT why FROM feedback_pulseanswer ORDER BY rowid",
    }
    with connection.cursor() as cursor:
        cursor.execute(order[connection.vendor])
        return [why for (why,) in cursor.fetchall()]


def test_the_place_of_a_row_does_not_tell_when_it_came():
    """Ten answers stand in the order they came once in 3.6 million times."""
    answers(10)
    came = [f"Reason number {place}." for place in range(10)]
    assert sorted(stored_order()) == sorted(came)
    assert stored_order() != came


def test_without_the_shuffle_the_rows_tell_it(monkeypatch):
    """The fault that the shuffle guards against: the order of answers is known from the journal."""
    monkeypatch.setattr(pulse_answers._chance, "shuffle", lambda rows: None)
    answers(10)
    assert stored_order() == [f"Reason number {place}." for place in range(10)]


def test_each_place_is_as_likely_for_the_one_who_came_last():
    """With five answers the last one stands in each place sooner or later."""
    found = Counter()
    for _ in range(12):
        PulseAnswer.objects.all().delete()
        answers(5)
        found[stored_order().index("Reason number 4.")] += 1
    assert len(found) >= 3


def test_results_open_when_the_month_is_over_and_five_have_answered():
    survey = Survey.objects.get(about=About.PULSE)
    answers(4)
    answers(5, now=NOW + timedelta(days=31))
    running = pulse_answers.results(survey, now=NOW + timedelta(days=31))
    assert (running.running, running.opens_on) == (5, date(2026, 5, 1))
    [march] = running.months
    assert (march.count, march.score, march.whys) == (4, None, ())
    april, march = pulse_answers.results(survey, now=NOW + timedelta(days=60)).months
    assert (april.first, april.count, april.score) == (date(2026, 4, 1), 5, 2.0)
    assert april.whys == tuple(f"Reason number {place}." for place in range(5))


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.ADMIN, 200),
        (Role.QUALITY_LEAD, 200),
        (Role.MANAGER, 404),
        (Role.RECRUITER, 404),
        (Role.PARTNER, 404),
    ],
)
def test_the_manager_of_a_partner_reads_none_of_it(client, role, status):
    answers(5)
    with time_machine.travel(NOW + timedelta(days=31), tick=False):
        client.force_login(UserFactory(role=role))
        response = client.get(reverse("pulse-results"))
    assert response.status_code == status
    assert ("Reason number 3." in response.content.decode()) is (status == 200)


def test_a_running_month_shows_no_words_to_anybody(as_quality_lead):
    answers(6)
    page = as_quality_lead.get(reverse("pulse-results")).content.decode()
    assert "6 answers this month; its results open on 1\xa0Apr" in page
    assert "Reason number" not in page


def in_two_tabs(invitation) -> list[str]:
    start, ends = Barrier(2), []

    def send(place):
        start.wait()
        try:
            pulse_answers.answer(invitation, score=place, why="Both tabs at once.", now=NOW)
            ends.append("kept")
        except ratings.AlreadyAnswered:
            ends.append("refused")
        finally:
            connection.close()

    tabs = [Thread(target=send, args=[place]) for place in range(2)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    return sorted(ends)


@pytest.mark.django_db(transaction=True)
def test_of_two_tabs_one_answer_is_kept(invitation):
    assert in_two_tabs(invitation) == ["kept", "refused"]
    assert PulseAnswer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_conditional_update_both_are_kept(invitation, monkeypatch):
    monkeypatch.setattr(pulse_answers, "_take", lambda *_, **__: True)
    assert in_two_tabs(invitation) == ["kept", "kept"]
    assert PulseAnswer.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_answers_at_once_are_neither_lost_nor_doubled():
    invitations = [PulseFactory() for _ in range(6)]
    start = Barrier(6)

    def send(place, one):
        start.wait()
        pulse_answers.answer(one, score=place, why=f"Reason number {place}.", now=NOW)
        connection.close()

    threads = [Thread(target=send, args=[place, one]) for place, one in enumerate(invitations)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(stored_order()) == [f"Reason number {place}." for place in range(6)]


def test_a_rule_that_is_switched_on_asks_each_active_partner_by_a_link_that_opens(phone):
    """On the partner's own day of the ninety; one of the last week comes a second time."""
    partner = PartnerFactory(email="julien@example.org", language="fr")
    Rule.objects.filter(survey__about=About.PULSE).update(is_active=True)
    for day in range(90):
        invitations.open_due(now=NOW + timedelta(days=day))
    asked = Invitation.objects.filter(about=About.PULSE).earliest("due_at")
    assert (asked.partner, asked.version.number, asked.language) == (partner, 1, "fr")
    with time_machine.travel(asked.due_at, tick=False):
        assert phone.get(address(asked, 9)).status_code == 200
