"""The pages on which views are opened, named, shared and taken away."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from indicators.models import STEERING, SavedView, SharedLink, ViewSchedule
from indicators.sharing import saved_views
from indicators.sharing.forms import NameForm, ViewForm
from indicators.sharing.saved_views import normalised
from triangle.access import Request, roles
from triangle.errors import Refused
from triangle.periods import local_day

office = roles(*STEERING)


@require_http_methods(["GET", "HEAD", "POST"])
@office
def views(request: Request) -> HttpResponse:
    """My views and those of the team; POST keeps the filter of the page it comes from."""
    if request.method != "POST":
        return _list(request)
    form = ViewForm(request.POST)
    if not form.is_valid():
        return _list(request, form)
    given = form.cleaned_data
    try:
        view = saved_views.save(
            owner=request.user,
            name=given["name"],
            page=given["page"],
            rows=given["rows"],
            query=QueryDict(given["query"]),
            is_shared=given["is_shared"],
            now=timezone.now(),
        )
    except Refused as refusal:
        form.add_error("name", refusal.message)
        return _list(request, form)
    messages.success(request, _("“%(name)s” is saved.") % {"name": view.name})
    return redirect(view.address)


@require_safe
@office
def open_view(request: Request, pk: int) -> HttpResponse:
    """Its page, as far as who opens it may see; a part that is out of sight is said."""
    view = get_object_or_404(SavedView.objects.visible_to(request.user), pk=pk)
    seen = normalised(QueryDict(view.query), user=request.user, today=local_day(timezone.now()))
    if seen != view.query:
        said = _("A part of the filter of “%(name)s” does not exist for you and is left out.")
        messages.warning(request, said % {"name": view.name})
    return redirect(view.address)


@require_POST
@office
def rename(request: Request, pk: int) -> HttpResponse:
    view = _mine(request, pk)
    form = NameForm(request.POST)
    if not form.is_valid():
        return _list(request, form, renamed=view)
    try:
        saved_views.rename(view, **form.cleaned_data, now=timezone.now())
    except Refused as refusal:
        form.add_error("name", refusal.message)
        return _list(request, form, renamed=view)
    messages.success(request, _("“%(name)s” is saved.") % {"name": view.name})
    return redirect("views")


@require_POST
@office
def remove(request: Request, pk: int) -> HttpResponse:
    view = _mine(request, pk)
    saved_views.remove(view, now=timezone.now())
    return redirect(f"{reverse('views')}?removed={view.pk}")


@require_POST
@office
def restore(request: Request, pk: int) -> HttpResponse:
    view = get_object_or_404(SavedView.objects.of(request.user), pk=pk)
    try:
        saved_views.restore(view, now=timezone.now())
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("views")


def _mine(request: Request, pk: int) -> SavedView:
    return get_object_or_404(SavedView.objects.kept().of(request.user), pk=pk)


def _list(
    request: Request, form: NameForm | None = None, *, renamed: SavedView | None = None
) -> HttpResponse:
    found = list(SavedView.objects.visible_to(request.user).for_list())
    context = {
        "mine": [view for view in found if view.owner_id == request.user.pk],
        "of_the_team": [view for view in found if view.owner_id != request.user.pk],
        "schedules": ViewSchedule.objects.of(request.user).for_list(),
        "links": SharedLink.objects.of(request.user),
        "now": timezone.now(),
        "form": form,
        "renamed": renamed,
        **_undo(request),
    }
    return render(request, "indicators/views.html", context, status=422 if form else 200)


def _undo(request: Request) -> dict[str, str]:
    """The toast after a view was removed, with its way back."""
    key = request.GET.get("removed", "")
    if not (key.isascii() and key.isdecimal() and len(key) < 19):
        return {}
    removed = SavedView.objects.of(request.user).filter(pk=key, removed_at__isnull=False).first()
    if removed is None:
        return {}
    return {
        "toast_text": _("“%(name)s” is deleted.") % {"name": removed.name},
        "toast_undo_url": reverse("view-restore", args=[removed.pk]),
    }
