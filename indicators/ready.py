"""What was made once of the figures, kept until they move.

The key holds the version of the tallies of this database, and the minute that stands under the
figures as "counted until". While something shown beside them has changed and no drain has told so
yet, nothing is kept and nothing kept is used. A cache that is away keeps nothing, and stops nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import TypeVar

import structlog
from django.core.cache import cache
from django.db import connection
from django.db.models import Exists
from django.utils.translation import get_language

from indicators.models import Amendment, TallyState

SECONDS = 600
Made = TypeVar("Made")
log = structlog.get_logger(__name__)


def kept(part: str, *asked: object, make: Callable[[], Made]) -> Made:
    """What `make` gives, made once for what was asked, told by its `repr`; one query."""
    key = _key(part, asked)
    if key is None:
        return make()
    found: Made | None = None
    with _lenient(part):
        found = cache.get(key)
    if found is None:
        found = make()
        with _lenient(part):
            cache.set(key, found, SECONDS)
    return found


def _key(part: str, asked: tuple[object, ...]) -> str | None:
    is_amended = Exists(Amendment.objects.all())
    state = TallyState.objects.filter(pk=1).values_list("version", "counted_at", is_amended).first()
    if state is None:
        return None
    version, counted_at, is_amended = state
    if is_amended or counted_at is None:
        return None
    database = connection.settings_dict["NAME"]
    told = repr((database, version, f"{counted_at:%Y-%m-%dT%H:%M}", get_language(), asked))
    return f"{part}:{sha256(told.encode()).hexdigest()}"


@contextmanager
def _lenient(part: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # each backend has its own
        log.warning("nothing_kept", part=part, error=type(error).__name__)
