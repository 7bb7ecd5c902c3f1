"""The months that are frozen: what they say, whether they can be proved, and what came late."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from indicators import closed_months_board, closing
from indicators.models import ClosedMonth
from triangle import paging
from triangle.access import Request, roles
from triangle.models import Role

office = roles(Role.ADMIN, Role.QUALITY_LEAD, Role.MANAGER)
lead = roles(Role.ADMIN, Role.QUALITY_LEAD)


@require_safe
@office
def closed_months(request: Request) -> HttpResponse:
    found = closed_months_board.months(request.user, request.GET, now=timezone.now())
    return render(request, "indicators/closed_months.html", {"found": found})


@require_safe
@office
def closed_month(request: Request, month: str) -> HttpResponse:
    found = closed_months_board.month(_found(month), request.user)
    page = paging.page(found.late, request.GET)
    return render(request, "indicators/closed_month.html", {"found": found, "page": page})


@require_POST
@lead
def verify(request: Request, month: str) -> HttpResponse:
    closed = closing.verify(_found(month), now=timezone.now())
    if closed.verdict == ClosedMonth.Verdict.SAME:
        messages.success(request, _("Computed again: the same bytes."))
    else:
        messages.warning(request, _("Computed again: it differs. The frozen figures stay."))
    return redirect("closed-month", month)


def _found(month: str) -> ClosedMonth:
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError as error:
        raise Http404 from error
    return get_object_or_404(ClosedMonth, month=first)
