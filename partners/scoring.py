"""Expected and delivered quality in percent, from plain levels and instants."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from triangle.periods import local_day

CONFIRM_WITHIN = timedelta(days=5)  # of the request
INTRODUCE_BEFORE = timedelta(hours=72)  # before the start
REFINE_BEFORE = timedelta(hours=24)  # before the start
START_GRACE = timedelta(minutes=15)

NOTHING, HALF, FULL = Decimal(0), Decimal("0.5"), Decimal(1)

StepName = Literal["confirmed", "introduced", "brief_refined", "started", "completed"]
Verdict = Literal["kept", "late", "missed", "unknown"]

WEIGHTS: dict[StepName, int] = {  # parts of 100
    "confirmed": 15,
    "introduced": 25,
    "brief_refined": 15,
    "started": 20,
    "completed": 25,
}
BRIEF_WEIGHT, BRIEF_SCALE = 20, 5  # beside the 100 of the steps, where a debrief rates the brief
CREDIT: dict[Verdict, float] = {"kept": 1.0, "late": 0.5, "missed": 0.0}


@dataclass(frozen=True)
class Level:
    """What a partner holds on one criterion, on its scale from 0 to `scale_max`."""

    weight_percent: int
    held: Decimal
    scale_max: int


@dataclass(frozen=True)
class Moments:
    """When the steps of one intervention happened; None when they did not, or nobody noted it."""

    scheduled_at: datetime | None = None
    requested_at: datetime | None = None
    confirmed_at: datetime | None = None
    introduced_at: datetime | None = None
    brief_refined_at: datetime | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    scheduled_end_at: datetime | None = None
    cancelled_by: str = ""

    @property
    def preparation_was_noted(self) -> bool:
        return bool(self.introduced_at or self.brief_refined_at or self.started_at)


@dataclass(frozen=True)
class Step:
    name: StepName
    due_at: datetime | None
    done_at: datetime | None
    verdict: Verdict

    @property
    def is_that_day(self) -> bool:
        """Due and done on the day of the intervention, where the hour alone says enough."""
        if self.name not in ("started", "completed") or not (self.due_at and self.done_at):
            return False
        return local_day(self.due_at) == local_day(self.done_at)

    @property
    def late_by(self) -> timedelta | None:
        if self.verdict != "late" or self.due_at is None or self.done_at is None:
            return None
        return self.done_at - self.due_at


def expected_percent(levels: Iterable[Level]) -> int | None:
    """Share of the grid a partner holds: the mean of held / highest level, by weight.

    0 to 100, halves up. Must-haves weigh 0 and do not count here: they are met or they are not.
    None when no weighted criterion was assessed.
    """
    known = [level for level in levels if level.weight_percent]
    weight = sum(level.weight_percent for level in known)
    if not weight:
        return None
    shares = (level.weight_percent * min(level.held / level.scale_max, FULL) for level in known)
    return int(100 * sum(shares, NOTHING) / weight + HALF)


def delivered_percent(moments: Moments, *, brief: int | None = None) -> int | None:
    """Share of the steps kept, by weight: what the client could count on around one intervention.

    A step in time counts whole, a late one half, a missed one nothing (see `steps` for what is in
    time); steps nobody can know about are left out, not counted as missed. `brief` is how far it
    was fulfilled by the partner's debrief, 0 to 5, and joins the steps once there is one. A
    cancellation by the partner or by us delivered nothing: 0. None when no step is known.
    """
    if moments.cancelled_by:
        return 0 if moments.cancelled_by in {"company", "partner"} else None
    known = [step for step in steps(moments) if step.verdict != "unknown"]
    weight = sum(WEIGHTS[step.name] for step in known)
    if not weight:
        return None
    kept = sum(WEIGHTS[step.name] * CREDIT[step.verdict] for step in known)
    if brief is not None:
        kept += BRIEF_WEIGHT * brief / BRIEF_SCALE
        weight += BRIEF_WEIGHT
    return int(100 * kept / weight + 0.5)


def steps(moments: Moments) -> Sequence[Step]:
    """The five steps with their due instant and verdict.

    Confirmed within 5 days of the request; introduced 72 hours and brief refined 24 hours before
    the start, or before the start itself when the request came later than that; started at most
    15 minutes late; completed on the scheduled local day. A preparation step without a stamp was
    missed only where someone noted another one: an imported history is no list of failures.
    """
    return [
        _step("confirmed", _confirm_due(moments), moments.confirmed_at),
        _preparation("introduced", moments, INTRODUCE_BEFORE, moments.introduced_at),
        _preparation("brief_refined", moments, REFINE_BEFORE, moments.brief_refined_at),
        _step("started", moments.scheduled_at, moments.started_at, grace=START_GRACE),
        _completed(moments),
    ]


def _confirm_due(moments: Moments) -> datetime | None:
    if moments.requested_at is None:
        return None
    due_at = moments.requested_at + CONFIRM_WITHIN
    return min(due_at, moments.scheduled_at) if moments.scheduled_at else due_at


def _preparation(
    name: StepName, moments: Moments, before: timedelta, done_at: datetime | None
) -> Step:
    if moments.scheduled_at is None:
        return Step(name, None, done_at, "unknown")
    due_at = moments.scheduled_at - before
    if moments.requested_at and moments.requested_at > due_at:
        due_at = moments.scheduled_at
    if done_at is None and moments.preparation_was_noted:
        return Step(name, due_at, None, "missed")
    return _step(name, due_at, done_at)


def _step(
    name: StepName,
    due_at: datetime | None,
    done_at: datetime | None,
    *,
    grace: timedelta = timedelta(0),
) -> Step:
    if due_at is None or done_at is None:
        return Step(name, due_at, done_at, "unknown")
    return Step(name, due_at, done_at, "kept" if done_at <= due_at + grace else "late")


def _completed(moments: Moments) -> Step:
    start, done_at = moments.scheduled_at, moments.completed_at
    due_at = moments.scheduled_end_at or start
    if start is None or done_at is None:
        return Step("completed", due_at, done_at, "unknown")
    in_time = local_day(done_at) <= local_day(start)
    return Step("completed", due_at, done_at, "kept" if in_time else "late")
