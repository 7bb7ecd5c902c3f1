"""The editor of a survey in Chromium: its preview follows the keys, and it works without script."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from feedback.models import About, Survey
from feedback.surveys import versions
from tests.factories import UserFactory
from triangle.models import Role

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDE = {"width": 1440, "height": 900}


@pytest.fixture
def survey():
    return Survey.objects.get(about=About.INTERVENTION)


@pytest.fixture
def editor(survey, live_server, new_page, sign_in):
    def opened(**options):
        page = new_page(viewport=WIDE, **options)
        sign_in(page, UserFactory(role=Role.QUALITY_LEAD))
        page.goto(live_server.url + reverse("survey", args=[survey.pk]))
        return page

    return opened


def shown(page):
    return page.frame_locator("iframe.preview-frame:not(.is-coming)").locator("body")


def test_the_preview_follows_the_keys_and_leaves_no_trace_in_the_history(editor, survey):
    page = editor()
    page.locator("#id_language").select_option("en")
    length = page.evaluate("history.length")
    page.locator("#id_en-subject").fill("How was it?")
    expect(shown(page)).to_contain_text("How was it?")
    page.locator("#id_view").select_option("page")
    page.locator("#id_en-intro").fill("Hello again {first_name}.")
    expect(shown(page)).to_contain_text("Hello again Nadia.")
    assert page.evaluate("history.length") == length
    assert versions.current(survey).number == 1


def test_it_is_all_there_without_script(editor, survey):
    page = editor(java_script_enabled=False)
    page.locator("#id_language").select_option("en")
    page.locator("#id_en-subject").fill("How was {srevice}?")
    page.get_by_role("button", name="Show").click()
    expect(shown(page)).to_contain_text("“{srevice}” is not known.")
    page.get_by_role("button", name="Publish").click()
    expect(page.locator("#id_en-subject_error")).to_contain_text("“{srevice}” is not known.")
    expect(page.locator("#id_en-subject")).to_have_value("How was {srevice}?")
    page.locator("#id_en-subject").fill("How was {service}?")
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(".toast")).to_contain_text("Version 2 holds from now on")


def test_a_text_is_written_and_published_by_keyboard(editor, survey):
    page = editor()
    page.locator("#id_en-thanks").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("Thank you so much.")
    page.locator("button[value=save]").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_be_visible()
    assert versions.current(survey).content["en"]["thanks"] == "Thank you so much."
