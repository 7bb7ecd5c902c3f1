"""The benchmark from inside: a page, and a card that others fetch when it is seen."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from indicators.comparison_board import comparison_board
from indicators.sharing.saved_views import as_query
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
    board = comparison_board(scope, choice.period)
    context = {"board": board, "query": as_query(scope, choice)}
    if request.htmx and not request.htmx.history_restore_request:
        return render(request, "indicators/_comparison.html", context)
    matches = sum(line.found.own.n for line in board.lines)
    bar = filter_bar(scope, choice, user=request.user, matches=matches)
    return render(request, "indicators/comparison.html", {**context, "bar": bar})
