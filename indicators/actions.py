"""The quality action plan: what was decided, and when it was done."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from indicators.models import Action
from triangle import journal
from triangle.models import Discipline, User
from triangle.periods import local_day


@transaction.atomic
def record_done(
    *, title_en: str, title_fr: str, discipline: Discipline | None, owner: User, now: datetime
) -> Action:
    action = Action.objects.create(
        title_en=title_en,
        title_fr=title_fr,
        discipline=discipline,
        owner=owner,
        done_on=local_day(now),
    )
    journal.record("action.done", action, now=now, actor=owner)
    return action
