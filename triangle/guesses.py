"""Who opens too many links that do not exist is no longer answered from the database."""

from __future__ import annotations

from django.http import HttpRequest

from triangle.addresses import client_address
from triangle.floods import Limit

MOST = 30  # unknown links from one address
WITHIN_SECONDS = 600
LIMIT = Limit("guesses", most=MOST, within_seconds=WITHIN_SECONDS)


def note(request: HttpRequest) -> None:
    """One more unknown link from this address."""
    LIMIT.count(client_address(request))


def are_too_many(request: HttpRequest) -> bool:
    return LIMIT.is_reached(client_address(request))
