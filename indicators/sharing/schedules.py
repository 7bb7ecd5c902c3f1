"""Mails of saved views: due at an hour, sent once, to colleagues who see it with their own eyes.

One worker takes a mailing by moving its due time in a conditional UPDATE, committed before the
first mail leaves: who comes second finds it moved. A mailing cut in the middle is not repeated; its
page says that it never ended.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils.translation import gettext as _

from feedback.sending.window import is_holiday
from indicators.models import SavedView, ViewSchedule, may_steer
from indicators.sharing import due_times, view_mails
from triangle import journal
from triangle.errors import Refused
from triangle.models import User

Cadence = ViewSchedule.Cadence

MOST_RECIPIENTS = 20
POSTPONED_MINUTES = 10
MOST_ATTEMPTS = 5  # of a mailing of which nothing could leave


class NotMailed(Refused):
    """This view, or to these people, is not sent."""


def add(
    view: SavedView,
    *,
    cadence: str,
    weekday: int,
    hour: int,
    recipients: Iterable[User],
    now: datetime,
) -> ViewSchedule:
    people = list(recipients)
    if not view.is_mailed:
        raise NotMailed(_("Only dashboards, partners by band and gaps are mailed."))
    if len(people) > MOST_RECIPIENTS:
        raise NotMailed(_("Choose at most %(most)s people.") % {"most": MOST_RECIPIENTS})
    schedule = ViewSchedule(view=view, cadence=cadence, weekday=weekday, hour=hour)
    schedule.next_due_at = next_due(schedule, after=now)
    with transaction.atomic():
        schedule.save()
        schedule.recipients.set(people)
        journal.record(
            "schedule.added", schedule, now=now, actor=view.owner, recipients=len(people)
        )
    return schedule


def pause(schedule: ViewSchedule, *, by: User, now: datetime) -> bool:
    return _move(schedule, "schedule.paused", by=by, now=now, was_paused=False)


def resume(schedule: ViewSchedule, *, by: User, now: datetime) -> bool:
    """From the next time on; what fell into the pause is not made up for."""
    due = next_due(schedule, after=now)
    return _move(schedule, "schedule.resumed", by=by, now=now, was_paused=True, next_due_at=due)


def send_now(schedule: ViewSchedule, *, by: User, now: datetime) -> bool:
    """Due at once, the next tick takes it."""
    return _move(schedule, "schedule.hastened", by=by, now=now, was_paused=False, next_due_at=now)


def remove(schedule: ViewSchedule, *, by: User, now: datetime) -> None:
    with transaction.atomic():
        journal.record("schedule.removed", schedule, now=now, actor=by)
        schedule.delete()


def send_due(*, now: datetime, backend: BaseEmailBackend | None = None) -> int:
    """Send what is due, once; returns how many mails left."""
    sent = 0
    for schedule in ViewSchedule.objects.due(now=now).select_related("view__owner"):
        if claim(schedule, now=now):
            sent += _send(schedule, backend or mail.get_connection(), now=now)
    return sent


def claim(schedule: ViewSchedule, *, now: datetime) -> bool:
    """Whether this mailing is ours: the due time that was read still stood there."""
    taken = ViewSchedule.objects.filter(
        pk=schedule.pk, next_due_at=schedule.next_due_at, is_paused=False
    ).update(
        next_due_at=next_due(schedule, after=now), started_at=now, ended_at=None, sent=0, error=""
    )
    return bool(taken)


def next_due(schedule: ViewSchedule, *, after: datetime) -> datetime:
    zone = ZoneInfo(settings.TIME_ZONE)
    if schedule.cadence == Cadence.WEEKLY:
        return due_times.next_weekly(after, weekday=schedule.weekday, hour=schedule.hour, zone=zone)
    return due_times.next_monthly(after, hour=schedule.hour, zone=zone, is_holiday=is_holiday)


def _send(schedule: ViewSchedule, backend: BaseEmailBackend, *, now: datetime) -> int:
    """One message to one person; one that fails does not stop the others."""
    try:
        backend.open()
    except Exception as error:  # whatever a backend raises, nothing has left
        return _postpone(schedule, _said(error), now=now)
    sent, errors = 0, []
    for person in schedule.recipients.filter(may_steer()).order_by("pk"):
        try:
            message = view_mails.message(schedule, to=person, now=now)
            sent += backend.send_messages([message]) or 0
        except Exception as error:
            errors.append(f"{person.email}: {_said(error)}")
    backend.close()
    _end(schedule, now=now, sent=sent, error="\n".join(errors))
    return sent


def _postpone(schedule: ViewSchedule, error: str, *, now: datetime) -> int:
    """Nothing left, so it may be tried again without harm, for a while."""
    if schedule.attempts + 1 >= MOST_ATTEMPTS:
        _end(schedule, now=now, sent=0, error=error)
        return 0
    ViewSchedule.objects.filter(pk=schedule.pk).update(
        next_due_at=now + timedelta(minutes=POSTPONED_MINUTES),
        attempts=schedule.attempts + 1,
        ended_at=now,
        error=error,
    )
    return 0


def _end(schedule: ViewSchedule, *, now: datetime, sent: int, error: str) -> None:
    with transaction.atomic():
        ViewSchedule.objects.filter(pk=schedule.pk).update(
            ended_at=now, sent=sent, error=error, attempts=0
        )
        journal.record("schedule.sent", schedule, now=now, sent=sent, failed=bool(error))


def _move(
    schedule: ViewSchedule,
    kind: str,
    *,
    by: User,
    now: datetime,
    was_paused: bool,
    next_due_at: datetime | None = None,
) -> bool:
    changes = {"next_due_at": next_due_at} if next_due_at else {}
    is_paused = kind == "schedule.paused"
    with transaction.atomic():
        source = ViewSchedule.objects.filter(pk=schedule.pk, is_paused=was_paused)
        if not source.update(is_paused=is_paused, **changes):
            return False
        journal.record(kind, schedule, now=now, actor=by)
    return True


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]
