"""The door of a client's personal link: whose it is, in which language, and never remembered."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from feedback.answering import openings
from feedback.models import Invitation
from feedback.models.survey import OF_CLIENT
from feedback.sending.mails import reading_language
from triangle import guesses
from triangle.addresses import client_address
from triangle.links import TOKEN_LENGTH, token_hash
from triangle.prepared import Given, Read

P = ParamSpec("P")
Channel = Invitation.Channel
LinkView = Callable[Concatenate[HttpRequest, Invitation, P], HttpResponse]
TokenView = Callable[Concatenate[HttpRequest, str, P], HttpResponse]
ASKED = Read(
    Invitation.objects.about(*OF_CLIENT)
    .filter(token_hash=Given("token_hash"))
    .for_answer()
    .select_related("client__manager")
)


def personal_link(view: LinkView[P]) -> TokenView[P]:
    """The view gets the invitation of the token; a forged or foreign one gets the unknown page.

    So does a link shown on site whose hour is over, and a partner who tries the own one.
    Opening a link writes one line of the append-only log, on GET alone. The CSRF cookie is not
    asked for: phones lose it, the token in the address is the authority, and each form carries a
    signed number bound to its invitation, which another site cannot know.
    """
    return _door(view, Channel.MAIL, Channel.ON_SITE)


def mailed_link(view: LinkView[P]) -> TokenView[P]:
    """The same for pages that tell what was answered, which a link shown on site never does."""
    return _door(view, Channel.MAIL)


def _door(view: LinkView[P], *channels: Channel) -> TokenView[P]:
    @login_not_required
    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "OPTIONS", "POST"])
    @wraps(view)
    def door(
        request: HttpRequest, /, token: str, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        invitation = None if guesses.are_too_many(request) else _invitation(token)
        if invitation is None or not _may_open(request, invitation, channels):
            return unknown(request)
        if request.method == "OPTIONS":
            return HttpResponse(headers={"Allow": "GET, HEAD, OPTIONS, POST"})
        if request.method == "GET":
            note(request, invitation)
        with translation.override(_language(request, invitation)):
            return private(view(request, invitation, *args, **kwargs))

    return cast("TokenView[P]", door)


def note(request: HttpRequest, invitation: Invitation, *, suspicion: str = "") -> None:
    openings.note(
        invitation,
        method=request.method or "",
        address=client_address(request),
        now=timezone.now(),
        suspicion=suspicion,
    )


def _invitation(token: str) -> Invitation | None:
    if len(token) != TOKEN_LENGTH:
        return None
    return next(iter(ASKED.rows(token_hash=token_hash(token))), None)


def _may_open(request: HttpRequest, invitation: Invitation, channels: tuple[Channel, ...]) -> bool:
    if invitation.channel not in channels:
        return False
    if invitation.channel == Channel.MAIL:
        return True
    is_partner = request.user.is_authenticated and not request.user.is_back_office
    return not (is_partner or invitation.is_expired(now=timezone.now()))


def _language(request: HttpRequest, invitation: Invitation) -> str:
    wish = request.GET.get("lang", "")
    return wish if wish in dict(settings.LANGUAGES) else reading_language(invitation.language)


def unknown(request: HttpRequest) -> HttpResponse:
    """Forged, foreign, over and throttled look alike; what was typed comes back, to copy."""
    guesses.note(request)
    page = {"typed": request.POST.get("why", "")}
    return private(render(request, "feedback/answer_unknown.html", page, status=404))


def private(response: HttpResponse) -> HttpResponse:
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["Content-Language"] = translation.get_language() or "en"
    return response
