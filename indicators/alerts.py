"""Alerts: raised once when a score has moved, seen by whom they concern, closed when it is past."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from indicators import shifts
from indicators.models import SCORES, Alert, Family
from indicators.reader import TOTAL, read
from indicators.shifts import Sample
from partners.period_choice import EARLIEST
from partners.scope import Scope
from triangle import journal
from triangle.models import Discipline, Role, User
from triangle.periods import Period, last_days, local_day

CLOSED_AFTER = timedelta(days=60)  # by then the new score is the one to compare with


@dataclass(frozen=True)
class Watched:
    """Whose score is looked at; everybody's when neither is given."""

    discipline: Discipline | None = None
    manager: User | None = None

    @property
    def name(self) -> str:
        if self.discipline:
            return f"discipline:{self.discipline.pk}"
        return f"manager:{self.manager.pk}" if self.manager else "all"

    @property
    def scope(self) -> Scope:
        if self.discipline:
            return Scope(discipline=(self.discipline.pk,))
        return Scope(manager=(self.manager.pk,)) if self.manager else Scope()


def raise_due(*, now: datetime) -> list[Alert]:
    """Look at the last thirty days of everybody who is watched.

    After an alert what comes is the new normal: later days are compared with those since. So a
    shift is told once, however often one looks.
    """
    last = local_day(now) - timedelta(days=1)
    _close_past(last=last)
    raised = [_raise(watched, last, now=now) for watched in _watched()]
    return [alert for alert in raised if alert]


@transaction.atomic
def mark_seen(alert: Alert, *, by: User, now: datetime) -> bool:
    """Whether it was open until now."""
    marked = (
        Alert.objects.filter(pk=alert.pk)
        .open()
        .update(state=Alert.State.SEEN, seen_at=now, seen_by=by)
    )
    if marked:
        journal.record("alert.seen", alert, now=now, actor=by)
    return bool(marked)


@transaction.atomic
def mark_unseen(alert: Alert, *, by: User, now: datetime) -> bool:
    """Whether it was seen until now."""
    marked = Alert.objects.filter(pk=alert.pk, state=Alert.State.SEEN).update(
        state=Alert.State.OPEN, seen_at=None, seen_by=None
    )
    if marked:
        journal.record("alert.unseen", alert, now=now, actor=by)
    return bool(marked)


def _watched() -> Iterator[Watched]:
    yield Watched()
    for discipline in Discipline.objects.order_by("pk"):
        yield Watched(discipline=discipline)
    for manager in User.objects.filter(role=Role.MANAGER, is_active=True).order_by("pk"):
        yield Watched(manager=manager)


def _normal_from(watched: Watched) -> date:
    """First day of the present normal: that after the latest alert."""
    alerts = Alert.objects.filter(discipline=watched.discipline, manager=watched.manager)
    latest = alerts.order_by("-last").values_list("last", flat=True).first()
    return latest + timedelta(days=1) if latest else EARLIEST


@transaction.atomic
def _raise(watched: Watched, last: date, *, now: datetime) -> Alert | None:
    window = last_days(shifts.WINDOW_DAYS, today=last)
    baseline = last_days(shifts.BASELINE_DAYS, today=window.first - timedelta(days=1))
    first = max(baseline.first, _normal_from(watched))
    if first > baseline.last:
        return None
    before = _sample(watched.scope, Period(first, baseline.last))
    shift = shifts.find(before, _sample(watched.scope, window))
    if shift is None:
        return None
    alert, is_new = Alert.objects.get_or_create(
        key=f"nps:{watched.name}:{last.isoformat()}",
        defaults={
            "indicator": Alert.Indicator.NPS,
            "discipline": watched.discipline,
            "manager": watched.manager,
            "raised_at": now,
            "first": window.first,
            "last": window.last,
            "before": shift.before,
            "before_n": shift.before_n,
            "after": shift.after,
            "after_n": shift.after_n,
            "p": shift.p,
        },
    )
    if not is_new:
        return None
    journal.record("alert.raised", alert, now=now)
    return alert


def _sample(scope: Scope, period: Period) -> Sample:
    """Answers with a why."""
    rows = read(scope, period, families=[Family.RATING])
    counts = rows[TOTAL].counts if TOTAL in rows else {}
    return Sample.of([counts.get(f"rating_explained_{score}", 0) for score in SCORES])


def _close_past(*, last: date) -> None:
    past = Alert.objects.filter(last__lt=last - CLOSED_AFTER)
    past.exclude(state=Alert.State.CLOSED).update(state=Alert.State.CLOSED)
