"""The pages of invitations: who was asked, who will be, who not and why, and the mails in doubt."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from feedback import invitations, invitations_board
from feedback.filters import AheadFilter, InvitationFilter
from feedback.models import Delivery, Invitation
from feedback.sending import ahead_board, deliveries
from triangle.access import Request, back_office
from triangle.errors import Refused

VERBS: dict[str, Callable[..., Delivery]] = {
    "arrived": lambda one, **how: deliveries.settle(one, sent=True, **how),
    "again": lambda one, **how: deliveries.settle(one, sent=False, **how),
    "replay": deliveries.replay,
}

HandReason = Invitation.HandReason
BY_HAND = {"hand_reasons": HandReason.choices}


@back_office
@require_safe
def invitation_list(request: Request) -> HttpResponse:
    form = InvitationFilter.read(request.GET)
    visible = Invitation.objects.visible_to(request.user)
    now = timezone.now()
    board = invitations_board.board(visible, form, query=request.GET, now=now)
    template = "feedback/_invitations.html" if request.htmx else "feedback/invitations.html"
    context = {"board": board, "page": board.page, "form": form, "now": now, **BY_HAND}
    return render(request, template, context)


@back_office
@require_safe
def ahead(request: Request) -> HttpResponse:
    form = AheadFilter(request.GET)
    board = ahead_board.board(request.user, survey=form.chosen, now=timezone.now())
    template = "feedback/_ahead.html" if request.htmx else "feedback/ahead.html"
    return render(request, template, {"board": board, "form": form, **BY_HAND})


@back_office
@require_POST
def leave_out(request: Request, pk: int) -> HttpResponse:
    invitation = _visible(request, pk)
    if (reason := request.POST.get("reason", "")) not in HandReason.values:
        messages.error(request, _("Say why nobody is asked."))
        return _back(request, invitation)
    try:
        chosen = HandReason(reason)
        invitations.leave_out(invitation, reason=chosen, by=request.user, now=timezone.now())
        messages.success(request, _("Left out: nobody is asked about this."))
    except Refused as refusal:
        messages.error(request, refusal.message)
    return _back(request, invitation)


@back_office
@require_POST
def ask_after_all(request: Request, pk: int) -> HttpResponse:
    invitation = _visible(request, pk)
    try:
        invitations.ask_after_all(invitation, by=request.user, now=timezone.now())
        messages.success(request, _("It will be asked after all."))
    except Refused as refusal:
        messages.error(request, refusal.message)
    return _back(request, invitation)


def _visible(request: Request, pk: int) -> Invitation:
    visible = Invitation.objects.visible_to(request.user)
    return get_object_or_404(visible.select_related("contact", "partner"), pk=pk)


def _back(request: Request, invitation: Invitation) -> HttpResponse:
    """To the page the button stood on; a name of ours, never an address."""
    page = request.POST.get("page", "")
    if page == "intervention" and invitation.intervention_id:
        return redirect("intervention", invitation.intervention_id)
    return redirect("ahead" if page == "ahead" else "invitations")


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
