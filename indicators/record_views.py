"""The pages of one client, one partner and one intervention, and what a manager does there."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from clients.models import Client
from feedback import invitations_board
from feedback.models import Invitation
from indicators.client_sheet import client_sheet
from indicators.next_act import possible_acts
from indicators.record import record
from indicators.scorecard import scorecard
from indicators.timeline import STEP_NAMES
from partners.forms import ACTS, ActForm
from partners.interventions import NotAllowed
from partners.models import Intervention, Partner
from partners.period_choice import PRESETS, PeriodChoice
from triangle.access import Request, back_office, roles
from triangle.models import Role
from triangle.periods import local_day

office = roles(Role.ADMIN, Role.QUALITY_LEAD, Role.MANAGER)
USUAL_PERIOD = "12_months"


@require_safe
@office
def client_page(request: Request, pk: int) -> HttpResponse:
    clients = Client.objects.visible_to(request.user)
    client = get_object_or_404(
        clients.select_related("manager", "setting", "segment", "region"), pk=pk
    )
    today = local_day(timezone.now())
    sheet = client_sheet(client, _choice(request), user=request.user, today=today)
    return render(request, "indicators/client.html", {"sheet": sheet, "periods": _periods()})


@require_safe
@back_office
def partner_page(request: Request, pk: int) -> HttpResponse:
    partners = Partner.objects.visible_to(request.user).for_list()
    partner = get_object_or_404(partners, pk=pk)
    today = local_day(timezone.now())
    card = scorecard(partner, _choice(request), user=request.user, today=today)
    may_edit = request.user.is_superuser or request.user.role != Role.MANAGER
    context = {"card": card, "periods": _periods(), "may_edit": may_edit}
    return render(request, "indicators/partner.html", context)


@require_safe
@office
def intervention_page(request: Request, pk: int) -> HttpResponse:
    return _show(request, _visible(request, pk))


@require_POST
@office
def take_step(request: Request, pk: int, act: str) -> HttpResponse:
    if act not in ACTS:
        raise Http404
    intervention = _visible(request, pk)
    form = ACTS[act].form(request.POST, intervention=intervention)
    if not form.is_valid():
        return _show(request, intervention, typed=(act, form))
    try:
        form.take(now=timezone.now(), by=request.user)
    except NotAllowed as refusal:
        return _show(request, _visible(request, pk), typed=(act, form), refusal=refusal.message)
    messages.success(request, str(form.done))
    return redirect("intervention", pk)


def _show(
    request: Request,
    intervention: Intervention,
    *,
    typed: tuple[str, ActForm] | None = None,
    refusal: str = "",
) -> HttpResponse:
    """What was typed stays in its form as long as the act is possible at all."""
    shown = record(intervention, user=request.user, now=timezone.now())
    possible = possible_acts(intervention, ((act, line.step) for act, line in ACTS.items()))
    forms = {act: ACTS[act].form(intervention=intervention) for act in possible}
    if typed and (typed[0] in forms or not refusal):
        forms[typed[0]] = typed[1]
    best = shown.next_act.acts if shown.next_act else ()
    visible = Invitation.objects.visible_to(request.user)
    context = {
        "record": shown,
        "to_decide": invitations_board.to_decide(visible, intervention),
        "hand_reasons": Invitation.HandReason.choices,
        "forms": forms,
        "listed": {act: form for act, form in forms.items() if form.fields or act not in best},
        "step_names": STEP_NAMES,
        "refusal": refusal,
    }
    status = 422 if typed else 200
    return render(request, "indicators/intervention.html", context, status=status)


def _visible(request: Request, pk: int) -> Intervention:
    rows = Intervention.objects.visible_to(request.user).for_page().select_related("debrief")
    return get_object_or_404(rows, pk=pk)


def _choice(request: Request) -> PeriodChoice:
    today = local_day(timezone.now())
    asked = request.GET if request.GET else {"period": USUAL_PERIOD}
    return PeriodChoice.from_query(asked, today=today)


def _periods() -> list[tuple[str, object]]:
    return [(name, PRESETS[name][0]) for name in ("90_days", USUAL_PERIOD, "everything")]
