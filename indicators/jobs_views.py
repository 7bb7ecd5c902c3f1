"""The page of the jobs."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from indicators.jobs import jobs
from triangle.access import Request, roles
from triangle.models import Role


@require_safe
@roles(Role.ADMIN, Role.QUALITY_LEAD, Role.MANAGER)
def show_jobs(request: Request) -> HttpResponse:
    """Counts only: nothing here names a client."""
    template = "indicators/_jobs.html" if request.htmx else "indicators/jobs.html"
    return render(request, template, {"jobs": jobs(now=timezone.now())})
