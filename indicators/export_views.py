"""Files of exactly what a page shows, under the same filter and the same row scope."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from indicators import exports
from indicators.exports import FORMS, Export
from indicators.fact_rows import BEHIND
from indicators.models import STEERING
from indicators.saved_views import as_query
from partners.period_choice import PeriodChoice
from partners.scope import Scope
from triangle.access import Request, roles
from triangle.periods import local_day

office = roles(*STEERING)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
@office
def export_dashboard(request: Request, form: str) -> HttpResponseBase:
    scope, choice = _asked(request, form)
    return _file(exports.of_dashboard(scope, choice, today=local_day(timezone.now())), form)


@require_GET
@office
def export_partners(request: Request, form: str) -> HttpResponseBase:
    scope, choice = _asked(request, form)
    try:
        return _file(exports.of_partners(scope, choice, form=form), form)
    except exports.TooLarge as refusal:
        return _back(request, refusal, reverse("partner-board"), as_query(scope, choice))


@require_GET
@office
def export_gaps(request: Request, form: str) -> HttpResponseBase:
    scope, choice = _asked(request, form)
    try:
        return _file(exports.of_gaps(scope, choice, form=form), form)
    except exports.TooLarge as refusal:
        return _back(request, refusal, reverse("gaps"), as_query(scope, choice))


@require_GET
@office
def export_rows(request: Request, name: str, form: str) -> HttpResponseBase:
    if name not in BEHIND:
        raise Http404
    scope, choice = _asked(request, form)
    try:
        export = exports.of_rows(
            name, scope, choice, form=form, by=request.user, now=timezone.now()
        )
    except exports.TooLarge as refusal:
        return _back(request, refusal, reverse("rows", args=[name]), as_query(scope, choice))
    return _file(export, form)


def _asked(request: Request, form: str) -> tuple[Scope, PeriodChoice]:
    if form not in FORMS:
        raise Http404
    today = local_day(timezone.now())
    return (
        Scope.from_query(request.GET, user=request.user),
        PeriodChoice.from_query(request.GET, today=today),
    )


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


def _back(request: Request, refusal: exports.TooLarge, path: str, query: str) -> HttpResponse:
    messages.error(request, refusal.message)
    return redirect(f"{path}?{query}")
