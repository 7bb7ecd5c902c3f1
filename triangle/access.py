"""Who may open a page; what you may not see answers as if it did not exist."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponseBase
from django_htmx.middleware import HtmxDetails

from triangle.models import Role, User

P = ParamSpec("P")


class Request(HttpRequest):
    """A request behind the login, for the types of views."""

    user: User
    htmx: HtmxDetails


View = Callable[Concatenate[Request, P], HttpResponseBase]


def back_office(view: View[P]) -> View[P]:
    return _only(view, lambda user: user.is_superuser or user.is_back_office)


def partner_only(view: View[P]) -> View[P]:
    return _only(view, lambda user: not user.is_back_office)


def roles(*allowed: Role) -> Callable[[View[P]], View[P]]:
    """For these roles, and for who is allowed everything."""
    return lambda view: _only(view, lambda user: user.is_superuser or user.role in allowed)


def _only(view: View[P], may: Callable[[User], bool]) -> View[P]:
    @wraps(view)
    def guarded(request: Request, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated or not may(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded
