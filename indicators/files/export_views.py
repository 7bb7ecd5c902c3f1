"""Files of exactly what a page shows, under the same filter and the same row scope."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from indicators.fact_rows import BEHIND
from indicators.files import exports
from indicators.files.exports import FORMS, Export
from indicators.models import STEERING
from indicators.sharing.saved_views import as_query
from partners.period_choice import PeriodChoice
from partners.scope import Scope
from triangle.access import Request, roles
from triangle.periods import local_day

office = roles(*STEERING)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
@office
def export_dashboard(request: Request, form: str) -> HttpResponseBase:
    today = local_day(timezone.now())
    return _answered(
        request,
        form,
        reverse("dashboard"),
        lambda *asked: exports.of_dashboard(*asked, today=today),
    )


@require_GET
@office
def export_partners(request: Request, form: str) -> HttpResponseBase:
    return _answered(
        request, form, reverse("partner-board"), partial(exports.of_partners, form=form)
    )


@require_GET
@office
def export_gaps(request: Request, form: str) -> HttpResponseBase:
    return _answered(request, form, reverse("gaps"), partial(exports.of_gaps, form=form))


@require_GET
@office
def export_rows(request: Request, name: str, form: str) -> HttpResponseBase:
    if name not in BEHIND:
        raise Http404
    made = partial(exports.of_rows, name, form=form, by=request.user, now=timezone.now())
    return _answered(request, form, reverse("rows", args=[name]), made)


def _answered(
    request: Request, form: str, page: str, made: Callable[[Scope, PeriodChoice], Export]
) -> HttpResponseBase:
    """The file; or the page, where it says which part of the question it did not understand."""
    if form not in FORMS:
        raise Http404
    scope = Scope.from_query(request.GET, user=request.user)
    choice = PeriodChoice.from_query(request.GET, today=local_day(timezone.now()))
    if scope.is_cut or choice.message or choice.comparison.message:
        return redirect(f"{page}?{request.GET.urlencode()}")
    try:
        return _file(made(scope, choice), form)
    except exports.TooLarge as refusal:
        messages.error(request, refusal.message)
        return redirect(f"{page}?{as_query(scope, choice)}")


def _file(export: Export, form: str) -> HttpResponseBase:
    name = export.file_name(form)
    if form == "xlsx":
        return FileResponse(export.xlsx(), as_attachment=True, filename=name, content_type=XLSX)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if form == "pdf":
        return HttpResponse(export.pdf(), content_type="application/pdf", headers=headers)
    return StreamingHttpResponse(
        export.csv(), content_type="text/csv; charset=utf-8", headers=headers
    )
