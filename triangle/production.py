"""What is unfit for strangers: production refuses to start and names each weak setting.

Loading `triangle.wsgi` (gunicorn) is production. A `celery` worker or beat is production when DEBUG
is off. The embedded server of `manage.py demo` and the tests are not.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.core.exceptions import ImproperlyConfigured

SHORTEST_KEY = 50  # characters
SHORTEST_SECRET = 24  # characters
MAIL_THAT_STAYS_HERE = ("console", "filebased", "locmem", "dummy")
HERE = {"localhost", "127.0.0.1", "::1", ""}


def weaknesses(environ: Mapping[str, str] = os.environ) -> list[str]:
    """One sentence for each weak setting, beginning with its name; empty when all is well."""
    return [*_secrets(), *_addresses(environ), *_mail(), *_servers(environ)]


def refuse_if_weak() -> None:
    if found := weaknesses():
        raise ImproperlyConfigured(_refusal(found))


def exit_if_weak(**_signal: Any) -> None:
    """Called when a worker or beat starts; Celery swallows any other exception of a receiver."""
    if not settings.DEBUG and (found := weaknesses()):
        sys.exit(_refusal(found))


def _refusal(found: list[str]) -> str:
    return "Production refuses to start:\n" + "\n".join(f"- {line}" for line in found)


@register(Tags.security, deploy=True)
def check_production(**_options: Any) -> list[Error]:
    return [Error(line, id="triangle.E001") for line in weaknesses()]


def _secrets() -> Iterator[str]:
    if settings.DEBUG:
        yield "DEBUG is on; set DEBUG=0"
    for name in ("SECRET_KEY", "LINK_KEY"):
        key = getattr(settings, name)
        if not key:
            yield f"{name} is missing"
        elif "example" in key:
            yield f"{name} is the example of the documentation"
        elif len(key) < SHORTEST_KEY:
            yield f"{name} is shorter than {SHORTEST_KEY} characters"
    if settings.SECRET_KEY and settings.SECRET_KEY == settings.LINK_KEY:
        yield "LINK_KEY equals SECRET_KEY; each needs its own"


def _addresses(environ: Mapping[str, str]) -> Iterator[str]:
    if not settings.ALLOWED_HOSTS:
        yield "ALLOWED_HOSTS is empty"
    if any(host.startswith("*") for host in settings.ALLOWED_HOSTS):
        yield "ALLOWED_HOSTS allows every host"
    base = urlsplit(settings.PUBLIC_BASE_URL)
    if base.scheme != "https" or (base.hostname or "") in HERE:
        yield "PUBLIC_BASE_URL is not the public https address"
    if "NUM_PROXIES" not in environ:
        yield "NUM_PROXIES is missing; say how many proxies stand in front, 0 when none"


def _mail() -> Iterator[str]:
    if settings.EMAIL_BACKEND.split(".")[-2] in MAIL_THAT_STAYS_HERE:
        yield "EMAIL_URL is missing or sends no mail out of this machine"
    if not settings.EMAIL_TIMEOUT:
        yield "EMAIL_TIMEOUT is missing; a hung mail server would stop the worker"
    secret = str(settings.ANYMAIL.get("WEBHOOK_SECRET", ":" * SHORTEST_SECRET))
    if ":" not in secret or len(secret) < SHORTEST_SECRET:
        yield f"ANYMAIL_WEBHOOK_SECRET is not user:password of {SHORTEST_SECRET} characters"


def _servers(environ: Mapping[str, str]) -> Iterator[str]:
    if settings.CELERY_BROKER_URL.startswith("memory:"):
        yield "REDIS_URL is missing; memory:// reaches no other process"
    if "locmem" in settings.CACHES["default"]["BACKEND"]:
        yield "CACHE_URL is missing; rate limits need a cache all processes share"
    is_sqlite = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
    if is_sqlite and environ.get("ALLOW_SQLITE") != "1":
        yield "DATABASE_URL is SQLite; set ALLOW_SQLITE=1 when that is the wish"
