"""The client's page on a phone, in Chromium, mostly with script off."""

import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from feedback import ratings
from feedback.models import Draft, Invitation, Rating
from feedback.sending import mails
from tests.factories import InvitationFactory, RatingFactory

WHY = "Julien came twenty minutes late and the room was not ready."
LANGUAGES = ["en", "fr"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def no_throttle():
    cache.clear()


@pytest.fixture
def invitation():
    now = timezone.now()
    return InvitationFactory(
        status="sent",
        sent_at=now,
        expires_at=now + timedelta(days=14),
        language="en",
        intervention__client__name="Lumen Assurances",
        intervention__partner__name="Julien Marchetti",
        intervention__introduced_at=now,
    )


@pytest.fixture
def address(live_server, invitation):
    def of(score=None, lang="en"):
        name, arguments = ("answer", [invitation.token])
        if score is not None:
            name, arguments = ("answer-score", [invitation.token, score])
        return f"{live_server.url}{reverse(name, args=arguments)}?lang={lang}"

    return of


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_client_answers_with_script_off(new_page, address, lang):
    page = new_page(java_script_enabled=False)
    page.goto(address(9, lang))
    assert page.locator("html").get_attribute("lang") == lang
    assert page.locator("[name=score]:checked").get_attribute("value") == "9"
    page.keyboard.type(WHY)  # the cursor is on the why
    page.locator(".chip").first.click()
    page.locator("[name=satisfaction_1][value='2']").check()
    page.locator("[name=wants_contact]").check()
    page.locator(".send").click()
    assert page.url.endswith(f"/thanks/?lang={lang}")
    assert WHY in page.inner_text("main")
    rating = Rating.objects.get()
    assert (rating.score, rating.why, rating.language) == (9, WHY, lang)
    assert (rating.satisfaction_1, rating.wants_contact, rating.reasons.count()) == (2, True, 1)


def test_the_question_follows_the_score_and_the_text_stays_with_script_off(new_page, address):
    page = new_page(java_script_enabled=False)
    page.goto(address(9))
    page.fill("textarea", WHY)
    asked = []
    for score in ("10", "8", "7", "6", "0"):
        page.locator(f".score:has([value='{score}'])").click()
        asked.append(page.locator(".ask:visible").inner_text())
    keep, missing, right = (
        "What should we keep?",
        "What was missing?",
        "What should we put right?",
    )
    assert asked == [keep, missing, missing, right, right]
    assert page.input_value("textarea") == WHY


def test_a_refusal_keeps_all_and_puts_the_cursor_on_the_why(new_page, address):
    page = new_page(java_script_enabled=False)
    page.goto(address(4))
    page.locator("[name=satisfaction_1][value='2']").check()
    page.locator(".send").click()
    assert page.locator("[role=alert]").is_visible()
    assert page.locator("[name=satisfaction_1]:checked").get_attribute("value") == "2"
    page.keyboard.type(WHY)
    page.locator(".send").click()
    assert Rating.objects.get().why == WHY


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("width", [390, 360, 320])
def test_nothing_scrolls_sideways(new_page, address, lang, width):
    page = new_page(viewport={"width": width, "height": 740})
    page.goto(address(4, lang))
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_the_page_weighs_less_than_sixty_kilobytes_and_comes_from_here(
    new_page, address, live_server
):
    page, sizes = new_page(), {}

    def weigh(request):
        moved = request.sizes()
        sizes[request.url] = moved["responseBodySize"] + moved["responseHeadersSize"]

    page.on("requestfinished", weigh)
    page.goto(address(4), wait_until="networkidle")
    page.evaluate("document.fonts.ready")
    assert any(url.endswith(".woff2") for url in sizes)
    assert all(url.startswith(live_server.url) for url in sizes)
    assert sum(sizes.values()) < 60_000  # bytes


def test_score_buttons_are_alike_and_large_enough_for_a_thumb(new_page, address):
    page = new_page()
    page.goto(address())
    boxes = page.evaluate(
        "[...document.querySelectorAll('.score span')].map(b => b.getBoundingClientRect().toJSON())"
    )
    assert {(round(box["width"]), round(box["height"])) for box in boxes} == {(29, 50)}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_axe_finds_nothing_serious_on_the_way(new_page, address, serious, lang):
    page = new_page()
    found = {}
    page.goto(address(4, lang))
    found["form"] = serious(page)
    page.locator(".send").click()
    found["refusal"] = serious(page)
    page.fill("textarea", WHY)
    page.locator(".send").click()
    found["thanks"] = serious(page)
    page.locator("a.button").click()
    found["change"] = serious(page)
    assert found == {"form": [], "refusal": [], "thanks": [], "change": []}


def test_axe_finds_nothing_serious_when_it_is_too_late(new_page, address, invitation, serious):
    invitation.expires_at = timezone.now()
    invitation.save()
    page = new_page()
    page.goto(address())
    assert serious(page) == []


def test_the_median_answer_takes_three_acts(new_page, address, invitation, live_server):
    """Tap the score in the mail, type, send."""
    acts = 0
    page = new_page()
    html = mails.invitation(invitation, wave=0, now=timezone.now()).alternatives[0].content
    page.set_content(html.replace(settings.PUBLIC_BASE_URL, live_server.url))
    page.get_by_role("link", name="9", exact=True).click()
    acts += 1
    page.locator("textarea:focus").wait_for()
    page.keyboard.type(WHY)  # the cursor is there
    acts += 1
    page.locator(".send").click()
    acts += 1
    page.wait_for_url("**/thanks/**")
    rating = Rating.objects.get()
    assert (acts, rating.score, rating.why) == (3, 9, WHY)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_client_answers_without_styles_and_without_script(new_page, address, lang):
    page = new_page(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page.route("**/*.css", lambda route: route.abort())
    page.goto(address(None, lang))
    page.locator("[name=score][value='3']").check()
    page.fill("textarea", WHY)
    page.locator("[name=may_quote]").check()
    page.get_by_role("button").click()
    rating = Rating.objects.get()
    assert (rating.score, rating.why, rating.may_quote) == (3, WHY, True)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_axe_finds_nothing_serious_in_the_mail(new_page, invitation, serious, lang):
    Invitation.objects.update(language=lang)
    message = mails.invitation(Invitation.objects.for_mail().get(), wave=0, now=timezone.now())
    page = new_page()
    page.set_content(message.alternatives[0].content)
    assert serious(page) == []


def kept() -> Draft:
    """What reached the server, which may still be busy with it."""
    deadline = time.monotonic() + 10  # seconds
    while not Draft.objects.filter(answer__why=WHY).exists():
        assert time.monotonic() < deadline, list(Draft.objects.values())
        time.sleep(0.05)
    return Draft.objects.get()


def test_what_was_typed_resumes_on_another_device_and_one_word_more_sends_it(new_page, address):
    phone, desk = new_page(), new_page(viewport={"width": 1200, "height": 800})
    phone.goto(address())
    phone.locator(".score:has([value='3'])").click()
    phone.locator(".chip").first.click()
    phone.locator("textarea").press_sequentially(WHY)
    assert kept().answer["score"] == "3"
    desk.goto(address())
    assert desk.input_value("textarea") == WHY
    assert desk.locator("[name=score]:checked").get_attribute("value") == "3"
    assert desk.locator(".chip input:checked").count() == 1
    assert "Add or change a word" in desk.locator(".kept").inner_text()
    desk.locator(".send").click()
    assert "Add or change a word" in desk.locator("#error_why").inner_text()
    desk.locator("textarea:focus").wait_for()
    desk.keyboard.type(" Twice.")
    desk.locator(".send").click()
    desk.wait_for_url("**/thanks/**")
    assert Rating.objects.get().why.endswith("Twice.")
    assert not Draft.objects.exists()


def test_on_the_same_device_it_is_sent_as_it_stands(new_page, address):
    page = new_page()
    page.goto(address())
    page.locator(".score:has([value='3'])").click()
    page.locator("textarea").press_sequentially(WHY)
    kept()
    page.close()
    page = page.context.new_page()
    page.goto(address())
    assert page.locator(".kept").inner_text().strip() == "We kept what you had typed."
    page.locator(".send").click()
    page.wait_for_url("**/thanks/**")
    assert Rating.objects.get().why == WHY


def test_a_tab_killed_within_the_second_has_told_the_server(new_page, address):
    page = new_page()
    page.goto(address())
    page.locator("textarea").press_sequentially(WHY)
    page.goto("about:blank")  # hides the page, as killing the tab does
    assert "score" not in kept().answer


def test_a_score_alone_stays_on_the_device(new_page, address):
    page, told = new_page(), []
    page.on("request", lambda one: told.append(one.url) if "/draft/" in one.url else None)
    page.goto(address())
    page.locator(".score:has([value='3'])").click()
    page.close()
    page = page.context.new_page()
    page.goto(address())
    assert page.locator("[name=score]:checked").get_attribute("value") == "3"
    assert told == []
    assert not Draft.objects.exists()


def test_the_score_of_the_link_wins_over_what_the_device_remembers(new_page, address):
    page = new_page()
    page.goto(address())
    page.locator(".score:has([value='3'])").click()
    page.locator("textarea").press_sequentially(WHY)
    page.goto(address(8))
    assert page.locator("[name=score]:checked").get_attribute("value") == "8"
    assert page.input_value("textarea") == WHY


def test_a_tab_that_was_killed_resumes_and_the_draft_leaves_with_the_answer(new_page, address):
    page = new_page()
    page.goto(address())
    page.locator(".score:has([value='3'])").click()
    page.fill("textarea", WHY)
    page.close()
    page = page.context.new_page()
    page.goto(address())
    assert page.input_value("textarea") == WHY
    assert page.locator("[name=score]:checked").get_attribute("value") == "3"
    page.locator(".send").click()
    page.wait_for_url("**/thanks/**")
    assert page.evaluate("localStorage.length") == 0


def test_a_manager_reads_by_keyboard_and_takes_it_back(
    new_page, sign_in, quality_lead, live_server
):
    first, second = RatingFactory(score=1), RatingFactory(score=2, answered_at=timezone.now())
    page = new_page(viewport={"width": 1440, "height": 900})
    sign_in(page, quality_lead)
    page.goto(f"{live_server.url}/answers/")
    assert page.locator(".is-focused .score-mark").inner_text() == "2/10"
    page.keyboard.press("j")
    page.keyboard.press("l")
    page.get_by_role("button", name="Undo").wait_for()
    assert list(Rating.objects.unread()) == [second]
    page.get_by_role("button", name="Undo").click()
    page.locator(f"#answer-{first.pk}").wait_for()
    assert set(Rating.objects.unread()) == {first, second}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("query", ["", "?state=read", "?score=0-6&contact=1"])
def test_axe_finds_nothing_serious_on_the_reading_list(
    new_page, sign_in, quality_lead, live_server, serious, scheme, query
):
    ratings.mark_read([RatingFactory()], by=quality_lead, now=timezone.now())
    RatingFactory(wants_contact=True, contact_when="e-mail")
    page = new_page(viewport={"width": 1440, "height": 900}, color_scheme=scheme)
    sign_in(page, quality_lead)
    page.goto(f"{live_server.url}/answers/{query}")
    assert serious(page) == []
