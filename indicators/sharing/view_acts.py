"""What stands beside the title of a page of figures: its views to open, to save, to share."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from indicators.models import SavedView
from indicators.sharing.saved_views import as_query
from partners.period_choice import PeriodChoice
from partners.scope import Scope
from triangle.models import User

EXPORTS = ("csv", "xlsx", "pdf")


@dataclass(frozen=True)
class ViewActs:
    """`exports` is empty on a page that has no file; `current` is the view shown, if any."""

    page: str
    rows: str
    query: str
    mine: list[SavedView]
    of_the_team: list[SavedView]
    current: SavedView | None
    exports: list[tuple[str, str]]

    @property
    def lists(self) -> list[tuple[str, list[SavedView]]]:
        return [(_("My views"), self.mine), (_("Views of the team"), self.of_the_team)]

    @property
    def is_dashboard(self) -> bool:
        return self.page == SavedView.Page.DASHBOARD

    @property
    def limits(self) -> str:
        """What becomes of a view of this page less than of one of the dashboard."""
        if self.is_dashboard:
            return ""
        if SavedView(page=self.page).is_mailed:
            return _("Can be mailed to colleagues; no link shows it without an account.")
        return _("Is not mailed, and no link shows it without an account.")


def view_acts(
    user: User, *, page: str, scope: Scope, choice: PeriodChoice, rows: str = ""
) -> ViewActs:
    """In one query."""
    query = as_query(scope, choice)
    views = list(SavedView.objects.visible_to(user).for_list())
    mine = [view for view in views if view.owner_id == user.pk]
    shown = [view for view in views if (view.page, view.rows, view.query) == (page, rows, query)]
    return ViewActs(
        page=page,
        rows=rows,
        query=query,
        mine=mine,
        of_the_team=[view for view in views if view.owner_id != user.pk],
        current=next((view for view in shown if view in mine), shown[0] if shown else None),
        exports=_exports(page, rows, query),
    )


def _exports(page: str, rows: str, query: str) -> list[tuple[str, str]]:
    if page == SavedView.Page.PARTICIPATION:
        return []
    names = {
        SavedView.Page.PARTNERS: "export-partners",
        SavedView.Page.GAPS: "export-gaps",
        SavedView.Page.ROWS: "export-rows",
    }
    name = names.get(SavedView.Page(page), "export-dashboard")
    given = [rows] if rows else []
    return [(form.upper(), f"{reverse(name, args=[*given, form])}?{query}") for form in EXPORTS]
