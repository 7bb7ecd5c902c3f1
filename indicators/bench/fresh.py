"""How long an answer takes from its commit to the dashboard's figure."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from time import monotonic, sleep
from typing import Any

from django.utils import timezone

from feedback.models import Rating
from indicators.bench import children, market, timing
from indicators.figures import figures
from indicators.models import Touched
from partners.scope import Scope
from triangle.periods import Period, local_day, next_month

ANSWERS = 1_000
PER_SECOND = 100
LOOKS_EVERY = 0.02  # seconds between two looks of the reader, who must not be the load
PATIENCE = 120  # seconds after the last answer
WORKER = ("-m", "celery", "-A", "triangle", "worker", "-Q", "mail,indicators,imports", "-c", "2")
BEAT = ("-m", "celery", "-A", "triangle", "beat")

Look = tuple[float, int]  # when, and how many answers the figure held


def run(size: int) -> dict[str, Any]:
    """Lag of each answer in milliseconds; goals: p95 of 250 with Redis, of 2,000 in one process.

    The reader asks for the dashboard's own figures again and again. With Redis there are a worker
    and beat of production beside the process that answers; in one process the jobs are its threads.
    """
    market.fill(size)
    many = min(size, ANSWERS)
    market.ask(2 * many)
    found: dict[str, Any] = {"ratings": size, "one_process": _measured(0, many, with_jobs=True)}
    with children.redis() as address, ExitStack() as stack:
        if not address:
            return {**found, "redis": "not measured: there is no redis-server on this machine"}
        for job in (WORKER, BEAT):
            stack.enter_context(children.child(*job, talks=False, redis_url=address))
        return {**found, "redis": _measured(many, many, with_jobs=False, redis_url=address)}


def _measured(skipped: int, many: int, *, with_jobs: bool, redis_url: str = "") -> dict[str, float]:
    command = children.running("paced", skipped, many, PER_SECOND, with_jobs)
    with children.child(*command, redis_url=redis_url) as process, ThreadPoolExecutor(1) as pool:
        children.hear(process)
        _wait_for_a_worker()
        before, looks = _answers(), list[Look]()
        children.tell(process)
        heard = pool.submit(children.hear, process)
        patience = monotonic() + many / PER_SECOND + PATIENCE
        while not looks or (looks[-1][1] < many and monotonic() < patience):
            counted = _answers() - before
            looks.append((monotonic(), counted))
            sleep(LOOKS_EVERY)
        committed = [float(at) for at in heard.result(PATIENCE).split()]
    lags = _lags(committed, looks)
    return {
        "answers": len(committed),
        "seen": len(lags),
        "answers_per_second": round((len(committed) - 1) / (committed[-1] - committed[0]), 1),
        "looks": len(looks),
        "lag_ms": timing.middle(lags),
        "lag_p95_ms": timing.percentile(lags, 95),
    }


def _answers() -> int:
    """As the tile of the dashboard counts them, this month and the next."""
    today = local_day(timezone.now())
    return figures(Scope(), Period(today.replace(day=1), next_month(today))).nps_all.n


def _wait_for_a_worker() -> None:
    """Until somebody drains: a touched cell is gone."""
    rating = Rating.objects.order_by("pk")[0]
    Rating.objects.filter(pk=rating.pk).update(score=10 - rating.score)
    patience = monotonic() + PATIENCE
    while Touched.objects.exists():
        if monotonic() > patience:
            raise RuntimeError("no worker counts")
        sleep(0.05)


def _lags(committed: list[float], looks: list[Look]) -> list[float]:
    """From each commit to the end of the first look that held it; none if no look did."""
    lags, place = [], 0
    for at, counted in looks:
        for commit in committed[place:counted]:
            lags.append(max(0.0, (at - commit) * 1000))
        place = max(place, counted)
    return lags
