"""Doors of the frame: the way home, the choice of theme and language, what went wrong."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language

from triangle.frame import THEME_COOKIE, THEMES
from triangle.models import Role, User

HOMES = {Role.RECRUITER: "partners", Role.PARTNER: "my-interventions"}
YEAR_SECONDS = 365 * 24 * 3600


@require_safe
@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    """Each role to its own first page."""
    if not request.user.is_authenticated:
        return redirect(settings.LOGIN_URL)
    return redirect(HOMES.get(Role(request.user.role), "today"))


@require_POST
@login_not_required
def theme(request: HttpRequest) -> HttpResponse:
    """Anything but a known theme means: as the device does."""
    response = _back(request)
    chosen = request.POST.get("theme", "")
    if chosen not in THEMES:
        response.delete_cookie(THEME_COOKIE, samesite="Lax")
        return response
    response.set_cookie(
        THEME_COOKIE,
        chosen,
        max_age=YEAR_SECONDS,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
    )
    return response


@require_POST
@login_not_required
def language(request: HttpRequest) -> HttpResponse:
    """The choice is kept in a cookie, and for mails on the account."""
    chosen = request.POST.get("language", "")
    if isinstance(request.user, User) and chosen in dict(settings.LANGUAGES):
        User.objects.filter(pk=request.user.pk).update(language=chosen)
    return set_language(request)


@require_safe
@login_not_required
@cache_control(public=True, max_age=24 * 3600)
def robots(request: HttpRequest) -> HttpResponse:
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """What was typed comes back, one tap from being sent; never for a form of another site."""
    typed = _typed(request) if _came_from_here(request) else []
    return render(request, "403_csrf.html", {"typed": typed}, status=403)


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name != "csrfmiddlewaretoken"
    ]
    is_secret = any("password" in name for name, _ in fields)
    return [] if is_secret or request.FILES else fields


def _came_from_here(request: HttpRequest) -> bool:
    return url_has_allowed_host_and_scheme(
        request.headers.get("Referer", ""),
        allowed_hosts={request.get_host()},
        require_https=request.is_secure(),
    )


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """To the page the form stood on, never to another host."""
    came_from = request.headers.get("Referer", "")
    return HttpResponseRedirect(came_from if _came_from_here(request) else reverse("home"))
