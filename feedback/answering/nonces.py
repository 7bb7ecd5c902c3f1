"""The one-time number of a rendered answer page: proof that the page was ours, for this invitation.

Nothing is stored when a page is shown: the number is signed, and only the one that brought an
answer is kept, hashed, with the rating. It also stands in for the CSRF cookie, which phones lose.

A page that comes with a why in its box carries the digest of that why in its number. Posted back
as it came, nobody typed it on that page: a machine that presses every button does just this.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer

from feedback.models import Invitation
from triangle import whys

VALID = timedelta(days=7)


def issue(invitation: Invitation, *, now: datetime, holding: str = "") -> str:
    """The number of a page whose why is empty, or holds this text from the start."""
    value = f"{secrets.token_urlsafe(12)}.{int(now.timestamp())}.{_mark(holding)}"
    return _signer(invitation).sign(value)


def is_valid(nonce: str, invitation: Invitation, *, now: datetime) -> bool:
    if not is_ours(nonce, invitation):
        return False
    issued_at = int(_parts(nonce)[1])
    return now.timestamp() - issued_at <= VALID.total_seconds()


def is_ours(nonce: str, invitation: Invitation) -> bool:
    """Rendered for this invitation, however long ago."""
    try:
        _signer(invitation).unsign(nonce)
    except BadSignature:
        return False
    return True


def was_typed(why: str, nonce: str) -> bool:
    """Whether the text is another than the one the page came with; the number must be ours."""
    return not why or _parts(nonce)[2] != _mark(why)


def digest(nonce: str) -> str:
    """What is stored with the answer: 64 hexadecimal characters."""
    return hashlib.sha256(nonce.encode()).hexdigest()


def _parts(nonce: str) -> list[str]:
    """The last one is missing in numbers of before the mark: then it is empty."""
    return [*nonce.partition(":")[0].split("."), ""]


def _mark(text: str) -> str:
    return digest(whys.clean(text))[:16] if text else ""


def _signer(invitation: Invitation) -> Signer:
    return Signer(key=settings.LINK_KEY, salt=f"feedback.nonces:{invitation.pk}")
