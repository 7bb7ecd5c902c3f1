"""The dashboard as HTML, made once for each version of the figures and each filter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from indicators import spoken
from indicators.charts.bars import cancellations_by_side, score_distribution
from indicators.charts.mapping import satisfaction_mapping
from indicators.charts.trend import nps_by_month
from indicators.dashboard import Dashboard, dashboard
from indicators.formulas.mapping import mean_cut
from indicators.partner_board import partner_rows
from indicators.ready import kept
from indicators.sharing.saved_views import as_query
from partners.filter_bar import filter_bar
from partners.period_choice import PeriodChoice
from partners.scope import Scope
from triangle.models import User


@dataclass(frozen=True)
class DashboardPage:
    """`figures` is what moves with each answer, `beside` what is fetched when it is looked at."""

    filters: SafeString
    matches: SafeString
    figures: SafeString
    beside: SafeString
    said: str


def dashboard_page(scope: Scope, choice: PeriodChoice, *, user: User, today: date) -> DashboardPage:
    """A message about what was asked for is of this moment, and not kept."""

    def make() -> DashboardPage:
        return _made(scope, choice, user=user, today=today)

    if choice.message or choice.comparison.message:
        return make()
    viewer = None if user.sees_everything else user.pk
    return kept("dashboard", viewer, scope, choice.as_query(), today, make=make)


def _made(scope: Scope, choice: PeriodChoice, *, user: User, today: date) -> DashboardPage:
    page = dashboard(scope, choice, today=today)
    bar = filter_bar(scope, choice, user=user, matches=page.now.volume.planned, compares=True)
    said = spoken.spoken(page.now)
    context = {
        "board": page,
        "figures": chart_figures(page),
        "bar": bar,
        "said_key": spoken.key(said),
    }

    def html(template: str, **more: object) -> SafeString:
        return render_to_string(f"{template}.html", {**context, **more})

    return DashboardPage(
        filters=html("indicators/_filters"),
        matches=html("indicators/_matches_moved"),
        figures=html("indicators/_figures"),
        beside=html("indicators/_beside"),
        said=said,
    )


def partner_card(scope: Scope, choice: PeriodChoice) -> SafeString:
    def make() -> SafeString:
        context = {
            "partners": partner_rows(scope, choice.period),
            "query": as_query(scope, choice),
        }
        return render_to_string("indicators/_partners.html", context)

    return kept("partners", scope, choice.as_query(), choice.period, make=make)


def chart_figures(page: Dashboard) -> dict[str, object]:
    """The charts as Plotly figures, by the id of their place on the page."""
    now = page.now
    built = {
        "nps-by-month": nps_by_month(page.months, page.markers, page.beside),
        "scores": score_distribution(now.nps.distribution),
        "mapping": satisfaction_mapping(
            now.mapping, now.criterion_names, mean_cut(now.criterion_counts())
        ),
        "cancellations": cancellations_by_side({name: count for _rows, name, count in page.sides}),
    }
    return {name: figure.to_plotly_json() for name, figure in built.items()}
