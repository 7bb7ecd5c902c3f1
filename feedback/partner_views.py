"""What a partner finds of clients: what they said once it is released, and a code to show on site.

Before release nothing here depends on whether there is an answer.
"""

from __future__ import annotations

import segno
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from feedback.answering import link_door, on_site
from feedback.models import Invitation
from feedback.reading import returns_board
from partners.models import Intervention, Partner
from triangle import guesses, links
from triangle.access import Request, partner_only


@require_safe
@partner_only
def my_returns(request: Request) -> HttpResponse:
    partner = Partner.objects.filter(account=request.user).first()
    page = {
        "returns": partner and returns_board.of(partner, now=timezone.now()),
        "answers_minimum": settings.ANSWERS_MINIMUM,
        "release_days": settings.RELEASE_DAYS,
    }
    return render(request, "feedback/my_returns.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@partner_only
def show_on_site(request: Request, pk: int) -> HttpResponse:
    """GET offers, POST makes a new link and shows it; whatever was shown before is dead."""
    mine = Intervention.objects.visible_to(request.user)
    intervention = get_object_or_404(mine.select_related("client", "service", "contact"), pk=pk)
    now = timezone.now()
    page = {"intervention": intervention, "may_show": on_site.may_show(intervention, now=now)}
    if request.method == "POST":
        try:
            page |= _code(on_site.show(intervention, by=request.user, now=now))
        except on_site.NotNow:
            page["may_show"] = False
    return render(request, "feedback/on_site.html", page)


@login_not_required
@require_safe
def short_link(request: HttpRequest, code: str) -> HttpResponse:
    """Typed by hand; a wrong code looks like any forged link."""
    found = None if guesses.are_too_many(request) else on_site.with_code(code, now=timezone.now())
    if found is None:
        return link_door.unknown(request)
    return link_door.private(redirect("answer", found.token))


def _code(invitation: Invitation) -> dict[str, object]:
    link = links.address(reverse("answer", args=[invitation.token]))
    code = on_site.code(invitation)
    return {
        "drawing": segno.make(link, error="m", micro=False).svg_data_uri(border=4, scale=8),
        "short": links.address(reverse("short-link", args=[code])).partition("://")[2].rstrip("/"),
        "until": invitation.expires_at,
        "code_until": invitation.due_at + on_site.CODE_VALID,
    }
