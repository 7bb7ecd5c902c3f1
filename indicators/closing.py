"""Freezing a month 72 hours after its end, and proving later that it can be computed again."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import Max, Min
from django.utils import timezone
from django.utils.translation import gettext as _

from feedback.models import RatingCriterion
from indicators import as_closed
from indicators.as_closed import Past
from indicators.document import Document, body
from indicators.figures import Criterion, Figures
from indicators.models import SCORES, ClosedMonth, Family
from indicators.tallies.measures import FAMILIES
from indicators.tallies.reader import Sums
from partners.period_choice import EARLIEST
from partners.scope import Scope
from triangle import journal
from triangle.errors import Refused
from triangle.models import Service
from triangle.periods import Period, month_start, next_month

FORMULAS = 2  # moved whenever the same counts give other figures
CLOSED_AFTER = timedelta(hours=72)  # of the end of the month
TRIES, PAUSE_SECONDS = 50, 0.1  # how long to wait for a moment in which nobody writes facts
DIFFERENCES_KEPT = 60

Frame = dict[str, Any]  # JSON
Inputs = dict[str, dict[str, list[Any]]]  # by family and day: how many facts, and their hash


class Busy(Refused):
    """Somebody writes facts without a pause, an import perhaps; the next run will close."""


@dataclass(frozen=True)
class Built:
    """A month computed: its canonical JSON, and what it counts."""

    figures: str
    inputs: Inputs
    frame: Frame

    @property
    def input_hash(self) -> str:
        return _hash(_canonical({"frame": self.frame, "inputs": self.inputs}))

    @property
    def figures_hash(self) -> str:
        return _hash(self.figures)


def close_due(*, now: datetime) -> list[ClosedMonth]:
    """Freeze every month whose time has come, from that of the first fact on.

    Run twice, or by two at once, a month is frozen once. Raises `Busy`, with nothing written.
    """
    months = list(due(now=now))
    if not months:
        return []
    ids = _highest_ids()
    closed = [_close(month, ids, now=now) for month in months]
    return [one for one in closed if one]


def due(*, now: datetime) -> Iterator[date]:
    """First days of the months to close; a month without facts between others is closed too."""
    month = _first_month()
    known = set(ClosedMonth.objects.values_list("month", flat=True))
    while month and closes_at(month) <= now:
        if month not in known:
            yield month
        month = next_month(month)


def closes_at(month: date) -> datetime:
    """72 hours that pass, whatever the clock does meanwhile: hence added in UTC."""
    end = datetime.combine(next_month(month), clock(), tzinfo=timezone.get_default_timezone())
    return end.astimezone(UTC) + CLOSED_AFTER


def whole(month: date) -> Period:
    return Period(month, next_month(month) - timedelta(days=1))


def rebuild(closed: ClosedMonth) -> Built:
    """The same bytes as when it was closed, while the facts that counted then stand as they did."""
    with _one_moment():
        return _build(closed.month, closed.frame, closed_at=closed.closed_at)


def verify(closed: ClosedMonth, *, now: datetime) -> ClosedMonth:
    """Compute it again and keep what was found; the frozen figures stay in any case."""
    built = rebuild(closed)
    closed.verdict = _verdict(closed, built)
    closed.differences = _differences(json.loads(closed.figures)["inputs"], built.inputs)
    closed.verified_at = now
    closed.save(update_fields=["verdict", "differences", "verified_at"])
    return closed


def _close(month: date, ids: dict[str, int], *, now: datetime) -> ClosedMonth | None:
    """None when somebody else was quicker."""
    with _one_moment():
        frame = _frame(ids)
        built = _build(month, frame, closed_at=now)
        try:
            with transaction.atomic():
                closed = ClosedMonth.objects.create(
                    month=month,
                    closed_at=now,
                    formulas=FORMULAS,
                    frame=frame,
                    input_hash=built.input_hash,
                    figures=built.figures,
                    figures_hash=built.figures_hash,
                )
        except IntegrityError:
            return None
        journal.record("month.closed", closed, now=now, month=f"{month:%Y-%m}")
    return closed


def _frame(ids: dict[str, int]) -> Frame:
    """What must not move under a month: which facts existed, and how they are grouped.

    `late` says which facts of months closed before join this run: of which days, after which ids.
    """
    before = ClosedMonth.objects.order_by("-pk").first()
    first = ClosedMonth.objects.aggregate(month=Min("month"))["month"]
    last = ClosedMonth.objects.aggregate(month=Max("month"))["month"]
    disciplines: dict[str, list[int]] = {}
    for key, code in Service.objects.order_by("pk").values_list("pk", "discipline__code"):
        disciplines.setdefault(code, []).append(key)
    return {
        "ids": ids,
        "late": before
        and {
            "after": before.frame["ids"],
            "from": first.isoformat(),
            "to": whole(last).last.isoformat(),
        },
        "criteria": {str(one.slot): one.code for one in RatingCriterion.objects.order_by("slot")},
        "disciplines": disciplines,
    }


def _build(month: date, frame: Frame, *, closed_at: datetime) -> Built:
    pasts = {
        family: Past(family, whole(month), closed_at, frame["ids"][_name(family)])
        for family in Family
    }
    late = _late_pasts(frame, closed_at=closed_at)
    inputs = {
        **{_name(family): _parts(past) for family, past in pasts.items()},
        **{f"late_{_name(family)}": _parts(past) for family, past in late.items()},
    }
    document: Document = {
        "month": f"{month:%Y-%m}",
        "formulas": FORMULAS,
        "inputs": inputs,
        "figures": _figures(month, frame, pasts),
        "late": _late(late),
    }
    return Built(_canonical(document), inputs, frame)


def _figures(month: date, frame: Frame, pasts: dict[Family, Past]) -> Document:
    """Of all, and by discipline: by service too it would be megabytes for what nobody reads."""
    slots = tuple(int(slot) for slot in frame["criteria"])
    everything, by_discipline = Sums(), {code: Sums() for code in frame["disciplines"]}
    discipline_of = {
        service: code for code, services in frame["disciplines"].items() for service in services
    }
    for past in pasts.values():
        for service, sums in as_closed.sums_by_service(past, slots).items():
            everything.add(sums)
            by_discipline[discipline_of[service]].add(sums)
    return {
        "all": _counted(month, frame, everything),
        "discipline": {
            code: _counted(month, frame, sums) for code, sums in by_discipline.items() if sums
        },
    }


def _counted(month: date, frame: Frame, sums: Sums) -> Document:
    """The counts, from which anything can be computed anew, and the figures of that day."""
    criteria = tuple(Criterion(int(slot), code, code) for slot, code in frame["criteria"].items())
    found = Figures(Scope(), whole(month), None, 0, sums, criteria)
    answered = {one.code: sums.criteria.get(one.slot, {}) for one in criteria}
    return {
        **body(found),
        "counts": {name: count for name, count in sums.counts.items() if count},
        "criteria": {code: counts for code, counts in answered.items() if any(counts.values())},
    }


def _late_pasts(frame: Frame, *, closed_at: datetime) -> dict[Family, Past]:
    late = frame["late"]
    if not late:
        return {}
    period = Period(date.fromisoformat(late["from"]), date.fromisoformat(late["to"]))
    return {
        family: Past(
            family, period, closed_at, frame["ids"][_name(family)], late["after"][_name(family)]
        )
        for family in Family
    }


def _late(pasts: dict[Family, Past]) -> Document:
    """By month: how many facts came too late for their own run, and the scores among them."""
    found: Document = {}
    for family, past in pasts.items():
        for start, counts in as_closed.counts_by_month(past).items():
            month = found.setdefault(start[:7], {"rows": {}})
            month["rows"][_name(family)] = counts["rows"]
            if family == Family.RATING:
                month["scores"] = [counts[f"rating_explained_{score}"] for score in SCORES]
                month["scores_all"] = [counts[f"rating_all_{score}"] for score in SCORES]
    return found


def _parts(past: Past) -> dict[str, list[Any]]:
    return {part.day: [part.rows, part.sha256] for part in as_closed.parts(past)}


def _verdict(closed: ClosedMonth, built: Built) -> ClosedMonth.Verdict:
    if built.figures == closed.figures:
        return ClosedMonth.Verdict.SAME
    if built.input_hash == closed.input_hash and closed.formulas != FORMULAS:
        return ClosedMonth.Verdict.OTHER_FORMULAS
    return ClosedMonth.Verdict.DIFFERS


def _differences(then: Inputs, now: Inputs) -> list[dict[str, Any]]:
    """Which days of which facts are no longer what they were."""
    found = []
    for family in then:
        for day in sorted({*then[family], *now[family]}):
            before, after = (side[family].get(day, [0, ""]) for side in (then, now))
            if before != after:
                found.append({"family": family, "day": day, "then": before[0], "now": after[0]})
    return found[:DIFFERENCES_KEPT]


def _first_month() -> date | None:
    """Of the first fact that counts; a day before the product can choose one is a typing error."""
    days = [
        measured.facts._default_manager.filter(
            measured.counted, **{f"{measured.day}__gte": EARLIEST}
        ).aggregate(day=Min(measured.day))["day"]
        for measured in FAMILIES.values()
    ]
    known = [day for day in days if day]
    return month_start(min(known)) if known else None


def _highest_ids() -> dict[str, int]:
    """The line between facts that count and those that come late.

    Taken while nobody writes: afterwards no fact can appear below it. Writers are never made to
    wait in a queue behind us, nor we behind them, so that nobody can lock out anybody.
    """
    for _try in range(TRIES):
        try:
            with transaction.atomic():
                _hold_facts_still()
                return {
                    _name(family): measured.facts._default_manager.aggregate(last=Max("pk"))["last"]
                    or 0
                    for family, measured in FAMILIES.items()
                }
        except OperationalError:
            time.sleep(PAUSE_SECONDS)
    raise Busy(_("Facts are being written, by an import perhaps: try again in a few minutes."))


def _hold_facts_still() -> None:
    """SQLite lets one transaction write at a time, and this is one."""
    if connection.vendor == "postgresql":
        tables = ", ".join(measured.facts._meta.db_table for measured in FAMILIES.values())
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {tables} IN SHARE MODE NOWAIT")


@contextmanager
def _one_moment() -> Iterator[None]:
    """All reads of the block see the same facts, and may take as long as they need."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                if is_outermost:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL jit = off")
        yield


def _name(family: Family) -> str:
    return family.name.lower()


def _canonical(value: Any) -> str:
    """One way to write it: keys in order, no spaces, ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()
