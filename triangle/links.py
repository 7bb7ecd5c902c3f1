"""Personal links: a token is derived from a stored seed with a key the database does not hold.

The seed is 128 random bits; the token is an HMAC of purpose and seed, so a dump of the database
holds no usable token, and the same link can be written again in a reminder.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from typing import Literal

from django.conf import settings

Purpose = Literal["client", "partner", "unsubscribe", "view"]
TOKEN_LENGTH = 32  # characters, 192 bits
# Crockford's base 32: made to be read out and typed, without I, L, O and U
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LOOK_ALIKES = str.maketrans("ILO", "110", "- ")
CODE_LENGTH = 8  # characters, 40 bits: for minutes only, and throttled


def new_seed() -> str:
    return secrets.token_hex(16)


def token_for(purpose: Purpose, seed: str) -> str:
    digest = hmac.digest(settings.LINK_KEY.encode(), f"{purpose}:{seed}".encode(), "sha256")
    return urlsafe_b64encode(digest[:24]).decode()


def code_for(seed: str) -> str:
    """A short code to type, derived from the seed like the token, and stored nowhere."""
    digest = hmac.digest(settings.LINK_KEY.encode(), f"code:{seed}".encode(), "sha256")
    return "".join(ALPHABET[byte % 32] for byte in digest[:CODE_LENGTH])


def typed_code(text: str) -> str:
    """As it was meant: small letters, dashes and look-alikes are forgiven."""
    return text[: 2 * CODE_LENGTH].upper().translate(LOOK_ALIKES)


def token_hash(token: str) -> str:
    """What is stored and looked up: 64 hexadecimal characters."""
    return hashlib.sha256(token.encode()).hexdigest()


def address(path: str) -> str:
    """Absolute address of a path; never built from a Host header."""
    return f"{settings.PUBLIC_BASE_URL}{path}"
