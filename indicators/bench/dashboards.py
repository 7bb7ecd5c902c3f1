"""How long a manager waits for the dashboard under a filter."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from itertools import cycle
from random import Random
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import include, path, reverse
from django.utils import timezone

from indicators.bench import market, timing
from indicators.dashboard import dashboard, trend_period
from indicators.tallies.reader import Piece, read_pieces
from indicators.tallies.recount import asked_slots, drain_all
from partners.period_choice import PeriodChoice
from partners.scope import Scope
from triangle.models import Role, Setting, User

SMALL = 200_000  # ratings to compare with: more of them must not make it slower
EACH = 4  # filters of one kind
LIVE = 5  # readings without tallies: they are slow
LAST = date(2025, 12, 4)  # the last day of the facts
STORED = (
    *("", "service", "segment", "discipline", "service segment", "setting", "region", "partner"),
    *("manager", "portfolio"),
)
READ_LIVE = ("client", "partner setting", "portfolio setting")  # no tally keeps these apart

Filter = tuple[Scope, PeriodChoice]


def empty(request: HttpRequest) -> HttpResponse:
    return render(request, "base.html")


urlpatterns = [path("bench/empty/", empty), path("", include("triangle.urls"))]


def run(size: int) -> dict[str, Any]:
    """Ratios: plain aggregates against reads, all ratings against fewer, the page against an empty.

    A page is cold when nothing of it is kept, and warm again while the figures did not move.
    Criteria of a partner are read live, by the index of the partner.
    """
    market.fill(min(size, SMALL))
    fewer = reads()
    market.fill(size)
    more = reads()
    mixed = list(filters(*STORED))
    live = timing.middle(timing.once(partial(_read_live, *one)) for one in mixed[:LIVE])
    return {
        "ratings": size,
        "filters": len(mixed),
        "reads": more,
        f"reads_of_{min(size, SMALL)}": fewer,
        "p95_against_fewer": timing.ratio(more["p95_ms"], fewer["p95_ms"]),
        "plain_aggregates_ms": live,
        "plain_against_reads": timing.ratio(live, more["ms"]),
        "queries": sorted({_queries(*one) for one in mixed}),
        "by_filter": {kind or "none": _told(filters(kind)) for kind in STORED},
        "read_live": {kind: _told(filters(kind)) for kind in READ_LIVE},
        **_pages(mixed),
    }


def reads() -> dict[str, float]:
    """All that one page reads, under each of the mixed filters."""
    _told(filters("service", "setting"))  # nothing is measured while it is compiled
    return _told(filters(*STORED))


def filters(*kinds: str) -> Iterator[Filter]:
    """Of each kind some, over whole months and over days; always the same."""
    most = {
        "service": market.SERVICES,
        "segment": market.SEGMENTS,
        "discipline": market.DISCIPLINES,
        "region": market.REGIONS,
        "partner": market.PARTNERS,
        "client": market.CLIENTS,
        "manager": market.MANAGERS,
        "portfolio": market.MANAGERS,
    }
    present: dict[str, Sequence[int]] = {name: range(1, many + 1) for name, many in most.items()}
    present["setting"] = list(Setting.objects.order_by("pk").values_list("pk", flat=True))
    draw = Random(3)  # noqa: S311 (which filter is drawn decides nothing)
    for kind in kinds * EACH:
        drawn = {name: draw.choice(present[name]) for name in kind.split()}
        keys: Any = {name: (key,) for name, key in drawn.items()}
        if "portfolio" in drawn:
            keys["portfolio"] = drawn["portfolio"]
        last = LAST - timedelta(days=draw.randrange(400))
        first = last - timedelta(days=draw.choice([29, 89, 364, 729]))
        days = {"from": first.isoformat(), "to": last.isoformat()}
        yield Scope(**keys), PeriodChoice.from_query(days, today=LAST)


def visitor() -> Callable[[], object]:
    """Opens the page under the next filter, as often as it is called; nothing is kept."""
    browser = _quality_lead()
    addresses = cycle([_address(*one) for one in filters(*STORED)])

    def visit() -> None:
        cache.clear()
        _get(browser, next(addresses))

    return visit


def _told(chosen: Iterator[Filter]) -> dict[str, float]:
    durations = [timing.once(partial(_read, *one)) for one in chosen]
    return {"ms": timing.middle(durations), "p95_ms": timing.percentile(durations, 95)}


def _read(scope: Scope, choice: PeriodChoice) -> object:
    return dashboard(scope, choice, today=LAST)


def _queries(scope: Scope, choice: PeriodChoice) -> int:
    cache.clear()
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


def _pages(chosen: Sequence[Filter]) -> dict[str, float]:
    """Whole pages through the view, cold, warm and empty in turns."""
    browser = _quality_lead()
    drain_all(now=timezone.now())  # nothing is kept while a new name waits to be told
    cold, warm, nothing = list[float](), list[float](), list[float]()
    with override_settings(ROOT_URLCONF=__name__):
        _get(browser, _address(*chosen[0]))
        for one in chosen:
            cache.clear()
            for durations, url in (
                (cold, _address(*one)),
                (warm, _address(*one)),
                (nothing, "/bench/empty/"),
            ):
                durations.append(timing.once(partial(_get, browser, url)))
    made, kept, frame = map(timing.middle, (cold, warm, nothing))
    return {
        "page_cold_ms": made,
        "page_warm_ms": kept,
        "empty_page_ms": frame,
        "page_cold_requests_against_empty": timing.ratio(frame, made),
        "page_warm_requests_against_empty": timing.ratio(frame, kept),
    }


def _address(scope: Scope, choice: PeriodChoice) -> str:
    return f"{reverse('dashboard')}?{choice.as_query()}&{scope.as_query()}"


def _quality_lead() -> Browser:
    browser = Browser(SERVER_NAME="localhost")
    lead, _is_new = User.objects.get_or_create(
        email="lead@example.org", defaults={"role": Role.QUALITY_LEAD}
    )
    browser.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def _get(browser: Browser, url: str) -> None:
    status = browser.get(url, secure=True).status_code
    if status != 200:
        raise RuntimeError(f"{url} answered {status}")
