"""Lists and forms of partners and interventions; their own pages stand where answers are seen."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clients.models import Client
from partners import partners
from partners.forms import PartnerFilter, PartnerForm, RequestForm
from partners.intervention_list import read
from partners.models import Intervention, Partner
from triangle import paging
from triangle.access import Request, back_office, roles
from triangle.models import Role
from triangle.periods import local_day

office = roles(Role.ADMIN, Role.QUALITY_LEAD, Role.MANAGER)
network = roles(Role.ADMIN, Role.QUALITY_LEAD, Role.RECRUITER)


@require_safe
@back_office
def partner_list(request: Request) -> HttpResponse:
    form = PartnerFilter(request.GET)
    found = form.narrow(Partner.objects.visible_to(request.user)).for_list()
    page = paging.page(found, request.GET)
    part = "partners/_partners.html" if request.htmx else "partners/partners.html"
    return render(request, part, {"form": form, "page": page, "may_edit": _may_edit(request)})


@require_http_methods(["GET", "HEAD", "POST"])
@network
def partner_new(request: Request) -> HttpResponse:
    return _edit(request, Partner())


@require_http_methods(["GET", "HEAD", "POST"])
@network
def partner_edit(request: Request, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Partner.objects.visible_to(request.user), pk=pk))


@require_safe
@office
def intervention_list(request: Request) -> HttpResponse:
    asked = read(request.GET, user=request.user, today=local_day(timezone.now()))
    page = paging.page(asked.narrow(Intervention.objects.visible_to(request.user)), request.GET)
    part = "partners/_interventions.html" if request.htmx else "partners/interventions.html"
    return render(request, part, {"asked": asked, "form": asked.form, "page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@office
def intervention_new(request: Request, pk: int) -> HttpResponse:
    client = get_object_or_404(Client.objects.visible_to(request.user), pk=pk)
    form = RequestForm(request.POST or None, client=client)
    if request.method == "POST" and form.is_valid():
        intervention = form.take(now=timezone.now(), by=request.user)
        messages.success(request, _("The intervention is requested."))
        return redirect("intervention", intervention.pk)
    context = {"form": form, "client": client}
    status = 422 if form.errors else 200
    return render(request, "partners/intervention_form.html", context, status=status)


def _edit(request: Request, partner: Partner) -> HttpResponse:
    form = PartnerForm(request.POST or None, instance=partner)
    if request.method == "POST" and form.is_valid():
        saved, _change = partners.save(
            external_id=partner.external_id,
            now=timezone.now(),
            by=request.user,
            disciplines=form.cleaned_data["disciplines"],
            settings=form.cleaned_data["settings"],
            **form.partner_fields,
        )
        messages.success(request, _("%(partner)s is saved.") % {"partner": saved})
        return redirect("partner", saved.pk)
    context = {"form": form, "partner": partner if partner.pk else None}
    status = 422 if form.errors else 200
    return render(request, "partners/partner_form.html", context, status=status)


def _may_edit(request: Request) -> bool:
    return request.user.is_superuser or request.user.role != Role.MANAGER
