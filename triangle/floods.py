"""How often something was done lately, counted in the cache, to hold back what no person does.

A cache that is away counts nothing and stops nobody: no answer may be lost because of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.core.cache import cache
from django.utils.crypto import salted_hmac

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Limit:
    name: str
    most: int
    within_seconds: int

    def count(self, whose: str) -> None:
        """One more."""
        key = self._key(whose)
        with self._lenient():
            cache.add(key, 0, self.within_seconds)
            cache.incr(key)

    def is_reached(self, whose: str) -> bool:
        with self._lenient():
            return bool(cache.get(self._key(whose), 0) >= self.most)
        return False

    @contextmanager
    def _lenient(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # each backend has its own
            log.warning("limit_not_counted", limit=self.name, error=type(error).__name__)

    def _key(self, whose: str) -> str:
        digest = salted_hmac(f"triangle.{self.name}", whose, secret=settings.LINK_KEY)
        return f"{self.name}:{digest.hexdigest()}"
