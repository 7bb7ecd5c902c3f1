"""A worker that stopped: within five minutes each page that counts says so."""

from datetime import timedelta

import pytest
from django.conf import settings as project
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from indicators.tallies.recount import drain_all
from tests.factories import RatingFactory, UserFactory
from tests.indicators.test_closing import AFTER_MARCH
from triangle import pulses
from triangle.models import Role
from triangle.settings import FRAME_PROVIDERS

pytestmark = pytest.mark.django_db

BANNER = "Figures are not being refreshed."
READ_LIVE = {  # forms and lists of rows: what they show is never older than the page; frozen months
    *("ahead", "answers", "clients", "client-new", "import", "interventions", "invitations"),
    *("partners", "partner-new", "pulse-results", "quotes", "search", "suppressions"),
    *("survey-pace", "surveys", "themes", "themes-progress", "closed-months", "targets"),
}
COUNTING = {
    *("dashboard", "partner-board", "drivers", "comparison", "notice", "repeat", "symmetry"),
    *("participation", "alerts", "today", "jobs"),
}
OTHER_DOORS = ("admin:", "account_", "mfa_", "socialaccount_", "api")


def names(resolver=None, prefix=""):
    """Names of all addresses that need nothing but themselves."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            space = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from names(pattern, space)
        elif pattern.name and not pattern.pattern.converters:
            yield f"{prefix}{pattern.name}"


@pytest.fixture
def browser(client, settings):
    settings.FRAME_PROVIDERS = FRAME_PROVIDERS
    client.force_login(UserFactory(role=Role.QUALITY_LEAD))
    return client


@pytest.fixture
def rating():
    rating = RatingFactory()
    drain_all(now=AFTER_MARCH)
    return rating


def stop_the_worker(*, minutes):
    pulses.mark(pulses.WORKER, now=timezone.now() - timedelta(minutes=minutes))


def pages(browser):
    """Whole pages of the back office by name of their address."""
    for name in sorted(set(names())):
        if name.startswith(OTHER_DOORS):
            continue
        answer = browser.get(reverse(name), follow=True)
        html = answer.content.decode(errors="replace") if not answer.streaming else ""
        if answer.status_code == 200 and 'id="main"' in html and 'class="frame"' in html:
            yield name, html


def test_each_page_that_counts_says_so(browser, rating):
    stop_the_worker(minutes=5)
    shown = {name: BANNER in html for name, html in pages(browser)}
    told = {name for name, is_told in shown.items() if is_told}
    assert told >= COUNTING
    assert shown.keys() - told - READ_LIVE == set()  # a new page belongs to one of the two


def test_none_says_so_while_the_worker_lives(browser, rating):
    stop_the_worker(minutes=0)
    assert [name for name, html in pages(browser) if BANNER in html] == []


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("client", lambda rating: rating.client_id),
        ("partner", lambda rating: rating.partner_id),
        ("rows", lambda _rating: "explained"),
    ],
)
def test_the_page_of_one_thing_says_so_too(browser, rating, name, key):
    stop_the_worker(minutes=5)
    assert BANNER in browser.get(reverse(name, args=[key(rating)])).content.decode()


def test_five_minutes_is_the_longest_anybody_waits():
    assert project.STALE_AFTER_SECONDS <= 5 * 60
