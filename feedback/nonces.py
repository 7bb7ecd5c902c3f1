"""The one-time number of a rendered answer page: proof that the page was ours, for this invitation.

Nothing is stored when a page is shown: the number is signed, and only the one that brought an
answer is kept, hashed, with the rating. It also stands in for the CSRF cookie, which phones lose.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer

from feedback.models import Invitation

VALID = timedelta(days=7)


def issue(invitation: Invitation, *, now: datetime) -> str:
    return _signer(invitation).sign(f"{secrets.token_urlsafe(12)}.{int(now.timestamp())}")


def is_valid(nonce: str, invitation: Invitation, *, now: datetime) -> bool:
    try:
        value = _signer(invitation).unsign(nonce)
    except BadSignature:
        return False
    issued_at = int(value.rpartition(".")[2])
    return now.timestamp() - issued_at <= VALID.total_seconds()


def digest(nonce: str) -> str:
    """What is stored with the answer: 64 hexadecimal characters."""
    return hashlib.sha256(nonce.encode()).hexdigest()


def _signer(invitation: Invitation) -> Signer:
    return Signer(key=settings.LINK_KEY, salt=f"feedback.nonces:{invitation.pk}")
