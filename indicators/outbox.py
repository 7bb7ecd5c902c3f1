"""What waits in the rows that are our queues, by state, with the oldest age in seconds."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, QuerySet

from feedback.models import Delivery, ImportRun, MailEvent
from indicators.models import TallyState, Touched

Found = dict[str, int | float | None]


def outbox(*, now: datetime) -> dict[str, Any]:
    """Every state is there, empty ones too; an age is None where nothing is."""
    state = TallyState.objects.filter(pk=1).first() or TallyState()
    return {
        "deliveries": _by_state(Delivery.objects.all(), Delivery.State.values, "due_at", now),
        "reminders": {"count": Delivery.objects.reminders_ahead(now=now).count()},
        "postponed": {"count": Delivery.objects.postponed(now=now).count()},
        "events_last_day": MailEvent.objects.by_kind(since=now - timedelta(days=1)),
        "imports": _by_state(ImportRun.objects.all(), ImportRun.State.values, "created_at", now),
        "touched": {"count": Touched.objects.count()},
        "tallies": {
            "version": state.version,
            "counted_age_seconds": _age(state.counted_at, now),
            "reconciled_age_seconds": _age(state.reconciled_at, now),
            "drift": state.drift,
        },
    }


def _by_state(
    rows: QuerySet[Any], states: list[str], instant: str, now: datetime
) -> dict[str, Found]:
    counted = rows.order_by().values_list("state").annotate(Count("pk"), Min(instant))
    found = {state: (count, oldest) for state, count, oldest in counted}
    return {
        state: {
            "count": found.get(state, (0, None))[0],
            "oldest_age_seconds": _age(found.get(state, (0, None))[1], now),
        }
        for state in states
    }


def _age(at: datetime | None, now: datetime) -> float | None:
    """Negative while it is not due."""
    return None if at is None else round((now - at).total_seconds(), 1)
