"""The pages managers live in, with many interventions, against the login page."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import Model, QuerySet
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clients.models import Client
from feedback.models import Rating
from indicators.bench import market, timing
from indicators.tallies.recount import drain_all
from partners.models import Intervention, Partner
from triangle.models import Role, User
from triangle.periods import local_day

VISITS = 40  # of each page
MANAGER = 1
PLANNED = 200  # interventions of the next days
UNREAD = 500  # answers of the last days
LISTS = ("interventions", "clients", "partners", "answers", "invitations", "ahead")
GOAL = 3  # times the login page


def run(size: int) -> dict[str, Any]:
    """Ratio: p95 of each page against that of the login page; queries at a tenth of the rows too.

    A manager looks, who sees a sixth of the clients; nothing is kept in the cache.
    """
    market.fill(max(1, size // 10))
    _plan(now=timezone.now())
    browser = _manager()
    few = {name: _queries(browser, url) for name, url in _addresses().items()}
    market.fill(size)
    pages = _addresses()
    many = {name: _queries(browser, url) for name, url in pages.items()}
    login = _visits(Browser(SERVER_NAME="localhost"), reverse("account_login"))
    found = {name: {**_visits(browser, url), "queries": many[name]} for name, url in pages.items()}
    for one in found.values():
        one["p95_against_login"] = timing.ratio(one["p95_ms"], login["p95_ms"])
    return {
        "interventions": size,
        "login": login,
        "pages": found,
        "above_goal": [name for name, one in found.items() if one["p95_against_login"] >= GOAL],
        "queries_grow": {n: [few[n], many[n]] for n in pages if few[n] != many[n]},
    }


def _addresses() -> dict[str, str]:
    """By name: what waits, the lists, what shows one, and what was looked for."""
    mine = Client.objects.filter(manager=MANAGER)
    done = Intervention.objects.completed().filter(client__in=mine)
    return {
        "today": reverse("today"),
        **{name: reverse(name) for name in LISTS},
        "answers, page 20": f"{reverse('answers')}?page=20",
        "client": reverse("client", args=[_first(mine)]),
        "partner": reverse("partner", args=[_first(Partner.objects.all())]),
        "intervention": reverse("intervention", args=[_first(done)]),
        "participation": reverse("participation"),
        "search": f"{reverse('search')}?q=client-12",
    }


def _first(rows: QuerySet[Any]) -> int:
    found: Model = rows.order_by("pk")[0]
    return int(found.pk)


def _plan(*, now: datetime) -> None:
    """What a morning brings, besides five years that are over."""
    market.ask(UNREAD)
    market.answer(1, UNREAD)
    first = market.EXTRA + UNREAD + 1
    planned = {"status": "'confirmed'", "cancelled_by": "''", "completed_at": "NULL"}
    market.write(Intervention, first, first + PLANNED - 1, **planned, completed_on="NULL")
    yesterday, tomorrow = now - timedelta(days=1), now + timedelta(days=1)
    Rating.objects.filter(pk__gt=market.EXTRA).update(
        answered_at=yesterday, answered_on=local_day(yesterday)
    )
    Intervention.objects.filter(pk__gte=first).update(
        scheduled_at=tomorrow, scheduled_on=local_day(tomorrow)
    )
    drain_all(now=now)


def _manager() -> Browser:
    user = User.objects.get(pk=MANAGER)
    user.role = Role.MANAGER
    user.save()
    browser = Browser(SERVER_NAME="localhost")
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def _visits(browser: Browser, url: str) -> dict[str, Any]:
    durations = [timing.once(partial(_get, browser, url)) for _visit in range(VISITS + 2)][2:]
    return {"ms": timing.middle(durations), "p95_ms": timing.percentile(durations, 95)}


def _queries(browser: Browser, url: str) -> int:
    """Of the second visit: the first one may load what stays."""
    _get(browser, url)
    with CaptureQueriesContext(connection) as caught:
        _get(browser, url)
    return len(caught)


def _get(browser: Browser, url: str) -> None:
    cache.clear()
    status = browser.get(url, secure=True).status_code
    if status != 200:
        raise RuntimeError(f"{url} answered {status}")
