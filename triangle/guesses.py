"""Who opens too many links that do not exist is no longer answered from the database.

A cache that is away counts nothing and stops nobody: no answer may be lost because of it.
"""

from __future__ import annotations

from contextlib import suppress

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from triangle.addresses import client_address

MOST = 30  # unknown links from one address
WITHIN_SECONDS = 600


def note(request: HttpRequest) -> None:
    """One more unknown link from this address."""
    key = _key(request)
    with suppress(Exception):
        cache.add(key, 0, WITHIN_SECONDS)
        cache.incr(key)


def are_too_many(request: HttpRequest) -> bool:
    with suppress(Exception):
        return bool(cache.get(_key(request), 0) >= MOST)
    return False


def _key(request: HttpRequest) -> str:
    digest = salted_hmac("triangle.guesses", client_address(request), secret=settings.LINK_KEY)
    return f"guesses:{digest.hexdigest()}"
