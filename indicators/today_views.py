"""The manager's home, where acts are taken in place, and search over everything."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from feedback import contacts, ratings
from feedback.models import Invitation, Rating
from indicators.alerts import alerts
from indicators.models import Alert
from indicators.search import search
from indicators.today import today, waiting
from partners import interventions
from partners.models import Intervention
from triangle.access import Request, back_office, roles
from triangle.errors import Refused
from triangle.models import Role

office = roles(Role.ADMIN, Role.QUALITY_LEAD, Role.MANAGER)


@require_safe
@office
def show_today(request: Request) -> HttpResponse:
    return render(request, "indicators/today.html", _page(request))


@require_POST
@office
def introduced(request: Request, pk: int) -> HttpResponse:
    rows = Intervention.objects.visible_to(request.user)
    intervention = get_object_or_404(rows, pk=pk)
    try:
        interventions.introduce(intervention, now=timezone.now(), by=request.user)
    except Refused as refusal:
        return _acted(request, refusal.message)
    return _acted(request, _("Introduction noted."))


@require_POST
@office
def read(request: Request, pk: int) -> HttpResponse:
    rating = get_object_or_404(Rating.objects.visible_to(request.user), pk=pk)
    ratings.mark_read([rating], by=request.user, now=timezone.now())
    return _acted(request, _("Marked as read."), undo=reverse("today-unread", args=[pk]))


@require_POST
@office
def unread(request: Request, pk: int) -> HttpResponse:
    rating = get_object_or_404(Rating.objects.visible_to(request.user), pk=pk)
    ratings.mark_unread([rating], by=request.user, now=timezone.now())
    return _acted(request, _("Back among the answers to read."))


@require_POST
@office
def called(request: Request, pk: int) -> HttpResponse:
    invitation = get_object_or_404(Invitation.objects.visible_to(request.user), pk=pk)
    contacts.note_made(invitation, by=request.user, now=timezone.now())
    return _acted(request, _("Call noted."))


@require_POST
@office
def alert_seen(request: Request, pk: int) -> HttpResponse:
    alert = get_object_or_404(Alert.objects.visible_to(request.user), pk=pk)
    alerts.mark_seen(alert, by=request.user, now=timezone.now())
    return _acted(request, _("Marked as seen."), undo=reverse("today-alert-unseen", args=[pk]))


@require_POST
@office
def alert_unseen(request: Request, pk: int) -> HttpResponse:
    alert = get_object_or_404(Alert.objects.visible_to(request.user), pk=pk)
    alerts.mark_unseen(alert, by=request.user, now=timezone.now())
    return _acted(request, _("Back among the figures that moved."))


@require_safe
@back_office
def find(request: Request) -> HttpResponse:
    query = request.GET.get("q", "")[:100].strip()
    found = search(query, user=request.user)
    return render(request, "indicators/search.html", {"search_query": query, "found": found})


def _page(request: Request) -> dict[str, object]:
    now = timezone.now()
    return {"today": today(request.user, now=now), "now": now}


def _acted(request: Request, done: str, *, undo: str = "") -> HttpResponse:
    """What was done and how much is left, in place; a page of its own without script."""
    left = waiting(request.user, now=timezone.now())
    remain = ngettext("%(n)s left.", "%(n)s left.", left) % {"n": left}
    said = f"{done} {remain}"
    if not request.htmx:
        messages.success(request, said)
        return redirect("today")
    context = {**_page(request), "toast_text": said, "toast_undo_url": undo}
    return render(request, "indicators/_today_acted.html", context)
