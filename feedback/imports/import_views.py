"""The import page: upload, preview, import, and what became of it."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from feedback.imports import imports
from feedback.imports.import_forms import BundleForm
from feedback.imports.imports_board import board
from feedback.marketplace.columns import SPECS
from feedback.models import ImportRun
from triangle.access import Request, roles
from triangle.errors import Refused
from triangle.models import Role

PAGE_ROWS = 25
importers = roles(Role.ADMIN, Role.QUALITY_LEAD, Role.MANAGER)


@importers
@require_http_methods(["GET", "HEAD", "POST"])
def import_list(request: Request) -> HttpResponse:
    is_sent = request.method == "POST"
    form = BundleForm(request.POST, request.FILES) if is_sent else BundleForm()
    if is_sent and form.is_valid():
        try:
            run = imports.ask(form.cleaned_data["bundle"], by=request.user, now=timezone.now())
            return redirect("import-run", run.pk)
        except Refused as refusal:
            form.add_error("bundle", refusal.message)
    runs = ImportRun.objects.visible_to(request.user).for_list()
    page = Paginator(runs, PAGE_ROWS).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "specs": SPECS.values()}
    status = 422 if form.errors else 200
    return render(request, "feedback/imports.html", context, status=status)


@importers
@require_safe
def import_run(request: Request, pk: int) -> HttpResponse:
    run = get_object_or_404(ImportRun.objects.visible_to(request.user).for_page(), pk=pk)
    template = "feedback/_import_run.html" if request.htmx else "feedback/import_run.html"
    return render(request, template, {"board": board(run, now=timezone.now())})


@importers
@require_POST
def confirm(request: Request, pk: int) -> HttpResponse:
    preview = get_object_or_404(ImportRun.objects.visible_to(request.user), pk=pk)
    try:
        run = imports.confirm(preview, by=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("import-run", preview.pk)
    return redirect("import-run", run.pk)


@importers
@require_safe
def errors(request: Request, pk: int) -> HttpResponseBase:
    run = get_object_or_404(ImportRun.objects.visible_to(request.user), pk=pk)
    if not run.errors_path.is_file():
        raise Http404
    return FileResponse(
        run.errors_path.open("rb"),
        as_attachment=True,
        filename=f"import-{run.pk}-set-aside.csv",
        content_type="text/csv; charset=utf-8",
    )
