"""A scanner with a real browser: runs scripts, ticks boxes, presses buttons. It types nothing."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from feedback import ratings
from feedback.answering import drafts, nonces, on_site
from feedback.models import Draft, Invitation, Rating, Suppression
from tests.factories import InvitationFactory, PartnerFactory, UserFactory
from tests.scanner import links_of
from triangle import whys
from triangle.models import JournalEntry

WHY = "Julien came twenty minutes late."
TICK_ALL = """
  for (const input of document.querySelectorAll("input[type=radio], input[type=checkbox]"))
    input.click();
"""
BUTTONS = "button, input[type=submit]"
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def no_throttle():
    cache.clear()


@pytest.fixture
def machine(new_page, live_server):
    """Presses all that stands on an address, and on what comes back."""
    page, drafted = new_page(), []
    page.on("request", lambda one: drafted.append(one.url) if "/draft/" in one.url else None)

    def press(addresses) -> list[str]:
        for address in addresses:
            page.goto(f"{live_server.url}{address}")
            for number in range(page.locator(BUTTONS).count()):
                page.goto(f"{live_server.url}{address}")
                for _again in range(2):
                    page.evaluate(TICK_ALL)
                    if page.locator(BUTTONS).count() > number:
                        page.locator(BUTTONS).nth(number).click()
        return drafted

    return press


def invite(**fields) -> Invitation:
    now = timezone.now()
    state = {"status": "sent", "sent_at": now, "expires_at": now + timedelta(days=14)}
    return InvitationFactory(language="en", **{**state, **fields})


def state() -> list:
    models = (Rating, Draft, Suppression, Invitation, JournalEntry)
    return [list(model.objects.order_by("pk").values()) for model in models]


def begin(invitation):
    now = timezone.now()
    typed = {"score": ["9"], "why": [WHY], "nonce": [nonces.issue(invitation, now=now)]}
    drafts.keep(invitation, MultiValueDict(typed), now=now)


def answer(invitation):
    ratings.answer(invitation, score=4, why=WHY, now=timezone.now())


@pytest.mark.parametrize("person", [bool, begin, answer])
def test_nothing_moves_on_the_links_of_a_mail(machine, person):
    invitation = invite()
    person(invitation)
    before = state()
    links = links_of(Invitation.objects.for_mail().get(), now=timezone.now())
    assert machine(links) == []
    assert state() == before


def test_nothing_moves_on_the_change_page(machine):
    invitation = invite()
    answer(invitation)
    before = state()
    machine([reverse("answer-change", args=[invitation.token])])
    assert state() == before


def test_nobody_is_called_who_came_too_late(machine):
    invitation = invite(expires_at=timezone.now())
    before = state()
    machine([reverse("answer-score", args=[invitation.token, 4])])
    assert state() == before


def test_nothing_moves_on_a_link_shown_on_site(machine):
    now = timezone.now()
    invitation = invite(
        intervention__partner=PartnerFactory(account=UserFactory(role="partner")),
        intervention__scheduled_at=now - timedelta(hours=1),
    )
    intervention = invitation.intervention
    shown = on_site.show(intervention, by=intervention.partner.account, now=now)
    before = state()
    machine([reverse("short-link", args=[on_site.code(shown)])])
    assert state() == before


def test_nobody_is_unsubscribed_by_ticking_and_pressing(machine):
    machine([reverse("opt-out", args=[invite().opt_out_token])])
    assert not Suppression.objects.exists()


def test_with_the_why_made_optional_it_gets_in(machine, monkeypatch):
    """So the tests above can fail."""
    invitation = invite()
    monkeypatch.setattr(whys, "explanation", lambda text, **_: text)
    monkeypatch.setattr(ratings, "_explanation", lambda _why, _not_these: "nothing was said")
    machine([reverse("answer-score", args=[invitation.token, 4])])
    assert Rating.objects.get().why == "nothing was said"
