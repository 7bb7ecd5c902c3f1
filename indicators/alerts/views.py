"""Figures that have moved, how sure that must be, and the wish to be told by mail."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from indicators.alerts import alert_policy, digests
from indicators.alerts.alerts import watched
from indicators.alerts.forms import AlertPreferenceForm, SurenessForm
from indicators.models import Alert, AlertPolicy, AlertPreference
from triangle import paging
from triangle.access import Request, roles
from triangle.models import Role


@require_http_methods(["GET", "HEAD", "POST"])
@roles(Role.ADMIN, Role.QUALITY_LEAD, Role.MANAGER)
def alerts(request: Request) -> HttpResponse:
    form = AlertPreferenceForm(request.POST or None, instance=_wish(request))
    if request.method == "POST" and form.is_valid():
        digests.save_wish(request.user, **form.wish)
        messages.success(request, _("Your wish is saved."))
        return redirect("alerts")
    return _page(request, form=form)


@require_POST
@roles(Role.ADMIN, Role.QUALITY_LEAD)
def sureness(request: Request) -> HttpResponse:
    form = SurenessForm(request.POST)
    if form.is_valid():
        chosen = form.cleaned_data["sureness"]
        alert_policy.choose(chosen, by=request.user, now=timezone.now())
        messages.success(request, _("Saved: it holds from the next night on."))
        return redirect("alerts")
    return _page(request, sureness_form=form)


def _wish(request: Request) -> AlertPreference | None:
    return AlertPreference.objects.filter(user=request.user).first()


def _page(
    request: Request,
    *,
    form: AlertPreferenceForm | None = None,
    sureness_form: SurenessForm | None = None,
) -> HttpResponse:
    policy = AlertPolicy.objects.current()
    sees_all = request.user.sees_everything
    scopes = len(list(watched())) if sees_all else 1
    offers = alert_policy.offers(policy, scopes=scopes)
    context = {
        "form": form or AlertPreferenceForm(instance=_wish(request)),
        "sureness_form": sureness_form or SurenessForm(initial={"sureness": policy.sureness}),
        "policy": policy,
        "may_choose": sees_all,
        "scopes": scopes,
        "offers": offers,
        "found": alert_policy.found(offers),
        "page": paging.page(Alert.objects.visible_to(request.user).for_list(), request.GET),
    }
    failed = sureness_form or (form and form.errors)
    return render(request, "indicators/alerts.html", context, status=422 if failed else 200)
