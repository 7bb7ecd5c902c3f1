"""The page that asks whether clients feel what partners feel."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from indicators.charts.page import holds_charts
from indicators.charts.symmetry import symmetry_chart
from indicators.dashboard import trend_period
from indicators.symmetry_board import symmetry_board
from partners.filter_bar import filter_bar
from partners.period_choice import PeriodChoice
from partners.scope import Scope
from triangle.access import Request, roles
from triangle.models import Role
from triangle.periods import local_day


@require_safe
@roles(Role.ADMIN, Role.QUALITY_LEAD, Role.MANAGER)
@holds_charts
def show(request: Request) -> HttpResponse:
    """Over the months of the period, and at least the last twelve, as trends on the dashboard."""
    today = local_day(timezone.now())
    scope = Scope.from_query(request.GET, user=request.user)
    choice = PeriodChoice.from_query(request.GET, today=today)
    board = symmetry_board(scope, trend_period(choice.period, today=today))
    context = {
        "board": board,
        "figure": symmetry_chart(board).to_plotly_json(),
        "bar": filter_bar(scope, choice, user=request.user, matches=len(board.partners)),
    }
    return render(request, "indicators/symmetry.html", context)
