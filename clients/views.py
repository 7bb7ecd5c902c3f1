"""The list of clients and the form of one; the client's page stands where answers are seen."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients import clients
from clients.forms import ClientFilter, ClientForm
from clients.models import Client
from triangle import paging
from triangle.access import Request, roles
from triangle.models import Role

office = roles(Role.ADMIN, Role.QUALITY_LEAD, Role.MANAGER)


@require_safe
@office
def client_list(request: Request) -> HttpResponse:
    form = ClientFilter(request.GET)
    found = form.narrow(Client.objects.visible_to(request.user)).for_list()
    page = paging.page(found, request.GET)
    part = "clients/_clients.html" if request.htmx else "clients/clients.html"
    return render(request, part, {"form": form, "page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@office
def client_new(request: Request) -> HttpResponse:
    manager = request.user if request.user.role == Role.MANAGER else None
    return _edit(request, Client(manager=manager))


@require_http_methods(["GET", "HEAD", "POST"])
@office
def client_edit(request: Request, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Client.objects.visible_to(request.user), pk=pk))


@require_POST
@office
def client_onboarded(request: Request, pk: int) -> HttpResponse:
    client = get_object_or_404(Client.objects.visible_to(request.user), pk=pk)
    clients.finish_onboarding(client, now=timezone.now(), by=request.user)
    messages.success(request, _("%(client)s is onboarded.") % {"client": client})
    return redirect("client", pk)


def _edit(request: Request, client: Client) -> HttpResponse:
    form = ClientForm(request.POST or None, instance=client, user=request.user)
    if request.method == "POST" and form.is_valid():
        saved, _change = clients.save(
            external_id=client.external_id,
            now=timezone.now(),
            by=request.user,
            contact=form.contact_fields,
            **form.client_fields,
        )
        messages.success(request, _("%(client)s is saved.") % {"client": saved})
        return redirect("client", saved.pk)
    context = {"form": form, "client": client if client.pk else None}
    status = 422 if form.errors else 200
    return render(request, "clients/client_form.html", context, status=status)
