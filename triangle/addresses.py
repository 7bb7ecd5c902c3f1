"""From which network address a request came, past the proxies that are ours."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Only what our own proxies wrote is believed: the last `NUM_PROXIES` of the header."""
    direct: str = request.META.get("REMOTE_ADDR", "")
    written = request.META.get("HTTP_X_FORWARDED_FOR", "")
    hops = [hop.strip() for hop in written.split(",") if hop.strip()]
    if not settings.NUM_PROXIES or not hops:
        return direct
    last_ours: str = hops[-min(settings.NUM_PROXIES, len(hops))]
    return last_ours
