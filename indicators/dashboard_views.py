"""The dashboard and the rows behind its numbers."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_htmx.http import trigger_client_event

from indicators import spoken
from indicators.charts.page import holds_charts
from indicators.dashboard_page import DashboardPage, dashboard_page, partner_card
from indicators.fact_rows import BEHIND, rows
from indicators.meeting import slides
from indicators.models import STEERING, SavedView, TallyState
from indicators.partner_board import partner_rows
from indicators.sharing.view_acts import view_acts
from partners.filter_bar import filter_bar
from partners.period_choice import PeriodChoice
from partners.scope import Scope
from triangle.access import Request, roles
from triangle.periods import local_day

ROWS_ON_A_PAGE = 50
Page = SavedView.Page


@require_safe
@roles(*STEERING)
@holds_charts
def show(request: Request) -> HttpResponse:
    """The page; to HTMX its moving part, or nothing while the figures have not moved."""
    if request.htmx.target == "figures" and not _has_moved(request):
        return HttpResponse(status=204)
    scope, choice = _asked(request)
    page = dashboard_page(scope, choice, user=request.user, today=local_day(timezone.now()))
    if request.htmx.target == "figures":
        return _moved(request, page)
    acts = view_acts(request.user, page=Page.DASHBOARD, scope=scope, choice=choice)
    context = {"page": page, "choice": choice, "acts": acts}
    if request.GET.get("mode") == "meeting":
        more = {"chips": scope.chips(), "slides": slides(acts, request.GET.get("view", ""))}
        return render(request, "indicators/meeting.html", {**context, **more})
    if not request.htmx or request.htmx.history_restore_request:
        return render(request, "indicators/dashboard.html", context)
    response = render(request, "indicators/_board_swapped.html", context)
    response.headers["HX-Push-Url"] = _plain_address(acts.query)
    return _announced(response, page.said)


@require_safe
@roles(*STEERING)
def partners(request: Request) -> HttpResponse:
    """Some partners by band, which the dashboard fetches after the page."""
    scope, choice = _asked(request)
    if not request.htmx:
        return redirect(f"{reverse('partner-board')}?{request.GET.urlencode()}")
    return HttpResponse(partner_card(scope, choice))


@require_safe
@roles(*STEERING)
def behind(request: Request, name: str) -> HttpResponse:
    """The rows of one number, under the same filter."""
    if name not in BEHIND:
        raise Http404
    scope, choice = _asked(request)
    found = rows(name, scope, choice.period)
    page = Paginator(found, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "behind": BEHIND[name],
        "page": page,
        "bar": filter_bar(scope, choice, user=request.user, matches=page.paginator.count),
        "acts": view_acts(request.user, page=Page.ROWS, rows=name, scope=scope, choice=choice),
    }
    return render(request, "indicators/rows.html", context)


@require_safe
@roles(*STEERING)
def partner_board(request: Request) -> HttpResponse:
    """All partners of the filter, by band."""
    scope, choice = _asked(request)
    found = partner_rows(scope, choice.period)
    page = Paginator(found.rows, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "partners": found,
        "page": page,
        "bar": filter_bar(scope, choice, user=request.user, matches=page.paginator.count),
        "acts": view_acts(request.user, page=Page.PARTNERS, scope=scope, choice=choice),
    }
    return render(request, "indicators/partner_board.html", context)


def _asked(request: Request) -> tuple[Scope, PeriodChoice]:
    today = local_day(timezone.now())
    return (
        Scope.from_query(request.GET, user=request.user),
        PeriodChoice.from_query(request.GET, today=today),
    )


def _has_moved(request: HttpRequest) -> bool:
    shown = request.headers.get("X-Figures-Version")
    version = TallyState.objects.filter(pk=1).values_list("version", flat=True).first()
    return shown != str(version or 0)


def _moved(request: HttpRequest, page: DashboardPage) -> HttpResponse:
    """Answers that move nothing under this filter are not worth a word."""
    response = HttpResponse(page.figures + page.matches)
    trigger_client_event(response, "figures-moved", after="settle")
    was_said = request.headers.get("X-Figures-Said") == spoken.key(page.said)
    return response if was_said else _announced(response, spoken.moved(page.said))


def _plain_address(query: str) -> str:
    """Without the empty fields of the form it came from."""
    return f"{reverse('dashboard')}?{query}" if query else reverse("dashboard")


def _announced(response: HttpResponse, said: str) -> HttpResponse:
    return trigger_client_event(response, "announce", {"value": said})
