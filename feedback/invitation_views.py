"""The page of invitations: who was asked, who was not and why, and the mails in doubt."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from feedback import deliveries, invitations_board
from feedback.filters import InvitationFilter
from feedback.models import Delivery, Invitation
from triangle.access import Request, back_office
from triangle.errors import Refused

VERBS: dict[str, Callable[..., Delivery]] = {
    "arrived": lambda one, **how: deliveries.settle(one, sent=True, **how),
    "again": lambda one, **how: deliveries.settle(one, sent=False, **how),
    "replay": deliveries.replay,
}


@back_office
@require_safe
def invitation_list(request: Request) -> HttpResponse:
    form = InvitationFilter.read(request.GET)
    visible = Invitation.objects.visible_to(request.user)
    board = invitations_board.board(visible, form, query=request.GET, now=timezone.now())
    template = "feedback/_invitations.html" if request.htmx else "feedback/invitations.html"
    return render(request, template, {"board": board, "page": board.page, "form": form})


@back_office
@require_POST
def settle_delivery(request: Request, pk: int) -> HttpResponse:
    verb = VERBS.get(request.POST.get("verb", ""))
    if verb is None:
        return HttpResponseBadRequest()
    visible = Delivery.objects.filter(
        invitation__in=Invitation.objects.visible_to(request.user)
    ).select_related("invitation")
    delivery = get_object_or_404(visible, pk=pk)
    try:
        verb(delivery, by=request.user, now=timezone.now())
        messages.success(request, _("Noted: %(state)s.") % {"state": delivery.get_state_display()})
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("invitations")
