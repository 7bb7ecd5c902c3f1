"""No more mails: the link in every mail, and the button that mail programs draw themselves."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from feedback.answering import openings
from feedback.models import Invitation, Suppression
from feedback.sending import recipients, suppressions
from feedback.sending.mails import reading_language
from triangle import guesses
from triangle.addresses import client_address
from triangle.links import TOKEN_LENGTH

SURVEY, ALL, NONE = "survey", "all", "none"
WORD = "stop"


@login_not_required
@csrf_exempt  # the token is the authority; a mail program posts without any cookie (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
def opt_out(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the choice and writes nothing; POST acts, also on one click of a mail program.

    Nothing is chosen beforehand: a mail scanner that presses the button silences nobody. One that
    clicks every choice ends on the one that changes nothing; and where many links of the mail
    were opened just before from the same address, a word has to be typed, which no machine does.
    """
    found = None if guesses.are_too_many(request) else _invitation(token)
    if found is None:
        guesses.note(request)
        return render(request, "feedback/answer_unknown.html", status=404)
    wish = request.GET.get("scope", "")
    if request.method != "POST":
        return _page(request, found, {"wish": wish})
    is_one_click = "List-Unsubscribe" in request.POST
    scope = ALL if is_one_click else request.POST.get("scope", "")
    if scope == NONE:
        return _page(request, found, {"is_kept": True})
    if scope not in (SURVEY, ALL):
        return _page(request, found, {"wish": wish, "is_unclear": True}, status=400)
    if not (is_one_click or _is_human(request, found)):
        return _page(request, found, {"chosen": scope, "asks_word": True}, status=422)
    if email := recipients.email_of(found):
        suppressions.suppress(
            email,
            survey=found.survey if scope == SURVEY else None,
            reason=Suppression.Reason.OPT_OUT,
            now=timezone.now(),
        )
    return _page(request, found, {"scope": scope, "is_done": True})


def _invitation(token: str) -> Invitation | None:
    if len(token) != TOKEN_LENGTH:
        return None
    found = Invitation.objects.with_opt_out_token(token)
    return found.select_related("contact", "partner", "survey").first()


def _is_human(request: HttpRequest, invitation: Invitation) -> bool:
    typed = request.POST.get("word", "").strip().casefold()
    return typed == WORD or not openings.are_many(
        invitation, address=client_address(request), now=timezone.now()
    )


def _page(
    request: HttpRequest, invitation: Invitation, page: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    page["survey"] = invitation.survey
    with override(language := reading_language(invitation.language)):
        response = render(request, "feedback/opt_out.html", page, status=status)
    response.headers["Content-Language"] = language
    return response
