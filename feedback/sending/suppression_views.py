"""The addresses that are not written to any more, and lifting one, for who answers for quality."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from feedback.models import Suppression
from feedback.sending import suppressions
from feedback.sending.suppressions import LiftReason
from feedback.sending.suppressions_board import SuppressionFilter, board
from triangle.access import Request, roles
from triangle.models import Role

leads = roles(Role.ADMIN, Role.QUALITY_LEAD)


@require_safe
@leads
def suppression_list(request: Request) -> HttpResponse:
    form = SuppressionFilter.read(request.GET)
    found = board(form, query=request.GET)
    page = {"board": found, "page": found.page, "form": form, "reasons": LiftReason.choices}
    part = "feedback/_suppressions.html" if request.htmx else "feedback/suppressions.html"
    return render(request, part, page)


@require_POST
@leads
def lift(request: Request, pk: int) -> HttpResponse:
    """A reason is chosen, for the journal."""
    suppression = get_object_or_404(Suppression, pk=pk)
    if request.POST.get("reason") not in LiftReason.values:
        return HttpResponseBadRequest()
    reason = LiftReason(request.POST["reason"])
    suppressions.lift(suppression, reason=reason, by=request.user, now=timezone.now())
    messages.success(request, _("%(email)s is written to again.") % {"email": suppression.email})
    return redirect("suppressions")
