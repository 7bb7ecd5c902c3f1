"""Calling the API as a program does."""

from __future__ import annotations

import json

from django.utils import timezone

from triangle import tokens
from triangle.models import Scope


def secret_of(user, *scopes) -> str:
    allowed = scopes or list(Scope)
    return tokens.create(user, name="test", scopes=allowed, now=timezone.now())[1]


def call(client, secret, path, method="get", body=None, **headers):
    """`Idempotency_Key="x"` is sent as the header of that name."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    sent["Authorization"] = f"Token {secret}"
    if method == "get":
        return client.get(path, body, headers=sent)
    raw = body if isinstance(body, str | bytes) else json.dumps(body or {})
    return client.generic(method.upper(), path, raw, content_type="application/json", headers=sent)
