"""Until both are in, neither sees anything of the other, not even that there is something."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.test import Client as Browser
from django.urls import NoReverseMatch, get_resolver, reverse
from django.urls.resolvers import URLPattern, URLResolver

from feedback import invitations, ratings
from feedback.models import Invitation
from feedback.sending import deliveries
from partners import interventions
from tests.api import call, secret_of
from tests.factories import (
    NOON,
    DebriefFactory,
    InterventionFactory,
    InvitationFactory,
    PartnerFactory,
    RatingFactory,
    UserFactory,
)
from triangle.models import User

NOW = NOON + timedelta(hours=3)
WHY = "Twenty minutes late, and quite rude."
DEBRIEF = "Nobody at the reception knew my name."
# Numbers against forgery, nonces of scripts, codes
CHANGING = re.compile(r'\w{64}|nonce(=|" value=)"[^"]+"|src="data:[^"]+"|/q/[\w-]+')
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_now():
    cache.clear()
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def partner():
    return PartnerFactory(account=UserFactory(role="partner"), language="en")


@pytest.fixture
def done(partner):
    """Completed today, the client mailed, nobody heard yet; four released ones stand before."""
    for _ in range(4):
        old = RatingFactory(intervention__partner=partner, confidentiality="named")
        DebriefFactory(intervention=old.intervention)
    intervention = interventions.complete(InterventionFactory(partner=partner), now=NOON)
    InvitationFactory(intervention=intervention, sent=True, language="en")
    return intervention


def every_address(done):
    """Each named address of the product, about this partner, client and intervention."""
    keys = {"pk": done.pk, "slug": "x", "act": "start", "path": "x", "format": "json"}
    tokens_of = {
        "partner-link": done.debrief_request.token,
        "answer": "A" * 32,
    }
    for name, parameters in named_patterns(get_resolver().url_patterns):
        values = {one: tokens_of.get(name, keys.get(one, "x")) for one in parameters}
        for pk in {done.pk, done.client_id, done.partner_id}:
            try:
                yield reverse(name, kwargs={**values, **({"pk": pk} if "pk" in values else {})})
            except NoReverseMatch:
                continue


def named_patterns(patterns, namespace=""):
    for one in patterns:
        if isinstance(one, URLResolver):
            inner = f"{namespace}{one.namespace}:" if one.namespace else namespace
            yield from named_patterns(one.url_patterns, inner)
        elif isinstance(one, URLPattern) and one.name:
            yield (
                f"{namespace}{one.name}",
                list(one.pattern.converters or one.pattern.regex.groupindex),
            )


def seen_by(browser, addresses) -> dict[str, tuple[int, str]]:
    pages = {}
    for address in addresses:
        cache.clear()  # nobody is held back for opening links that do not exist
        answer = browser.get(address)
        text = "" if answer.streaming else answer.content.decode(errors="replace")
        pages[address] = (answer.status_code, CHANGING.sub("", text))
    return pages


def steady(browser, done) -> list[str]:
    """Those that say the same when asked twice; a new secret for an authenticator does not."""
    addresses = sorted(set(every_address(done)) - {reverse("account_logout")})
    first, second = seen_by(browser, addresses), seen_by(browser, addresses)
    changing = [address for address in addresses if first[address] != second[address]]
    assert {address.split("/")[1] for address in changing} <= {"accounts"}
    return [address for address in addresses if address not in changing]


def test_no_page_of_the_partner_changes_when_the_client_answers(client, partner, done):
    client.force_login(partner.account)
    addresses = steady(client, done)
    before = seen_by(client, addresses)
    opened = [address for address, (status, _) in before.items() if status == 200]
    assert {reverse("my-interventions"), reverse("my-returns")} < set(opened)
    assert f"/p/{done.debrief_request.token}/" in opened
    ratings.answer(Invitation.objects.get(intervention=done), score=2, why=WHY, now=NOW)
    after = seen_by(client, addresses)
    assert [address for address in addresses if before[address] != after[address]] == []
    assert [address for address, (_, text) in after.items() if WHY in text] == []


def test_the_same_walk_sees_the_answer_once_it_is_released(client, partner, done):
    """So the test above can fail."""
    client.force_login(partner.account)
    addresses = steady(client, done)
    before = seen_by(client, addresses)
    invitation = Invitation.objects.get(intervention=done)
    ratings.answer(invitation, score=2, why=WHY, confidentiality="named", now=NOW)
    DebriefFactory(intervention=done, why=DEBRIEF)
    after = seen_by(client, addresses)
    assert reverse("my-returns") in [one for one in addresses if before[one] != after[one]]
    assert [address for address, (_, text) in after.items() if WHY in text] == [
        reverse("my-returns")
    ]


@pytest.mark.parametrize("name", ["api-rating-list", "api-intervention-list"])
def test_a_token_of_the_partner_tells_nothing_of_it(client, partner, done, name):
    """Tokens are for the office; one made before its owner became a partner reads nothing."""
    partner.account.role = "quality_lead"
    secret = secret_of(partner.account)
    User.objects.filter(pk=partner.account.pk).update(role="partner")
    before = call(client, secret, reverse(name)).content
    ratings.answer(Invitation.objects.get(intervention=done), score=2, why=WHY, now=NOW)
    assert call(client, secret, reverse(name)).content == before


def test_no_mail_tells_the_partner(partner, done, always_open, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    ratings.answer(Invitation.objects.get(intervention=done), score=2, why=WHY, now=NOW)
    invitations.open_due(now=NOW)
    deliveries.send_due(now=NOW)
    invitations.expire(now=NOW)
    assert [message.to for message in mail.outbox if partner.account.email in str(message.to)] == []
    assert WHY not in "".join(message.as_string() for message in mail.outbox)


def test_no_page_of_the_client_changes_when_the_partner_debriefs(done):
    invitation = Invitation.objects.get(intervention=done)
    addresses = [
        f"{reverse('answer', args=[invitation.token])}{page}"
        for page in ("", "9/", "thanks/", "change/", "contact/")
    ] + [reverse("opt-out", args=[invitation.opt_out_token])]

    def walk():
        return seen_by(Browser(), addresses)

    before = walk()
    DebriefFactory(intervention=done, why=DEBRIEF)
    assert walk() == before
    ratings.answer(invitation, score=2, why=WHY, now=NOW)
    assert DEBRIEF not in str(walk())
