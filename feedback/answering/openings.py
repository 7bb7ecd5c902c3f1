"""The append-only log of who opened a personal link, which is all that opening one may write."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F
from django.utils.crypto import salted_hmac

from feedback.models import Invitation, LinkOpening

ROWS_PER_HOUR = 60  # of one invitation: a scanner opens eleven links, a flood fills no table
KEPT = timedelta(days=30)
MANY = 4  # of one mail, from one address, within LATELY: more than a person opens
LATELY = timedelta(minutes=10)


def note(
    invitation: Invitation, *, method: str, address: str, now: datetime, suspicion: str = ""
) -> None:
    recent = LinkOpening.objects.filter(invitation=invitation, at__gt=now - timedelta(hours=1))
    if recent.count() < ROWS_PER_HOUR:
        LinkOpening.objects.create(
            invitation=invitation,
            at=now,
            method=method,
            address_hash=address_hash(address),
            suspicion=suspicion,
        )


def are_many(invitation: Invitation, *, address: str, now: datetime) -> bool:
    """Whether this address has just opened more of our links than a person would."""
    recent = LinkOpening.objects.filter(
        invitation=invitation, address_hash=address_hash(address), at__gt=now - LATELY
    )
    return recent.count() >= MANY


def late_clicks(invitation: Invitation) -> int:
    """How often the link was opened after its end."""
    return LinkOpening.objects.filter(
        invitation=invitation, method="GET", at__gte=F("invitation__expires_at")
    ).count()


def forget_old(*, now: datetime) -> int:
    """Drop what is older than we may keep it; how many rows."""
    return LinkOpening.objects.filter(at__lt=now - KEPT).delete()[0]


def address_hash(address: str) -> str:
    return salted_hmac(
        "feedback.answering.openings", address, secret=settings.LINK_KEY, algorithm="sha256"
    ).hexdigest()
