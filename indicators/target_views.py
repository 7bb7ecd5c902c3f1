"""The targets of a year: everybody may read them, quality leads set them."""

from __future__ import annotations

from decimal import Decimal

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from indicators import targets as verbs
from indicators.models import Target
from indicators.models.target import YEARS
from indicators.target_forms import TargetForm, ValueForm
from triangle.access import Request, roles
from triangle.errors import Refused
from triangle.models import Role
from triangle.periods import local_day

lead = roles(Role.ADMIN, Role.QUALITY_LEAD)


@require_safe
@roles(Role.ADMIN, Role.QUALITY_LEAD, Role.MANAGER)
def targets(request: Request) -> HttpResponse:
    return _page(request)


@require_POST
@lead
def add(request: Request) -> HttpResponse:
    form = TargetForm(request.POST)
    if form.is_valid():
        try:
            verbs.add(**form.cleaned_data, year=_year(request), by=request.user, now=timezone.now())
        except Refused as refusal:
            form.add_error("value", refusal.message)
        else:
            return _done(request, _("The target is set."))
    return _page(request, form=form)


@require_POST
@lead
def change(request: Request, pk: int) -> HttpResponse:
    """The new value beside its row; `remove` takes the target away."""
    target = get_object_or_404(Target, pk=pk)
    if "remove" in request.POST:
        verbs.remove(target, by=request.user, now=timezone.now())
        return _done(request, _("The target is removed."))
    form = _form(target, request)
    if form.is_valid():
        try:
            value: Decimal = form.cleaned_data["value"]
            verbs.change(target, value=value, by=request.user, now=timezone.now())
        except Refused as refusal:
            form.add_error("value", refusal.message)
        else:
            return _done(request, _("The target is changed."))
    return _page(request, changed=(target.pk, form))


def _form(target: Target, request: Request | None = None) -> ValueForm:
    return ValueForm(
        request.POST if request else None,
        initial={"value": target.value.normalize() + 0},
        prefix=None,
        auto_id=f"target-{target.pk}-%s",
    )


def _year(request: Request) -> int:
    asked = request.GET.get("year", "")
    first, last = YEARS
    if asked.isascii() and asked.isdecimal() and len(asked) == 4 and first <= int(asked) <= last:
        return int(asked)
    return local_day(timezone.now()).year


def _done(request: Request, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect(f"{reverse('targets')}?year={_year(request)}")


def _page(
    request: Request,
    *,
    form: TargetForm | None = None,
    changed: tuple[int, ValueForm] | None = None,
) -> HttpResponse:
    year = _year(request)
    typed = dict([changed] if changed else [])
    rows = [
        (one, verbs.words(one.indicator, one.value), typed.get(one.pk) or _form(one))
        for one in Target.objects.filter(year=year).for_list()
    ]
    context = {
        "rows": rows,
        "form": form or TargetForm(),
        "year": year,
        "years": [one for one in range(year - 1, year + 2) if YEARS[0] <= one <= YEARS[1]],
        "may_edit": request.user.sees_everything,
    }
    status = 422 if form or changed else 200
    return render(request, "indicators/targets.html", context, status=status)
