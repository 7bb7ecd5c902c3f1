"""Scores that have moved, and the wish to be told by mail."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from indicators import alert_digests
from indicators.alert_forms import AlertPreferenceForm
from indicators.models import Alert, AlertPreference
from triangle import paging
from triangle.access import Request, roles
from triangle.models import Role


@require_http_methods(["GET", "HEAD", "POST"])
@roles(Role.ADMIN, Role.QUALITY_LEAD, Role.MANAGER)
def alerts(request: Request) -> HttpResponse:
    wish = AlertPreference.objects.filter(user=request.user).first()
    form = AlertPreferenceForm(request.POST or None, instance=wish)
    if request.method == "POST" and form.is_valid():
        alert_digests.save_wish(request.user, **form.wish)
        messages.success(request, _("Your wish is saved."))
        return redirect("alerts")
    page = paging.page(Alert.objects.visible_to(request.user).for_list(), request.GET)
    context = {"form": form, "page": page, "now": timezone.now()}
    status = 422 if form.errors else 200
    return render(request, "indicators/alerts.html", context, status=status)
