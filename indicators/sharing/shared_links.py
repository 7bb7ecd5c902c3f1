"""Links that show a dashboard to somebody without an account, for a while, and nothing more."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from indicators.models import SharedLink
from indicators.sharing.saved_views import one_line
from triangle import journal, links
from triangle.errors import Refused
from triangle.models import User

SHORTEST_DAYS, USUAL_DAYS, LONGEST_DAYS = 1, 30, 90


class OutsideLimits(Refused):
    """A link ends between tomorrow and three months from now."""


def make(
    *, by: User, name: str, query: str, days: int, shows_partners: bool, now: datetime
) -> tuple[SharedLink, str]:
    """The link and its token, which is known this once: the seed it came from is not kept."""
    if not SHORTEST_DAYS <= days <= LONGEST_DAYS:
        raise OutsideLimits(_("A link is valid from 1 to 90 days."))
    token = links.token_for("view", links.new_seed())
    with transaction.atomic():
        link = SharedLink.objects.create(
            made_by=by,
            role=by.role,
            is_superuser=by.is_superuser,
            name=one_line(name),
            query=query,
            shows_partners=shows_partners,
            token_hash=links.token_hash(token),
            created_at=now,
            expires_at=now + timedelta(days=days),
        )
        journal.record("link.made", link, now=now, actor=by, days=days, query=query)
    return link, token


def revoke(link: SharedLink, *, by: User, now: datetime) -> bool:
    """Dead at once; False when it already was."""
    with transaction.atomic():
        alive = SharedLink.objects.filter(pk=link.pk, revoked_at=None)
        if not alive.update(revoked_at=now):
            return False
        journal.record("link.revoked", link, now=now, actor=by)
    return True


def find(token: str, *, now: datetime) -> SharedLink | None:
    """The same nothing for a forged, an expired and a revoked one."""
    if len(token) != links.TOKEN_LENGTH:
        return None
    found = SharedLink.objects.alive(now=now).filter(token_hash=links.token_hash(token))
    return found.select_related("made_by").first()


def note_opening(link: SharedLink, *, now: datetime) -> None:
    SharedLink.objects.filter(pk=link.pk).update(opened_count=F("opened_count") + 1, opened_at=now)
