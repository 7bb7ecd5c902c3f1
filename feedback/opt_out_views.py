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

from feedback import suppressions
from feedback.mails import reading_language
from feedback.models import Invitation, Suppression

SURVEY, ALL = "survey", "all"


@login_not_required
@csrf_exempt  # the token is the authority; a mail program posts without any cookie (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
def opt_out(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the choice and writes nothing; POST acts, also on one click of a mail program.

    Nothing is chosen beforehand: a mail scanner that presses the button silences nobody.
    """
    invitation = Invitation.objects.with_opt_out_token(token).select_related("contact", "survey")
    found = invitation.first()
    if found is None:
        return render(request, "feedback/answer_unknown.html", status=404)
    wish = request.GET.get("scope", "")
    if request.method != "POST":
        return _page(request, found, {"wish": wish})
    scope = ALL if "List-Unsubscribe" in request.POST else request.POST.get("scope", "")
    if scope not in (SURVEY, ALL):
        return _page(request, found, {"wish": wish, "is_unclear": True}, status=400)
    if found.contact and found.contact.email:
        suppressions.suppress(
            found.contact.email,
            survey=found.survey if scope == SURVEY else None,
            reason=Suppression.Reason.OPT_OUT,
            now=timezone.now(),
        )
    return _page(request, found, {"scope": scope, "is_done": True})


def _page(
    request: HttpRequest, invitation: Invitation, page: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    page["survey"] = invitation.survey
    with override(language := reading_language(invitation.language)):
        response = render(request, "feedback/opt_out.html", page, status=status)
    response.headers["Content-Language"] = language
    return response
