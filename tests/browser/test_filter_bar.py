"""The filter bar by keyboard, with 300 partners, and what a screen reader is told."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from indicators.tallies import recount
from partners.models import Partner
from tests.factories import InterventionFactory, PartnerFactory, RatingFactory, UserFactory
from triangle.models import Role

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NAMES = [f"{first} {last}" for first in ("Inès", "Zoé", "Hugo") for last in range(100)]


@pytest.fixture
def office(live_server, new_page, sign_in):
    """The dashboard of the quality lead, one answer counted."""
    _answered(PartnerFactory(name="Élodie Prigent"))

    def at(query="", **options):
        page = new_page(**{"viewport": {"width": 1440, "height": 900}, **options})
        sign_in(page, UserFactory(role=Role.QUALITY_LEAD))
        page.goto(live_server.url + reverse("dashboard") + query)
        return page

    return at


def _answered(partner, *, score=9):
    now = timezone.now()
    done = InterventionFactory(partner=partner, completed=True, scheduled_at=now)
    RatingFactory(intervention=done, score=score, answered_at=now)
    recount.drain_all(now=timezone.now())


def _open(page, name):
    page.locator("#add-filter").click()
    page.locator(".pick summary", has_text=name).click()


def test_one_of_300_partners_is_found_by_a_few_letters(office):
    Partner.objects.bulk_create(
        Partner(name=name, external_id=str(place)) for place, name in enumerate(NAMES)
    )
    page = office()
    _open(page, "Partner")
    expect(page.locator(".pick[open] li")).to_have_count(301)
    expect(page.locator(".pick[open] [type=search]")).to_be_focused()
    page.keyboard.type("prig elod")
    expect(page.locator(".pick[open] li:visible")).to_have_count(1)
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    expect(page.locator(".pick[open] .pick-chosen")).to_have_text("Élodie Prigent")
    page.keyboard.press("Escape")
    expect(page.locator(".pick summary", has_text="Partner")).to_be_focused()
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".chip", has_text="Élodie Prigent")).to_be_visible()
    page.wait_for_url(re.compile(r"/dashboard/\?partner=\d+$"))


def test_escape_closes_the_bar_and_the_focus_stays(office):
    page = office()
    page.locator("#add-filter").click()
    page.locator("[name=period]").focus()
    page.keyboard.press("Escape")
    expect(page.locator(".filter-form")).to_be_hidden()
    expect(page.locator("#add-filter")).to_be_focused()


def test_days_are_asked_for_only_when_they_count_and_wrong_ones_stay(office):
    page = office()
    page.locator("#add-filter").click()
    expect(page.locator("[name=compare_from]")).to_be_hidden()
    page.locator("[name=compare]").select_option("custom")
    page.locator("[name=compare_from]").fill("2025-03-02")
    page.locator("[name=compare_to]").fill("2025-03-01")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("#compare-error")).to_have_text("The last day comes before the first day.")
    expect(page.locator("[name=compare_from]")).to_have_value("2025-03-02")
    page.locator("[name=compare_to]").fill("2025-03-31")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("#compared")).to_have_text(re.compile("with 2.Mar – 31.Mar.2025"))
    expect(page.locator("#tile-nps")).to_be_visible()
    page.get_by_role("link", name="Remove Chosen days").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/dashboard/")
    expect(page.locator("#add-filter")).to_be_focused()


def test_a_screen_reader_is_told_when_figures_change(office):
    page = office()
    told = page.locator("#announcer[aria-live=polite]")
    page.locator("#add-filter").click()
    page.locator("[name=period]").select_option("this_month")
    page.get_by_role("button", name="Apply").click()
    expect(told).to_have_text("1 intervention matches, NPS +100 (n 1)")
    _answered(Partner.objects.get(), score=2)
    expect(told).to_have_text("New figures: 2 interventions match, NPS 0 (n 2)")
    expect(page.locator("#matches")).to_contain_text("2 interventions match")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_open_bar_fits_a_small_phone(office, serious, theme):
    page = office("?compare=none", viewport={"width": 360, "height": 740}, color_scheme=theme)
    _open(page, "Partner")
    assert page.evaluate("document.scrollingElement.scrollWidth") == 360
    assert serious(page) == []
