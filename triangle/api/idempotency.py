"""The same write sent twice is done once: the caller's key and the answer are kept with it.

The row of the key is written first, in the transaction of the write. A second request with the
same key waits for that transaction in the unique index; then it finds the answer, or, when the
first was refused and left nothing behind, it does the write itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from triangle.api.errors import Mismatch
from triangle.models import IdempotencyKey

HEADER = "Idempotency-Key"
LONGEST_KEY = 200  # characters
KEPT_DAYS = 7
PARAMETER = OpenApiParameter(
    HEADER,
    {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[!-~]+$"},
    OpenApiParameter.HEADER,
    description=f"The same key with the same request gives the same answer for {KEPT_DAYS} days.",
)

P = ParamSpec("P")
V = TypeVar("V", bound=APIView)
Write = Callable[Concatenate[V, Request, P], Response]


def once(write: Write[V, P]) -> Write[V, P]:
    """Guard an action that writes; without the header it runs as it is."""

    @wraps(write)
    def guarded(view: V, request: Request, /, *args: P.args, **kwargs: P.kwargs) -> Response:
        key = request.headers.get(HEADER)
        if key is None:
            return write(view, request, *args, **kwargs)
        _check(key)
        now = timezone.now()
        with transaction.atomic():
            row, is_new = _claim(request.user, key, _fingerprint(request), now=now)
            if not is_new:
                return _same_answer(row, request)
            response = write(view, request, *args, **kwargs)
            _keep(row, response)
            return response

    return guarded


def _check(key: str) -> None:
    if not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable() and " " not in key):
        raise ValidationError({HEADER: [_("A key is 1 to 200 visible ASCII characters.")]})


def _fingerprint(request: Request) -> str:
    body = json.dumps(request.data, sort_keys=True)
    return hashlib.sha256(f"{request.method} {request.path}\n{body}".encode()).hexdigest()


def _claim(user: Any, key: str, fingerprint: str, *, now: datetime) -> tuple[IdempotencyKey, bool]:
    IdempotencyKey.objects.filter(
        user=user, created_at__lt=now - timedelta(days=KEPT_DAYS)
    ).delete()
    return IdempotencyKey.objects.get_or_create(
        user=user, key=key, defaults={"fingerprint": fingerprint, "created_at": now}
    )


def _same_answer(row: IdempotencyKey, request: Request) -> Response:
    if row.fingerprint != _fingerprint(request):
        raise Mismatch(_("This key was used for another request."), "key_reused")
    return Response(row.body, status=row.status, headers={"Idempotency-Replayed": "true"})


def _keep(row: IdempotencyKey, response: Response) -> None:
    row.status = response.status_code
    row.body = json.loads(JSONRenderer().render(response.data))
    row.save(update_fields=["status", "body"])
