"""Saved views: a filter kept under a name. What it shows is what its reader may see."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qs, parse_qsl

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from indicators.models import SavedView
from partners.period_choice import PeriodChoice
from partners.scope import DIMENSIONS, Scope
from triangle import journal, whys
from triangle.errors import Refused
from triangle.models import User
from triangle.periods import local_day

MOST_VIEWS = 100  # of one person; more is not a list but an archive


class NameTaken(Refused):
    """A person names each view once."""


class Nameless(Refused):
    """A view without a name would not be found again."""


class TooMany(Refused):
    """Old views are to be deleted first."""


def save(
    *,
    owner: User,
    name: str,
    page: str,
    query: Mapping[str, Any],
    now: datetime,
    rows: str = "",
    is_shared: bool = False,
) -> SavedView:
    """Keep what the query asks for and this person may choose."""
    if SavedView.objects.kept().of(owner).count() >= MOST_VIEWS:
        raise TooMany(_("You keep %(most)s views: delete one first.") % {"most": MOST_VIEWS})
    view = SavedView(
        owner=owner,
        name=one_line(name),
        page=page,
        rows=rows,
        query=normalised(query, user=owner, today=local_day(now)),
        is_shared_with_team=is_shared,
        created_at=now,
    )
    _write(view, "view.saved", now=now)
    return view


def rename(view: SavedView, *, name: str, is_shared: bool, now: datetime) -> SavedView:
    view.name, view.is_shared_with_team = one_line(name), is_shared
    _write(view, "view.renamed", now=now)
    return view


def remove(view: SavedView, *, now: datetime) -> bool:
    """Out of every list, its mails with it; it can be restored. False when it already was."""
    return _move(view, "view.removed", now=now, removed_at=now)


def restore(view: SavedView, *, now: datetime) -> bool:
    return _move(view, "view.restored", now=now, removed_at=None)


def forget_removed(*, before: datetime) -> int:
    """Views nobody wanted back."""
    _all, counts = SavedView.objects.filter(removed_at__lt=before).delete()
    return counts.get("indicators.SavedView", 0)


def normalised(query: Mapping[str, Any], *, user: User, today: date) -> str:
    """The same filter as the pages understand it: nothing unknown, nothing out of sight."""
    choice = PeriodChoice.from_query(query, today=today)
    return as_query(Scope.from_query(query, user=user), choice)


def as_query(scope: Scope, choice: PeriodChoice) -> str:
    return "&".join(filter(None, [choice.as_query(), scope.as_query()]))


def scope_of(query: str, *, user: User) -> Scope:
    """A stored filter with the row scope of this person.

    Unlike an address, nothing that went out of sight is left out: it then finds nothing, for a
    filter that lost a part would show more than was meant.
    """
    asked = parse_qs(query)
    return Scope.of(user, **{name: map(int, asked[name]) for name in DIMENSIONS if name in asked})


def choice_of(query: str, *, today: date) -> PeriodChoice:
    return PeriodChoice.from_query(dict(parse_qsl(query)), today=today)


def one_line(name: str) -> str:
    return " ".join(whys.clean(name).split())


def _write(view: SavedView, kind: str, *, now: datetime) -> None:
    if not view.name:
        raise Nameless(_("Give the view a name."))
    try:
        with transaction.atomic():
            view.save()
            journal.record(kind, view, now=now, actor=view.owner, name=view.name)
    except IntegrityError as error:
        raise _taken(view) from error


def _move(view: SavedView, kind: str, *, now: datetime, removed_at: datetime | None) -> bool:
    try:
        with transaction.atomic():
            source = SavedView.objects.filter(pk=view.pk, removed_at__isnull=removed_at is not None)
            if not source.update(removed_at=removed_at):
                return False
            journal.record(kind, view, now=now, actor=view.owner, name=view.name)
    except IntegrityError as error:
        raise _taken(view) from error
    return True


def _taken(view: SavedView) -> NameTaken:
    return NameTaken(_("You already have a view named “%(name)s”.") % {"name": view.name})
