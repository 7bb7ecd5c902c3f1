"""Cancellations by notice: a page, and a table that the dashboard fetches when it is seen."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from indicators.models import STEERING
from indicators.notice_board import notice_board
from indicators.sharing.saved_views import as_query
from partners.filter_bar import filter_bar
from partners.period_choice import PeriodChoice
from partners.scope import Scope
from triangle.access import Request, roles
from triangle.periods import local_day


@require_safe
@roles(*STEERING)
def show(request: Request) -> HttpResponse:
    scope = Scope.from_query(request.GET, user=request.user)
    choice = PeriodChoice.from_query(request.GET, today=local_day(timezone.now()))
    board = notice_board(scope, choice.period)
    context = {"board": board, "query": as_query(scope, choice)}
    if request.htmx and not request.htmx.history_restore_request:
        return render(request, "indicators/_notice.html", context)
    bar = filter_bar(scope, choice, user=request.user, matches=board.total)
    return render(request, "indicators/notice.html", {**context, "bar": bar})
