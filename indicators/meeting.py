"""The views of a meeting, one after the other, on a screen without navigation."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from indicators.models import SavedView
from indicators.sharing.view_acts import ViewActs


@dataclass(frozen=True)
class Slides:
    """Addresses to leave by and to go on; the first follows the last."""

    name: str
    place: int
    count: int
    before: str
    after: str
    leave: str


def slides(acts: ViewActs, asked: str) -> Slides:
    """Dashboards of the team and one's own, by name; a filter of no view stands before them."""
    views = [view for view in (*acts.mine, *acts.of_the_team) if view.page == "dashboard"]
    views.sort(key=lambda view: (view.name.casefold(), view.pk))
    at = _place(views, acts, asked)
    around = _around(views, at)
    return Slides(
        name=views[at].name if at is not None else "",
        place=at + 1 if at is not None else 0,
        count=len(views),
        before=_address(around[0]) if around else "",
        after=_address(around[1]) if around else "",
        leave=f"{reverse('dashboard')}?{acts.query}",
    )


def _place(views: list[SavedView], acts: ViewActs, asked: str) -> int | None:
    """Two views may have one filter: the address says which is shown."""
    same = [at for at, view in enumerate(views) if view.query == acts.query]
    named = [at for at in same if str(views[at].pk) == asked]
    return next(iter([*named, *same]), None)


def _around(views: list[SavedView], at: int | None) -> tuple[SavedView, SavedView] | None:
    if at is None:
        return (views[-1], views[0]) if views else None
    return (views[at - 1], views[(at + 1) % len(views)]) if len(views) > 1 else None


def _address(view: SavedView) -> str:
    kept = "&".join(filter(None, [view.query, urlencode({"mode": "meeting", "view": view.pk})]))
    return f"{reverse('dashboard')}?{kept}"
