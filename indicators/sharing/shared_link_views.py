"""Links that show a dashboard: made and revoked behind the login, opened without one."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from indicators.charts.page import holds_charts
from indicators.dashboard import dashboard
from indicators.dashboard_page import chart_figures
from indicators.filter_words import comparison_words, filter_words
from indicators.models import STEERING, SharedLink
from indicators.sharing import shared_links
from indicators.sharing.forms import LinkForm
from indicators.sharing.saved_views import choice_of, normalised, scope_of
from triangle import guesses
from triangle.access import Request, roles
from triangle.links import address
from triangle.periods import local_day

office = roles(*STEERING)


@require_http_methods(["GET", "HEAD", "POST"])
@office
def links(request: Request) -> HttpResponse:
    """My links; the address of a new one is shown this once."""
    posted = request.method == "POST"
    asked = QueryDict(request.POST.get("query", "")) if posted else request.GET
    query = normalised(asked, user=request.user, today=local_day(timezone.now()))
    form = LinkForm(request.POST if posted else None, initial={"query": query})
    made = None
    if form.is_valid():
        given = {**form.cleaned_data, "query": query}
        _link, token = shared_links.make(by=request.user, now=timezone.now(), **given)
        made, form = address(reverse("shared", args=[token])), LinkForm(initial={"query": query})
    context = {
        "form": form,
        "made": made,
        "words": _words(query, request),
        "links": SharedLink.objects.of(request.user),
        "now": timezone.now(),
    }
    return render(request, "indicators/links.html", context, status=422 if form.errors else 200)


@require_POST
@office
def revoke(request: Request, pk: int) -> HttpResponse:
    link = get_object_or_404(SharedLink.objects.of(request.user), pk=pk)
    shared_links.revoke(link, by=request.user, now=timezone.now())
    messages.success(request, _("“%(name)s” is revoked.") % {"name": link.name})
    return redirect("links")


@require_safe
@login_not_required
@holds_charts
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """What the link was made for: nothing of the request but its token is read."""
    now = timezone.now()
    link = None if guesses.are_too_many(request) else shared_links.find(token, now=now)
    if link is None:
        guesses.note(request)
        return _private(render(request, "indicators/shared_unknown.html", status=404))
    scope = scope_of(link.query, user=link.made_by)
    choice = choice_of(link.query, today=local_day(now))
    page = dashboard(scope, choice, today=local_day(now))
    if request.method == "GET":
        shared_links.note_opening(link, now=now)
    context = {
        "link": link,
        "is_shared": True,
        "board": page,
        "figures": chart_figures(page),
        "words": [
            *filter_words(scope, choice, unnamed=_unnamed(link)),
            comparison_words(choice),
        ],
    }
    return _private(render(request, "indicators/shared.html", context))


def _unnamed(link: SharedLink) -> set[str]:
    return {"client"} if link.shows_partners else {"client", "partner"}


def _words(query: str, request: Request) -> list[str]:
    scope = scope_of(query, user=request.user)
    choice = choice_of(query, today=local_day(timezone.now()))
    return [*filter_words(scope, choice), comparison_words(choice)]


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = "no-store, private"
    return response
