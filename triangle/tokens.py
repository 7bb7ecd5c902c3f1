"""API tokens: made by their user, shown once, revoked at any time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from knox.models import AuthToken

from triangle import journal
from triangle.errors import Refused
from triangle.models import TokenScope, User, scopes_open_to

LIFETIMES_DAYS = (30, 90, 365)


class NotAllowed(Refused):
    """The role of the user does not hold what was asked for the token."""


def create(
    user: User, *, name: str, scopes: Iterable[str], now: datetime, lifetime_days: int = 90
) -> tuple[TokenScope, str]:
    """The token's row and the secret, which can never be read again."""
    wanted = sorted(set(scopes))
    if not wanted or not set(wanted) <= set(scopes_open_to(user)):
        raise NotAllowed(_("Your role does not give these rights."))
    with transaction.atomic():
        token, secret = AuthToken.objects.create(user=user, expiry=timedelta(days=lifetime_days))
        scope = TokenScope.objects.create(token=token, name=name, scopes=wanted)
        journal.record(
            "token.created", user, now=now, actor=user, name=name, scopes=" ".join(wanted)
        )
    return scope, secret


def revoke(scope: TokenScope, *, now: datetime, by: User) -> None:
    """Refuses nothing: a token that is gone already stays gone."""
    with transaction.atomic():
        user = User.objects.filter(auth_token_set=scope.token_id).first()
        gone, _rows = AuthToken.objects.filter(pk=scope.token_id).delete()
        if gone and user:
            journal.record("token.revoked", user, now=now, actor=by, name=scope.name)
