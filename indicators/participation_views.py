"""The page that says whether the answers speak for everybody."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from indicators.models import SavedView
from indicators.participation import participation
from indicators.sharing.view_acts import view_acts
from partners.filter_bar import filter_bar
from partners.period_choice import PeriodChoice
from partners.scope import Scope
from triangle.access import Request, roles
from triangle.models import Role
from triangle.periods import local_day


@require_safe
@roles(Role.ADMIN, Role.QUALITY_LEAD, Role.MANAGER)
def show(request: Request) -> HttpResponse:
    scope = Scope.from_query(request.GET, user=request.user)
    choice = PeriodChoice.from_query(request.GET, today=local_day(timezone.now()))
    found = participation(scope, choice.period)
    matches = found.figures.response.eligible
    context = {
        "found": found,
        "query": "&".join(filter(None, [choice.as_query(), scope.as_query()])),
        "bar": filter_bar(scope, choice, user=request.user, matches=matches),
        "acts": view_acts(
            request.user, page=SavedView.Page.PARTICIPATION, scope=scope, choice=choice
        ),
    }
    return render(request, "indicators/participation.html", context)
