"""Alerts: raised once when a figure has moved, seen by whom they concern, closed when past."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from indicators.alerts import alert_policy
from indicators.alerts.looks import LOOKS
from indicators.formulas.shifts import BASELINE_DAYS, WINDOW_DAYS
from indicators.models import Alert, AlertPolicy, Sureness
from partners.period_choice import EARLIEST
from partners.scope import Scope
from triangle import journal
from triangle.models import Discipline, Role, User
from triangle.periods import Period, last_days, local_day

CLOSED_AFTER = timedelta(days=60)  # by then the new score is the one to compare with


@dataclass(frozen=True)
class Watched:
    """Whose figures are looked at; everybody's when neither is given."""

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
    sureness = Sureness(AlertPolicy.objects.current().sureness)
    raised = [
        _raise(one, indicator, last, sureness, now=now) for one in watched() for indicator in LOOKS
    ]
    return [alert for alert in raised if alert]


def watched() -> Iterator[Watched]:
    yield Watched()
    for discipline in Discipline.objects.order_by("pk"):
        yield Watched(discipline=discipline)
    for manager in User.objects.filter(role=Role.MANAGER, is_active=True).order_by("pk"):
        yield Watched(manager=manager)


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


def _normal_from(watched: Watched, indicator: Alert.Indicator) -> date:
    """First day of the present normal: that after the latest alert."""
    alerts = Alert.objects.filter(
        indicator=indicator, discipline=watched.discipline, manager=watched.manager
    )
    latest = alerts.order_by("-last").values_list("last", flat=True).first()
    return latest + timedelta(days=1) if latest else EARLIEST


@transaction.atomic
def _raise(
    watched: Watched, indicator: Alert.Indicator, last: date, sureness: Sureness, *, now: datetime
) -> Alert | None:
    window = last_days(WINDOW_DAYS, today=last)
    baseline = last_days(BASELINE_DAYS, today=window.first - timedelta(days=1))
    first = max(baseline.first, _normal_from(watched, indicator))
    if first > baseline.last:
        return None
    limit, before = alert_policy.LIMITS[sureness], Period(first, baseline.last)
    shift = LOOKS[indicator](watched.scope, before, window, limit)
    if shift is None:
        return None
    alert, is_new = Alert.objects.get_or_create(
        key=f"{indicator}:{watched.name}:{last.isoformat()}",
        defaults={
            "indicator": indicator,
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
            "sureness": sureness,
            "limit_z": shift.limit_z,
        },
    )
    if not is_new:
        return None
    journal.record("alert.raised", alert, now=now)
    return alert


def _close_past(*, last: date) -> None:
    past = Alert.objects.filter(last__lt=last - CLOSED_AFTER)
    past.exclude(state=Alert.State.CLOSED).update(state=Alert.State.CLOSED)
