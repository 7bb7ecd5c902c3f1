"""The page of the jobs."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from indicators import job_runs, jobs_board
from indicators.jobs import jobs
from triangle.access import Request, roles
from triangle.errors import Refused
from triangle.models import Role


@require_safe
@roles(Role.ADMIN, Role.QUALITY_LEAD, Role.MANAGER)
def show_jobs(request: Request) -> HttpResponse:
    """Counts only: nothing here names a client."""
    template = "indicators/_jobs.html" if request.htmx else "indicators/jobs.html"
    now = timezone.now()
    return render(request, template, {"jobs": jobs(now=now), "lines": jobs_board.jobs(now=now)})


@require_POST
@roles(Role.ADMIN, Role.QUALITY_LEAD)
def run_again(request: Request, name: str) -> HttpResponse:
    if name not in job_runs.BY_HAND:
        raise Http404
    try:
        job_runs.ask(name, by=request.user, now=timezone.now())
    except Refused as refusal:
        messages.warning(request, refusal.message)
    else:
        messages.success(request, _("Asked for: a worker takes it within seconds."))
    return redirect("jobs")
