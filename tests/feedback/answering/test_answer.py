"""The client's page over HTTP: what it shows, what it refuses, and that looking writes nothing."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse

from feedback.answering import nonces, openings
from feedback.models import Invitation, LinkOpening, Rating, ReasonChip, Survey
from tests.factories import NOON, ContactFactory, InterventionFactory, InvitationFactory
from triangle import links, whys
from triangle.models import JournalEntry

NOW = NOON + timedelta(days=1)
WHY = "Arrived twenty minutes late."
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_day_later")]


def address(invitation, score=None) -> str:
    if score is None:
        return reverse("answer", args=[invitation.token])
    return reverse("answer-score", args=[invitation.token, score])


def nonce_of(response) -> str:
    return re.search(r'name="nonce" value="([^"]+)"', response.content.decode())[1]


def fill(phone, invitation, **changes):
    page = phone.get(address(invitation))
    return {"score": "4", "why": WHY, "nonce": nonce_of(page), **changes}


def send(phone, invitation, **changes):
    return phone.post(address(invitation), fill(phone, invitation, **changes))


def test_a_score_link_shows_that_score_chosen_and_the_cursor_on_the_why(phone, invitation):
    page = phone.get(address(invitation, 4)).content.decode()
    assert re.findall(r"<input[^>]*checked[^>]*>", page) == [
        '<input type="radio" name="score" value="4" id="id_score_4" checked>'
    ]
    assert re.search(r"<textarea[^>]*autofocus", page)


def test_without_a_score_nothing_is_chosen(phone, invitation):
    page = phone.get(address(invitation)).content.decode()
    assert "checked" not in page
    assert "autofocus" not in page


@pytest.mark.parametrize("score", ["11", "-1", "9.5", "٩", "NaN", "007"])
def test_a_link_with_an_impossible_score_says_so(phone, invitation, score):
    page = phone.get(address(invitation, score)).content.decode()
    assert "This score does not exist" in page
    assert "checked" not in page


def test_an_answer_is_saved_before_the_thanks(phone, invitation):
    response = send(phone, invitation, score="9")
    assert (response.status_code, response.url) == (302, f"{address(invitation)}thanks/")
    rating = Rating.objects.get()
    assert (rating.score, rating.why, rating.language) == (9, WHY, "en")
    assert "Thank you Nadia, your answer has arrived." in phone.get(response.url).content.decode()


def test_all_that_was_ticked_is_kept(phone, invitation):
    chips = ReasonChip.objects.filter(code__in=["punctuality", "act"])
    send(
        phone,
        invitation,
        satisfaction_1="2",
        satisfaction_2="na",
        company_score="3",
        partner_score="na",
        importance="5",
        reasons=[chip.pk for chip in chips],
        wants_contact="on",
        contact_when="2026-03-12 14-17",
        confidentiality="named",
    )
    rating = Rating.objects.get()
    assert (rating.satisfaction_1, rating.satisfaction_2, rating.not_applicable) == (2, None, 2)
    assert (rating.company_score, rating.partner_score) == (3, None)
    assert set(rating.reasons.all()) == set(chips)
    assert (rating.wants_contact, rating.contact_when) == (True, "2026-03-12 14-17")
    assert rating.confidentiality == "named"
    weights = [getattr(rating, f"importance_{slot}") for slot in range(1, 6)]
    assert sorted(weights, key=str) == [5, None, None, None, None]


BAD_SCORES = ["", "-1", "11", "9.5", "9 ", " 9", "NaN", "٩", "९", "1e1", "0x1", "00", "²"]


@pytest.mark.parametrize("score", BAD_SCORES)
def test_a_score_is_one_of_eleven_words_or_refused(phone, invitation, score):
    response = send(phone, invitation, score=score)
    assert response.status_code == 422
    page = response.content.decode()
    assert "Choose a score from 0 to 10." in page
    assert WHY in page
    assert nothing_written(invitation)


BAD_WHYS = [
    "",
    "   ",
    "\n\n",
    "....",
    "ok ok ok",
    "a",
    "\u200b\u200c\u200d\ufeff",
    "\u3164\u2800",
    "\x00\x00\x00",
    "12345",
    "What should we put right?",
    "Why this score?",
]


@pytest.mark.parametrize("why", BAD_WHYS)
def test_a_why_that_explains_nothing_is_refused_beside_the_field(phone, invitation, why):
    response = send(phone, invitation, why=why, satisfaction_1="2")
    assert response.status_code == 422
    page = response.content.decode()
    assert 'id="error_why"' in page
    assert 'href="#id_why"' in page
    assert re.search(r"<textarea[^>]*autofocus", page)
    assert re.search(r'name="satisfaction_1" value="2"[^>]*checked', page)
    assert nothing_written(invitation)


def nothing_written(invitation) -> bool:
    invitation.refresh_from_db()
    return not Rating.objects.exists() and invitation.status == "sent"


HOSTILE = [
    "<script>alert(1)</script> and late",
    "\u202egnp.exe late \u202c and \u0645\u062a\u0623\u062e\u0631 \u062c\u062f\u0627",
    "Très bien 👩🏽‍🦽🎉 merci",
    '=HYPERLINK("http://x") late',
    "late\x00 and\x08 loud\x1b[31m",
    "{{ 7|add:7 }} {% load x %} late",
    "a" * 4_000 + " late",
]


@pytest.mark.parametrize("why", HOSTILE)
def test_hostile_text_is_kept_clean_and_shown_escaped(phone, invitation, why):
    response = send(phone, invitation, why=why)
    assert response.status_code == 302
    rating = Rating.objects.get()
    assert rating.why == whys.clean(why)
    assert "\x00" not in rating.why
    page = phone.get(response.url).content.decode()
    assert "<script>alert" not in page


def test_fifty_thousand_characters_come_back_whole_with_a_message(phone, invitation):
    response = send(phone, invitation, why="word " * 10_000)
    assert response.status_code == 422
    page = response.content.decode()
    assert "5,000 characters" in page
    assert "word " * 9_999 in page
    assert nothing_written(invitation)


def test_a_refused_answer_returns_everything_and_one_more_tap_sends_it(phone, invitation):
    typed = fill(phone, invitation, nonce="", reasons=[ReasonChip.objects.get(code="price").pk])
    page = phone.post(address(invitation), typed)
    assert page.status_code == 422
    assert WHY in page.content.decode()
    assert phone.post(address(invitation), {**typed, "nonce": nonce_of(page)}).status_code == 302


def test_a_page_open_for_a_day_still_works(phone, invitation):
    typed = fill(phone, invitation)
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        assert phone.post(address(invitation), typed).status_code == 302


def test_a_page_open_for_longer_comes_back_filled(phone, invitation):
    typed = fill(phone, invitation)
    with time_machine.travel(NOW + nonces.VALID + timedelta(seconds=1), tick=False):
        page = phone.post(address(invitation), typed)
        assert (page.status_code, WHY in page.content.decode()) == (422, True)
        assert nothing_written(invitation)
        again = phone.post(address(invitation), {**typed, "nonce": nonce_of(page)})
    assert again.status_code == 302


def test_the_number_of_another_invitation_is_not_taken(phone, invitation):
    other = InvitationFactory(sent=True, language="en")
    assert send(phone, invitation, nonce=nonces.issue(other, now=NOW)).status_code == 422
    assert nothing_written(invitation)


def test_the_same_page_sent_twice_is_told_kindly_and_suspected(phone, invitation):
    typed = fill(phone, invitation)
    phone.post(address(invitation), typed)
    response = phone.post(address(invitation), typed)
    assert response.status_code == 409
    assert "We had already received your answer." in response.content.decode()
    assert Rating.objects.count() == 1
    assert LinkOpening.objects.get(method="POST").suspicion == "same page sent again"


def test_a_second_tab_gets_its_text_back_as_a_change_one_tap_from_sent(phone, invitation):
    second_tab = fill(phone, invitation, score="8", why="On reflection it was fine.")
    send(phone, invitation)
    page = phone.post(address(invitation), second_tab)
    assert page.status_code == 409
    text = page.content.decode()
    assert "On reflection it was fine." in text
    assert re.search(r'value="8"[^>]*checked', text)
    change = {"score": "8", "why": second_tab["why"], "reason": "correction"}
    response = phone.post(f"{address(invitation)}change/", {**change, "nonce": nonce_of(page)})
    assert response.status_code == 302
    assert Rating.objects.current().get().score == 8


def test_the_link_of_an_answered_invitation_shows_the_answer(phone, invitation):
    send(phone, invitation)
    page = phone.get(address(invitation, 9))
    assert page.status_code == 200
    text = page.content.decode()
    assert "You have already answered." in text
    assert WHY in text
    assert "<form" not in text


def test_changing_asks_why_and_keeps_both(phone, invitation):
    send(phone, invitation, score="3")
    page = phone.get(f"{address(invitation)}change/")
    change = {"score": "9", "why": "You settled it.", "nonce": nonce_of(page)}
    refused = phone.post(f"{address(invitation)}change/", change)
    assert (refused.status_code, Rating.objects.count()) == (422, 1)
    response = phone.post(f"{address(invitation)}change/", {**change, "reason": "settled"})
    assert response.status_code == 302
    assert list(Rating.objects.order_by("pk").values_list("score", "is_current")) == [
        (3, False),
        (9, True),
    ]


def test_a_new_score_without_a_new_why_is_refused_kindly_and_the_words_stay(phone, invitation):
    send(phone, invitation, score="3")
    page = phone.get(f"{address(invitation)}change/")
    change = {"score": "9", "why": WHY, "reason": "settled", "nonce": nonce_of(page)}
    refused = phone.post(f"{address(invitation)}change/", change)
    assert refused.status_code == 422
    text = refused.content.decode()
    assert "Tell us in a few words why your score changes" in text
    assert f"{WHY}</textarea>" in text
    assert Rating.objects.get().score == 3


def test_words_of_an_earlier_version_sent_again_bring_no_form(phone, invitation):
    """A machine that replays what a person once sent finds nothing to press."""
    first = fill(phone, invitation, score="3")
    phone.post(address(invitation), first)
    page = phone.get(f"{address(invitation)}change/")
    change = {"score": "9", "why": "You settled it.", "reason": "settled", "nonce": nonce_of(page)}
    phone.post(f"{address(invitation)}change/", change)
    replayed = phone.post(address(invitation), first)
    assert replayed.status_code == 409
    assert "<form" not in replayed.content.decode()


def test_other_words_typed_on_the_same_page_are_not_lost(phone, invitation):
    """Sent, gone back in the browser, typed more, sent again."""
    typed = fill(phone, invitation)
    phone.post(address(invitation), typed)
    page = phone.post(address(invitation), {**typed, "why": f"{WHY} And left early."})
    assert page.status_code == 409
    assert f"{WHY} And left early.</textarea>" in page.content.decode()


def test_consent_to_be_quoted_is_asked_and_off(phone, invitation):
    page = phone.get(address(invitation)).content.decode()
    assert "You may quote my words, without my name" in page
    assert not re.search(r'<input[^>]*name="may_quote"[^>]*checked', page)
    send(phone, invitation, may_quote="on")
    assert Rating.objects.get().may_quote


def matter(about):
    """An invitation about something else than an intervention done."""
    survey = Survey.objects.get(about=about)
    if about == "cancellation":
        intervention = InterventionFactory(cancelled=True, service__name="Chair massage")
        return InvitationFactory(
            intervention=intervention, about=about, survey=survey, due_at=NOON, status="scheduled"
        )
    seed = links.new_seed()
    contact = ContactFactory(client__name="Lumen Assurances")
    return Invitation.objects.create(
        about=about,
        survey=survey,
        client=contact.client,
        contact=contact,
        language="en",
        link_seed=seed,
        token_hash=links.token_hash(links.token_for("client", seed)),
        due_at=NOON,
        expires_at=NOON + timedelta(days=14),
        status="sent",
        sent_at=NOON,
        occasion="2026-03-10",
    )


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ("cancellation", "Chair massage, planned for"),
        ("onboarding", "your first steps with Mieux Ici"),
        ("relation", "what Mieux Ici does for Lumen Assurances, all in all"),
    ],
)
def test_each_matter_says_what_it_is_about_and_asks_no_satisfaction_with_a_delivery(
    phone, about, said
):
    invitation = matter(about)
    page = phone.get(f"{address(invitation)}?lang=en").content.decode()
    assert said in re.sub(r"<[^>]+>", "", page)
    assert "partner_score" not in page
    assert "satisfaction_" not in page
    assert send(phone, invitation, partner_score="1", satisfaction_1="1").status_code == 302
    rating = Rating.objects.get()
    assert (rating.about, rating.score, rating.partner_score) == (about, 4, None)
    assert (rating.satisfaction_1, rating.invitation) == (None, invitation)


def test_a_matter_without_partner_offers_no_reader_who_does_not_exist(phone):
    page = phone.get(f"{address(matter('relation'))}?lang=en").content.decode()
    assert re.findall(r'<option value="(\w+)"', page.partition("id_confidentiality")[2]) == [
        "company",
        "aggregated",
    ]


def test_after_seven_days_the_answer_stands(phone, invitation):
    send(phone, invitation)
    page = phone.get(f"{address(invitation)}change/")
    change = {"score": "9", "why": "Better.", "reason": "settled", "nonce": nonce_of(page)}
    with time_machine.travel(NOW + timedelta(days=7), tick=False):
        response = phone.post(f"{address(invitation)}change/", change)
    assert response.status_code == 410
    assert Rating.objects.count() == 1


def test_a_late_click_is_polite_counted_and_writes_no_rating(phone, invitation):
    with time_machine.travel(invitation.expires_at + timedelta(seconds=1), tick=False):
        page = phone.get(address(invitation, 9))
        phone.head(address(invitation, 9))
    assert page.status_code == 410
    assert "Contact me" in page.content.decode()
    assert openings.late_clicks(invitation) == 1
    assert nothing_written(invitation)


def test_one_second_late_there_is_no_rating_one_late_click_and_a_call_can_be_asked(
    phone, invitation
):
    with time_machine.travel(invitation.expires_at + timedelta(seconds=1), tick=False):
        page = phone.get(address(invitation, 9))
        sent = phone.post(address(invitation), {"score": "9", "why": WHY, "nonce": nonce_of(page)})
        assert (sent.status_code, openings.late_clicks(invitation)) == (410, 1)
        assert nothing_written(invitation)
        wish = {"nonce": nonce_of(page), "when": "e-mail"}
        assert phone.post(f"{address(invitation)}contact/", wish).status_code == 200
    assert Invitation.objects.asking_contact().get() == invitation


def test_an_answer_sent_after_the_end_is_given_back_to_copy(phone, invitation):
    typed = fill(phone, invitation)
    with time_machine.travel(invitation.expires_at, tick=False):
        response = phone.post(address(invitation), typed)
    assert response.status_code == 410
    assert WHY in response.content.decode()
    assert nothing_written(invitation)


def test_who_comes_too_late_may_ask_to_be_contacted_once(phone, invitation):
    with time_machine.travel(invitation.expires_at, tick=False):
        wish = {"nonce": nonce_of(phone.get(address(invitation))), "when": "e-mail"}
        for _ in range(2):
            assert phone.post(f"{address(invitation)}contact/", wish).status_code == 200
    entry = JournalEntry.objects.get(kind="invitation.contact_asked")
    assert (entry.subject_id, entry.data) == (invitation.pk, {"when": "e-mail"})


def test_a_contact_form_posted_as_rendered_asks_for_nothing(phone, invitation):
    with time_machine.travel(invitation.expires_at, tick=False):
        wish = {"nonce": nonce_of(phone.get(address(invitation))), "when": ""}
        response = phone.post(f"{address(invitation)}contact/", wish)
    assert (response.status_code, JournalEntry.objects.count()) == (422, 0)


def test_words_sent_to_a_link_that_leads_nowhere_come_back_to_copy(phone):
    page = phone.post(f"/r/{'A' * 32}/", {"why": WHY, "score": "4"})
    assert page.status_code == 404
    assert f"{WHY}</textarea>" in page.content.decode()


def test_forged_and_foreign_links_look_alike(phone, invitation):
    token = invitation.token
    forged = ("A" if token[0] != "A" else "B") + token[1:]
    tokens = [forged, "x", "é" * 32, token.lower(), invitation.opt_out_token]
    tokens.append(links.token_for("partner", invitation.link_seed))
    pages = [phone.get(f"/r/{token}/") for token in tokens]
    assert {page.status_code for page in pages} == {404}
    assert len({page.content for page in pages}) == 1
    assert not LinkOpening.objects.exists()


def test_whoever_tries_many_links_finds_none(phone, invitation):
    for number in range(30):
        phone.get(f"/r/{number:032}/")
    assert phone.get(address(invitation)).status_code == 404
    assert Browser(REMOTE_ADDR="192.0.2.7").get(address(invitation)).status_code == 200


def test_looking_writes_nothing_but_the_log_of_openings(phone):
    invitations = [InvitationFactory(sent=True) for _ in range(2)]
    before = snapshot()
    for invitation in invitations:
        for score in range(11):
            for look in (phone.get, phone.head, phone.options):
                assert look(address(invitation, score)).status_code == 200
    assert snapshot() == before
    assert LinkOpening.objects.count() == 22


def snapshot() -> tuple:
    return (
        list(Invitation.objects.order_by("pk").values()),
        list(Rating.objects.order_by("pk").values()),
        list(JournalEntry.objects.values()),
    )


def test_a_replay_on_all_eleven_links_changes_nothing(phone, invitation):
    typed = fill(phone, invitation)
    phone.post(address(invitation), typed)
    before = snapshot()
    for score in range(11):
        for send_again in (phone.get, phone.head, phone.options):
            send_again(address(invitation, score))
        assert phone.post(address(invitation, score), typed).status_code == 409
    assert snapshot() == before


def test_a_flood_of_openings_fills_no_table(phone, invitation, monkeypatch):
    monkeypatch.setattr(openings, "ROWS_PER_HOUR", 3)
    for _ in range(5):
        phone.get(address(invitation))
    assert LinkOpening.objects.count() == 3


def test_the_log_of_openings_holds_no_address_and_is_forgotten(phone, invitation):
    phone.get(address(invitation))
    assert "127.0.0.1" not in LinkOpening.objects.get().address_hash
    assert openings.forget_old(now=NOW + timedelta(days=30)) == 0
    assert openings.forget_old(now=NOW + timedelta(days=30, seconds=1)) == 1


FORM = re.compile(r"<form.*?</form>", re.DOTALL)


def as_rendered(form: str) -> dict[str, list[str]]:
    """What a machine sends that presses the button without typing."""
    sent: dict[str, list[str]] = {}
    for tag in re.findall(r"<input\b[^>]*>", form):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if attributes.get("type") == "hidden" or " checked" in tag:
            sent.setdefault(attributes["name"], []).append(attributes.get("value", "on"))
    for name, value in re.findall(r'<textarea name="(\w+)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        sent[name] = [value.strip()]
    return sent


def scan(phone, invitation) -> None:
    """All that a mail scanner does, on every link: look, and post each form as it stands."""
    for score in range(11):
        phone.head(address(invitation, score))
        phone.options(address(invitation, score))
        page = phone.get(address(invitation, score)).content.decode()
        for form in FORM.findall(page):
            action = re.search(r'action="([^"]+)"', form)
            where = action[1] if action else address(invitation, score)
            phone.post(where, as_rendered(form))


def test_a_scanner_that_posts_every_form_creates_nothing(phone, invitation):
    scan(phone, invitation)
    assert nothing_written(invitation)


def test_the_why_is_what_keeps_the_scanner_out(phone, invitation, monkeypatch):
    """The same scanner gets in as soon as the why is optional: the test above can fail."""
    monkeypatch.setattr(whys, "explanation", lambda text, **_: text or "no reason given")
    scan(phone, invitation)
    assert Rating.objects.get().score == 0


@pytest.mark.parametrize("days", [1, 15])
def test_a_scanner_after_the_human_changes_nothing(phone, invitation, days):
    send(phone, invitation)
    before = snapshot()
    with time_machine.travel(NOW + timedelta(days=days), tick=False):
        scan(phone, invitation)
        page = phone.get(f"{address(invitation)}change/").content.decode()
        for form in FORM.findall(page):
            phone.post(f"{address(invitation)}change/", as_rendered(form))
    assert snapshot() == before


def test_the_page_is_private_and_sets_no_cookie(phone, invitation):
    response = phone.get(address(invitation))
    assert response.headers["Cache-Control"] == "no-store, private"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "noindex" in response.content.decode()
    assert not response.cookies


def test_the_page_speaks_the_language_of_the_person_or_the_one_asked_for(phone, invitation):
    assert '<html lang="en">' in phone.get(address(invitation)).content.decode()
    french = phone.get(f"{address(invitation)}?lang=fr")
    assert '<html lang="fr">' in french.content.decode()
    assert french.headers["Content-Language"] == "fr"
    unknown = phone.get(f"{address(invitation)}?lang=xx").content.decode()
    assert '<html lang="en">' in unknown


def test_the_language_of_the_page_is_kept_with_the_answer(phone, invitation):
    response = phone.post(f"{address(invitation)}?lang=fr", fill(phone, invitation))
    assert response.url == f"{address(invitation)}thanks/?lang=fr"
    assert Rating.objects.get().language == "fr"


def test_chips_are_the_moments_this_intervention_really_had(phone, invitation):
    page = phone.get(address(invitation)).content.decode()
    assert "Punctuality" in page
    assert "Introduction" not in page
    invitation.intervention.introduced_at = NOON
    invitation.intervention.save()
    assert "Introduction" in phone.get(address(invitation)).content.decode()


def test_a_chip_that_was_not_offered_is_refused(phone, invitation):
    chip = ReasonChip.objects.get(code="introduction")
    assert send(phone, invitation, reasons=[chip.pk]).status_code == 422
    assert nothing_written(invitation)


def test_each_person_is_asked_one_importance_and_all_criteria_have_their_turn(phone):
    asked = []
    for _ in range(10):
        page = phone.get(address(InvitationFactory(sent=True, language="en"))).content.decode()
        asked += re.findall(r"How much does this matter to you: ([\w -]+)\?", page)
    assert len(asked) == 10
    assert {asked.count(name) for name in set(asked)} == {2}
    assert len(set(asked)) == 5


def test_the_page_says_what_it_is_about_and_who_reads_it(phone, invitation):
    page = re.sub(r"<[^>]+>|\s+", " ", phone.get(address(invitation)).content.decode())
    page = re.sub(r" +", " ", page)
    intervention = invitation.intervention
    assert f"Hello Nadia, this is about {intervention.service}" in page
    assert "Tuesday 10 March at 12:00" in page
    assert "without your name to the partner" in page
    assert "You can change your answer for seven days." in page


def test_a_person_without_a_name_can_answer(phone):
    contact = ContactFactory(name="")
    invitation = InvitationFactory(sent=True, contact=contact, language="en")
    assert "Hello, this is about" in phone.get(address(invitation)).content.decode()


def test_a_page_asks_a_fixed_number_of_queries(phone, invitation, django_assert_num_queries):
    with django_assert_num_queries(9):
        phone.get(address(invitation))


def test_an_answer_is_saved_by_a_fixed_number_of_statements(
    phone, invitation, django_assert_num_queries
):
    """Invitation, wording, criteria, turn and reasons read; then, between the two of a savepoint,
    links held, invitation taken, rating, draft dropped, journal."""
    filled = fill(phone, invitation)
    with django_assert_num_queries(12):
        assert phone.post(address(invitation), filled).status_code == 302
