"""Answers worked by keyboard, by mouse and without script; the dictionary while it relabels."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from feedback.models import Rating, RatingTheme
from feedback.themes import themes
from tests.factories import RatingFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDE = {"width": 1440, "height": 900}


@pytest.fixture
def office(live_server, new_page, sign_in, quality_lead):
    def at(name, **options):
        page = new_page(viewport=WIDE, locale="en-GB", **options)
        sign_in(page, quality_lead)
        page.goto(live_server.url + reverse(name))
        return page

    return at


def test_each_act_has_its_key_and_its_undo(office):
    rating = RatingFactory(may_quote=True, confidentiality="named")
    page = office("answers")
    page.keyboard.press("t")
    expect(page.locator(".themes-form [type=checkbox]").first).to_be_focused()
    page.get_by_label("Price").check()
    page.keyboard.press("m")  # a key of the list does nothing in the form
    page.locator(".themes-form").get_by_role("button", name="Save").click()
    expect(page.locator(".tag-accent", has_text="Price")).to_be_visible()
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator(".tag-accent")).to_have_count(0)
    assert not RatingTheme.objects.exists()

    page.keyboard.type("mcl")  # quicker than the list comes back
    expect(page.get_by_text("Everything is read.")).to_be_visible()
    rating.refresh_from_db()
    assert all([rating.thanked_at, rating.quoted_at, rating.read_at])


def test_escape_leaves_the_themes_as_they_were(office):
    RatingFactory()
    page = office("answers")
    page.keyboard.press("t")
    expect(page.locator(".themes-form [type=checkbox]").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".themes-form")).to_have_count(0)


def test_lines_stand_still_under_the_mouse_and_bulk_acts_come_with_a_check(office):
    ratings = RatingFactory.create_batch(4)
    page = office("answers")
    expect(page.locator("#checked")).to_be_hidden()
    boxes = page.locator("[data-reading] [name=pk]")
    for place in (2, 3):
        boxes.nth(place).click()
        expect(boxes.nth(place)).to_be_checked()
    expect(page.locator("[data-checked]")).to_have_text("· 2")
    page.locator(".checked-theme > summary").click()
    page.locator("#checked-theme").select_option("price")
    page.locator("#checked").get_by_role("button", name="Add").click()
    expect(page.locator(".tag-accent", has_text="Price")).to_have_count(2)
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator(".tag-accent")).to_have_count(0)
    boxes.first.click()
    page.get_by_role("button", name="Uncheck").click()
    expect(page.locator("#checked")).to_be_hidden()
    assert Rating.objects.unread().count() == len(ratings)


def test_acts_work_without_script(office):
    RatingFactory(may_quote=True)
    page = office("answers", java_script_enabled=False)
    page.get_by_role("link", name="Theme", exact=False).first.click()
    page.get_by_label("Price").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".tag-accent", has_text="Price")).to_be_visible()
    page.get_by_role("button", name="Quote").click()
    page.get_by_role("link", name="Quotes").click()
    expect(page.locator("blockquote")).to_have_text("“Always on time and kind.”")
    page.get_by_role("button", name="Remove from the quotes").click()
    expect(page.get_by_text("No quote yet.")).to_be_visible()


def test_the_progress_moves_by_itself_and_stops_at_the_end(office):
    RatingFactory.create_batch(2)
    page = office("themes")
    expect(page.get_by_text("Relabelling: 0 of 2")).to_be_visible()
    themes.label_due(now=timezone.now(), limit=1)
    expect(page.get_by_text("Relabelling: 1 of 2")).to_be_visible()
    themes.label_due(now=timezone.now())
    expect(page.get_by_text("All 2 answers are labelled by version 1")).to_be_visible()
    expect(page.locator("#announcer")).to_have_text("All answers are labelled.")
    expect(page.locator("#themes-progress[hx-get]")).to_have_count(0)


def test_words_are_tried_added_and_removed_in_place(office):
    RatingFactory(why="The gizmo was late.", language="en")
    page = office("themes")
    page.get_by_role("link", name="Price").first.click()
    page.get_by_label("Words or short phrases").fill("gizmo")
    page.get_by_role("button", name="Try first").click()
    expect(page.get_by_text("would get other themes.")).to_be_visible()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator(".terms .chip", has_text="gizmo")).to_be_visible()
    page.get_by_role("button", name="Remove gizmo").click()
    expect(page.locator(".terms .chip", has_text="gizmo")).to_have_count(0)
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator(".terms .chip", has_text="gizmo")).to_be_visible()
