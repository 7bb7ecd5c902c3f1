"""The repeat rate, which its tile fetches after the page."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from indicators.repeat import WINDOW, repeat
from partners.period_choice import PeriodChoice
from partners.scope import Scope
from triangle.access import Request, roles
from triangle.models import Role
from triangle.periods import local_day


@require_safe
@roles(Role.ADMIN, Role.QUALITY_LEAD, Role.MANAGER)
def show(request: Request) -> HttpResponse:
    rows = f"{reverse('rows', args=['came_back'])}?{request.GET.urlencode()}"
    if not request.htmx:
        return redirect(rows)
    today = local_day(timezone.now())
    scope = Scope.from_query(request.GET, user=request.user)
    choice = PeriodChoice.from_query(request.GET, today=today)
    rate = repeat(scope, choice.period, today=today)
    context = {"rate": rate, "rows": rows, "days": WINDOW.days}
    return render(request, "indicators/_repeat.html", context)
