"""Doors of the mails of a view: when, to whom, pause, now, no more."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from indicators.models import STEERING, SavedView, ViewSchedule
from indicators.sharing import schedules
from indicators.sharing.forms import ScheduleForm
from triangle.access import Request, roles
from triangle.errors import Refused

office = roles(*STEERING)
ACTS = {
    "pause": (schedules.pause, gettext_lazy("Paused: nothing is sent until you resume it.")),
    "resume": (schedules.resume, gettext_lazy("It is sent again, from the next time on.")),
    "send": (schedules.send_now, gettext_lazy("It leaves within a minute.")),
}


@require_http_methods(["GET", "HEAD", "POST"])
@office
def add(request: Request, pk: int) -> HttpResponse:
    view = get_object_or_404(SavedView.objects.kept().of(request.user), pk=pk)
    posted = request.method == "POST"
    form = ScheduleForm(request.POST if posted else None, initial={"recipients": [request.user.pk]})
    if form.is_valid():
        try:
            schedules.add(view, now=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("“%(name)s” is mailed.") % {"name": view.name})
            return redirect("views")
    context = {"form": form, "view": view}
    return render(request, "indicators/schedule.html", context, status=422 if form.errors else 200)


@require_POST
@office
def act(request: Request, pk: int, act: str) -> HttpResponse:
    schedule = get_object_or_404(ViewSchedule.objects.of(request.user), pk=pk)
    if act == "delete":
        schedules.remove(schedule, by=request.user, now=timezone.now())
        messages.success(request, _("The mail is deleted."))
    elif act in ACTS:
        verb, said = ACTS[act]
        if verb(schedule, by=request.user, now=timezone.now()):
            messages.success(request, str(said))
    else:
        raise Http404
    return redirect("views")
