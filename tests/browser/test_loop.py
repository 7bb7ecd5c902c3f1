"""The triangle turns once, in a browser: a mail, a score, a why, and the figure moves."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from feedback import invitations
from feedback.sending import deliveries
from indicators.models import Action
from indicators.tallies import recount
from partners import interventions
from tests.factories import InterventionFactory, RatingFactory, UserFactory
from triangle.models import Role

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDE = {"width": 1440, "height": 900}
MONTH = timedelta(days=30)


@pytest.fixture
def mailed(tmp_path, live_server, settings, always_open):
    """A finished intervention whose mail has left for the mailbox page."""
    settings.DEBUG = True
    settings.MAILBOX_DIR = tmp_path
    settings.EMAIL_FILE_PATH = str(tmp_path)
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.PUBLIC_BASE_URL = live_server.url
    settings.ALLOWED_HOSTS = ["*"]
    now = timezone.now()
    intervention = InterventionFactory(scheduled_at=now - timedelta(hours=4))
    interventions.complete(intervention, now=now - timedelta(hours=3))
    invitations.open_due(now=now)
    deliveries.send_due(now=now)
    return intervention


@pytest.mark.parametrize("script", [True, False])
def test_from_the_mailbox_to_the_tile(mailed, live_server, new_page, sign_in, script):
    lead = UserFactory(role=Role.QUALITY_LEAD)
    RatingFactory(score=0, answered_at=timezone.now())
    recount.drain_all(now=timezone.now())
    dashboard = new_page(viewport=WIDE)
    sign_in(dashboard, lead)
    dashboard.goto(f"{live_server.url}/dashboard/")
    tile = dashboard.locator("section.tile", has=dashboard.locator("#tile-nps"))
    assert "−100" in tile.inner_text()

    office = new_page(viewport=WIDE, java_script_enabled=script)
    sign_in(office, lead)
    office.goto(f"{live_server.url}/mailbox/")
    office.locator("main a[href*='/mailbox/']").first.click()
    body = office.frame_locator("iframe")
    address = body.get_by_role("link", name="9", exact=True).get_attribute("href")
    answer = new_page(java_script_enabled=script)
    answer.goto(address)
    assert answer.locator("input[name=score][value='9']").is_checked()
    answer.locator("textarea[name=why]").fill("À l’heure, et très à l’écoute.")
    answer.locator("button.send").click()
    answer.wait_for_url("**/thanks/")

    recount.drain_all(now=timezone.now())
    expect(tile).to_contain_text("n 2", timeout=5_000)


def test_a_filter_changes_the_figures_and_the_address(live_server, new_page, sign_in):
    rating = RatingFactory(answered_at=timezone.now())
    RatingFactory(score=0, answered_at=timezone.now())
    recount.drain_all(now=timezone.now())
    page = new_page(viewport=WIDE)
    sign_in(page, UserFactory(role=Role.QUALITY_LEAD))
    page.goto(f"{live_server.url}/dashboard/")
    page.get_by_text("Add filter").click()
    page.locator(".pick summary", has_text="Partner").click()
    page.locator(f".pick [value='{rating.partner_id}'][name=partner]").check()
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url(f"**partner={rating.partner_id}**")
    page.locator("#tile-nps").click()
    page.wait_for_url("**/dashboard/rows/explained/**")
    assert page.locator("tbody tr").count() == 1


def test_charts_are_drawn_in_both_themes(live_server, new_page, sign_in):
    for _each in range(3):
        RatingFactory(answered_at=timezone.now())
    recount.drain_all(now=timezone.now())
    for theme in ("light", "dark"):
        page = new_page(viewport=WIDE, color_scheme=theme)
        errors = []
        page.on("console", lambda said, errors=errors: errors.append((said.type, said.text)))
        sign_in(page, UserFactory(role=Role.QUALITY_LEAD))
        page.goto(f"{live_server.url}/dashboard/")
        page.wait_for_selector("#nps-by-month svg.main-svg")
        assert [text for kind, text in errors if kind == "error"] == []


def test_months_stand_apart_on_a_phone_and_fill_their_chart(live_server, new_page, sign_in):
    now = timezone.now()
    for months in range(11):
        RatingFactory(answered_at=now - months * MONTH)
    name = "Brief rewritten with the partners"
    Action.objects.create(title_en=name, title_fr=name, done_on=now - 4 * MONTH)
    recount.recount_all(now=now)
    page = new_page()
    sign_in(page, UserFactory(role=Role.QUALITY_LEAD))
    page.goto(f"{live_server.url}/dashboard/")
    page.wait_for_selector("#nps-by-month .xtick")
    boxes = page.locator("#nps-by-month .xtick text").evaluate_all(
        "ticks => ticks.map(tick => tick.getBoundingClientRect().toJSON())"
    )
    assert all(one["right"] < other["left"] for one, other in pairwise(boxes))
    assert all(box["width"] > box["height"] / 2 for box in boxes)
    marks = page.locator("#nps-by-month .points path")
    line = marks.last.bounding_box()["x"] - marks.first.bounding_box()["x"]
    assert line > page.locator("#nps-by-month").bounding_box()["width"] / 2
