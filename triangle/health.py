"""Two public pages for machines: does this process answer, and is all it needs there?"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from redis.backoff import NoBackoff
from redis.retry import Retry

from triangle import pulses

BROKER_TIMEOUT = 1.0  # seconds


@dataclass(frozen=True)
class Part:
    """One thing a page or a job needs; `detail` is for people and tells strangers nothing."""

    ok: bool
    detail: str


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    found = parts(now=timezone.now())
    ready = all(part.ok for part in found.values())
    return JsonResponse(
        {
            "status": "ok" if ready else "not ready",
            "parts": {name: asdict(part) for name, part in found.items()},
        },
        status=200 if ready else 503,
    )


def parts(*, now: datetime) -> dict[str, Part]:
    answers = {"database": database(connection), "broker": broker(settings.CELERY_BROKER_URL)}
    if answers["database"].ok:
        answers["migrations"] = migrations(connection)
    if answers["database"].ok and answers["migrations"].ok:
        answers["worker"] = worker(now=now)
    return answers


def database(wrapper: BaseDatabaseWrapper) -> Part:
    try:
        with wrapper.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return Part(False, "does not answer")
    return Part(True, "answers")


def migrations(wrapper: BaseDatabaseWrapper) -> Part:
    """Compares the files with the table; building the whole graph at each call would be dear."""
    applied = MigrationRecorder(wrapper).applied_migrations()
    missing = len(_on_disk() - set(applied))
    return Part(missing == 0, f"{missing} not applied")


@cache
def _on_disk() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations)


def broker(url: str) -> Part:
    if url.startswith("memory:"):
        return Part(True, "in this process")
    client = redis.Redis.from_url(
        url,
        socket_connect_timeout=BROKER_TIMEOUT,
        socket_timeout=BROKER_TIMEOUT,
        retry=Retry(NoBackoff(), 0),
    )
    try:
        client.ping()
    except redis.RedisError:
        return Part(False, "does not answer")
    finally:
        client.close()
    return Part(True, "answers")


def worker(*, now: datetime) -> Part:
    age = pulses.age_seconds(pulses.WORKER, now=now)
    if age is None:
        return Part(False, "never seen")
    return Part(age <= settings.STALE_AFTER_SECONDS, f"seen {age:.0f} seconds ago")
