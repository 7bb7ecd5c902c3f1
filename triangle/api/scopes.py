"""What a token may do: each act of a view names the scope it needs."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from triangle.models import TokenScope


class HasScope(BasePermission):
    """The view's `scopes` maps an action to a scope; an action that is not named is refused."""

    message = _("The token does not hold the scope that this address needs.")

    def has_permission(self, request: Request, view: APIView) -> bool:
        action = getattr(view, "action", "")
        if action in (None, "metadata"):  # a method that is not offered: answered as such
            return True
        scope: TokenScope | None = getattr(request.auth, "scope", None)
        needed = getattr(view, "scopes", {}).get(action)
        return bool(scope and needed and scope.allows(needed))
