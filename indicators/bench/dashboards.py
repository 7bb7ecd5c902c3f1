"""How long a manager waits for the dashboard under a filter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from random import Random
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import include, path, reverse

from indicators.bench import market, timing
from indicators.dashboard import dashboard, trend_period
from indicators.reader import Piece, read_pieces
from indicators.recount import asked_slots
from partners.period_choice import PeriodChoice
from partners.scope import Scope
from triangle.models import Role, User

FILTERS = 40
LIVE = 5  # readings without tallies: they are slow
LAST = date(2025, 12, 4)  # the last day of the facts


def empty(request: HttpRequest) -> HttpResponse:
    return render(request, "base.html")


urlpatterns = [path("bench/empty/", empty), path("", include("triangle.urls"))]


def run(size: int) -> dict[str, Any]:
    """Ratios: plain aggregates against tallies, the page against an empty one with its frame."""
    market.fill(size)
    chosen = list(_filters())
    reads = [timing.once(partial(_read, *one)) for one in [*chosen[:3], *chosen]][3:]
    queries = {_queries(*one) for one in chosen}
    live = [timing.once(partial(_read_live, *one)) for one in chosen[:LIVE]]
    plain, read = timing.middle(live), timing.middle(reads)
    page, nothing = _pages(chosen)
    return {
        "ratings": size,
        "filters": len(chosen),
        "reads_ms": read,
        "reads_p95_ms": timing.percentile(reads, 95),
        "queries": sorted(queries),
        "plain_aggregates_ms": plain,
        "plain_against_reads": timing.ratio(plain, read),
        "page_ms": page,
        "empty_page_ms": nothing,
        "page_requests_against_empty": timing.ratio(nothing, page),
    }


def _filters() -> Iterator[tuple[Scope, PeriodChoice]]:
    """What tallies serve, alone and combined, over whole months and over days."""
    draw = Random(3)  # noqa: S311 (which filter is drawn decides nothing)
    for _ in range(FILTERS):
        kinds = draw.choice(
            [(), ("service",), ("segment",), ("discipline",), ("service", "segment")]
        )
        most = {
            "service": market.SERVICES,
            "segment": market.SEGMENTS,
            "discipline": market.DISCIPLINES,
        }
        keys: Any = {kind: (draw.randint(1, most[kind]),) for kind in kinds}
        scope = Scope(**keys)
        last = LAST - timedelta(days=draw.randrange(400))
        first = last - timedelta(days=draw.choice([29, 89, 364, 729]))
        days = {"from": first.isoformat(), "to": last.isoformat()}
        yield scope, PeriodChoice.from_query(days, today=LAST)


def _read(scope: Scope, choice: PeriodChoice) -> object:
    return dashboard(scope, choice, today=LAST)


def _queries(scope: Scope, choice: PeriodChoice) -> int:
    with CaptureQueriesContext(connection) as caught:
        _read(scope, choice)
    return len(caught)


def _read_live(scope: Scope, choice: PeriodChoice) -> None:
    """The same three readings as plain Django aggregates over the facts, criteria as columns."""
    slots = asked_slots()
    trend = trend_period(choice.period, today=LAST)
    pieces = [
        Piece(None, choice.period),
        Piece(None, choice.period.before()),
        Piece(None, trend, "month"),
    ]
    read_pieces(scope, pieces, slots=slots)


def _pages(chosen: list[tuple[Scope, PeriodChoice]]) -> tuple[float, float]:
    browser = Browser(SERVER_NAME="localhost")
    lead = User.objects.create_user("lead@example.org", role=Role.QUALITY_LEAD)
    with override_settings(ROOT_URLCONF=__name__):
        browser.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")
        address = reverse("dashboard")
        pages = [f"{address}?{choice.as_query()}&{scope.as_query()}" for scope, choice in chosen]
        durations = [timing.once(partial(_get, browser, url)) for url in [pages[0], *pages]]
        nothing = timing.runs(lambda: _get(browser, "/bench/empty/"), FILTERS)
    return timing.middle(durations[1:]), nothing


def _get(browser: Browser, url: str) -> None:
    status = browser.get(url, secure=True).status_code
    if status != 200:
        raise RuntimeError(f"{url} answered {status}")
