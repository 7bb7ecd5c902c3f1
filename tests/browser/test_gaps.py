"""Where the gaps are: by keyboard, on a phone, in both themes, and beside the table."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from indicators.gap_words import GAPS
from indicators.tallies import recount
from tests.browser.conftest import PHONE
from tests.browser.test_pages import WIDE, tab_to
from tests.factories import (
    DebriefFactory,
    DisciplineFactory,
    InterventionFactory,
    PartnerFactory,
    RatingFactory,
    ServiceFactory,
)
from triangle import pulses
from triangle.models import Setting

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

INES, JULIEN = "Inès Caradec-Lemoine", "Julien Marchetti"
MASSAGE, CLASSES = "Chair massage", "Classes for seniors"


@pytest.fixture
def office(live_server, new_page, sign_in, quality_lead):
    """A page of the quality lead; two partners, of whom one is felt worse than delivered."""
    setting = Setting.objects.order_by("pk").last()
    ines, julien = (PartnerFactory(name=name) for name in (INES, JULIEN))
    massage, classes = (
        ServiceFactory(discipline=DisciplineFactory(name_en=name, name_fr=name))
        for name in (MASSAGE, CLASSES)
    )
    _work(ines, massage, setting, perceived=9)
    _work(ines, classes, setting, perceived=6)
    _work(julien, massage, setting, perceived=7)
    _work(julien, classes, setting, perceived=3, n=7)
    recount.drain_all(now=timezone.now())
    pulses.mark(pulses.WORKER, now=timezone.now())

    def at(path, *, language="en", **options):
        quality_lead.language = language
        quality_lead.save()
        page = new_page(**{"viewport": WIDE, **options})
        sign_in(page, quality_lead)
        page.goto(live_server.url + path)
        return page

    return at


def _work(partner, service, setting, *, perceived, n=10):
    now = timezone.now()
    for at in range(n):
        one = InterventionFactory(
            completed=True,
            partner=partner,
            service=service,
            setting=setting,
            scheduled_at=now,
            expected_percent=80,
            delivered_percent=90 + at % 2,
        )
        RatingFactory(intervention=one, score=perceived + at % 2, answered_at=now)
        DebriefFactory(intervention=one, score=8 + at % 2, answered_at=now)


def press(page, target):
    """Come there by Tab alone, and press Enter."""
    tab_to(page, target)
    page.keyboard.press("Enter")


def drawings(page):
    return page.locator(".gap-drawings .chart svg.main-svg:first-child")


def colour(page):
    return page.locator(".chart .point").first.evaluate("one => getComputedStyle(one).fill")


def test_by_keyboard_from_the_dashboard_to_a_row_and_back(office):
    page = office(reverse("dashboard"))
    press(page, page.get_by_role("link", name="By partner", exact=True))
    page.wait_for_url("**/dashboard/gaps/**")
    press(page, page.get_by_role("link", name="Table").last)
    worst = page.locator("#partners-title-table tbody tr").first
    expect(worst).to_contain_text("delivered well, perceived worse by 2.6")
    assert tab_to(page, worst.get_by_role("link", name=INES)) == 1
    press(page, worst.get_by_role("link", name="clients 10"))
    page.wait_for_url("**/dashboard/rows/explained/**")
    expect(page.locator("tbody tr")).to_have_count(10)
    press(page, page.locator("tbody a").first)
    page.wait_for_url("**/interventions/**")
    page.go_back()
    page.go_back()
    expect(worst).to_contain_text(INES)
    press(page, page.locator(".breadcrumb a"))
    page.wait_for_url("**/dashboard/?*")


def test_the_table_holds_what_is_drawn(office):
    page = office(reverse("gaps"))
    expect(drawings(page)).to_have_count(6)
    for place, key in enumerate(GAPS):
        drawn = page.locator(f"#partners-{key} .annotation-text").all_text_contents()
        written = page.locator(f"#partners-title-table td.num:nth-child({place + 4})")
        assert drawn[1::2] == written.all_text_contents()[:3]
    expect(page.get_by_role("img", name="Felt against delivered")).to_have_count(2)
    expect(written.last).to_have_text("undecided (7 of 8)")


def test_a_phone_in_french_in_the_dark(office, serious):
    page = office(
        reverse("gaps"), language="fr", locale="fr-FR", viewport=PHONE, color_scheme="dark"
    )
    expect(page.locator("h1")).to_have_text("Où sont les écarts")
    expect(drawings(page)).to_have_count(6)
    worst = page.locator("#partners-title-table tbody tr").first
    expect(worst).to_contain_text("bien délivrée, moins bien perçue")
    amounts = page.locator(".gap-lines td.num > *")
    assert amounts.evaluate_all("all => all.every((one) => one.getClientRects().length === 1)")
    page.locator("#view-acts summary").first.click()
    assert page.evaluate("document.scrollingElement.scrollWidth") == PHONE["width"]
    assert serious(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_both_themes(office, serious, theme):
    page = office(reverse("gaps"), color_scheme=theme)
    expect(drawings(page)).to_have_count(6)
    before = colour(page)
    page.get_by_text("How computed").click()
    assert serious(page) == []
    page.emulate_media(color_scheme="light" if theme == "dark" else "dark")
    page.wait_for_timeout(300)
    assert colour(page) != before


def test_a_filter_is_saved_and_opened_again_by_keyboard(office):
    page = office(f"{reverse('gaps')}?period=12_months")
    summary = page.locator("#view-acts summary").first
    press(page, summary)
    tab_to(page, page.get_by_label("Save this filter as"))
    page.keyboard.type("Gaps of the year")
    page.keyboard.press("Enter")
    expect(summary).to_have_text("Gaps of the year")
    press(page, summary)
    press(page, page.get_by_role("link", name="Views, links and mails"))
    press(page, page.get_by_role("link", name="Gaps of the year", exact=True))
    page.wait_for_url("**/dashboard/gaps/?period=12_months")
    expect(summary).to_have_text("Gaps of the year")


def test_without_script_the_table_stands_alone(office):
    page = office(reverse("gaps"), java_script_enabled=False)
    expect(page.locator(".gap-drawings").first).to_be_hidden()
    expect(page.locator("#partners-title-table tbody tr")).to_have_count(4)
    page.locator("#view-acts summary").first.click()
    page.get_by_label("Save this filter as").fill("By hand")
    page.locator(".pop-form button").click()
    expect(page.locator("#view-acts summary").first).to_have_text("By hand")
