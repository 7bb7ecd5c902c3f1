"""The partner's phone: a code to show, and what clients said."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from feedback.answering import on_site
from feedback.models import Invitation, Rating
from tests.factories import (
    DebriefFactory,
    InterventionFactory,
    PartnerFactory,
    RatingFactory,
    UserFactory,
)

WHY = "Julien came twenty minutes late and the room was not ready."
LANGUAGES = ["en", "fr"]
SMALL = {"width": 360, "height": 740}
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def partner():
    return PartnerFactory(account=UserFactory(role="partner"))


@pytest.fixture
def intervention(partner):
    return InterventionFactory(
        partner=partner,
        completed=True,
        scheduled_at=timezone.now() - timedelta(minutes=90),
        contact__language="en",
    )


@pytest.fixture
def open_page(new_page, sign_in, live_server, partner):
    def open_it(name, *keys, lang="en", **options):
        page = new_page(viewport=SMALL, locale=lang, **options)
        sign_in(page, partner.account)
        page.goto(f"{live_server.url}{reverse(name, args=keys)}")
        return page

    return open_it


def test_from_the_code_on_one_phone_to_the_answer_on_the_other(
    open_page, new_page, intervention, live_server
):
    partners = open_page("my-intervention", intervention.pk, java_script_enabled=False)
    partners.get_by_role("link", name="Let the client answer here").click()
    partners.get_by_role("button", name="Show the code").click()
    assert partners.locator(".code img").bounding_box()["width"] > 250
    code = partners.locator(".code-address").inner_text().rpartition("/")[2]
    assert code == on_site.code(Invitation.objects.get())
    clients = new_page(java_script_enabled=False)
    clients.goto(f"{live_server.url}/q/{code}/?lang=en")
    clients.locator(".score:has([value='4'])").click()
    clients.fill("textarea", WHY)
    clients.locator(".send").click()
    assert "your answer has arrived" in clients.inner_text("main")
    assert (Rating.objects.get().source, Rating.objects.get().why) == ("on_site", WHY)
    partners.reload()
    assert WHY not in partners.content()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_axe_finds_nothing_serious_and_nothing_scrolls_sideways(
    open_page, intervention, partner, serious, lang
):
    for number in range(6):
        rating = RatingFactory(
            intervention__partner=partner, confidentiality="named" if number == 5 else "company"
        )
        DebriefFactory(intervention=rating.intervention)
    found = {}
    page = open_page("on-site", intervention.pk, lang=lang)
    found["offer"] = serious(page)
    page.locator("main button").click()
    found["code"] = [*serious(page), page.evaluate("document.documentElement.scrollWidth")]
    page = open_page("my-returns", lang=lang)
    assert page.locator("html").get_attribute("lang") == lang
    assert page.locator("blockquote").count() == 6
    found["returns"] = [*serious(page), page.evaluate("document.documentElement.scrollWidth")]
    assert found == {"offer": [], "code": [360], "returns": [360]}
