"""Who calls: a token made on the account page, sent as `Authorization: Token …`."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.plumbing import build_bearer_security_scheme_object
from knox.auth import TokenAuthentication
from knox.models import AuthToken
from rest_framework.exceptions import AuthenticationFailed

from triangle.models import TokenScope, User
from triangle.periods import local_day


class ApiToken(TokenAuthentication):
    def authenticate_credentials(self, token: bytes) -> tuple[User, AuthToken]:
        if not token.isalnum() and not token.replace(b"_", b"").isalnum():
            raise AuthenticationFailed(_("Invalid token."))
        user, found = super().authenticate_credentials(token)
        _note_use(found)
        return user, found


def _note_use(token: AuthToken) -> None:
    """One write a day: a reading call takes no lock."""
    scope, today = getattr(token, "scope", None), local_day(timezone.now())
    if scope and scope.last_used_on != today:
        TokenScope.objects.filter(pk=scope.pk).update(last_used_on=today)


class ApiTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "triangle.api.authentication.ApiToken"
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return build_bearer_security_scheme_object(
            header_name="Authorization",
            token_prefix="Token",  # noqa: S106
        )
