"""How the demonstration unfolds: pure chance with a seed, no database, no clock.

Eighteen growing months with a back-to-school peak; massages at companies go wrong from the seventh
month (rooms not warned, briefs not passed on) until an action in the thirteenth mends it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from indicators.demo.whys import BLAME, PRAISE, RESERVE, STORY_REASONS, Line

SEASON = (1.15, 1.0, 1.05, 0.95, 0.9, 1.1, 0.65, 0.5, 1.35, 1.35, 1.3, 1.1)  # January first
WEEKDAY = (1.0, 1.15, 1.1, 1.2, 0.9, 0.25, 0.05)  # Monday first
GROWTH = 1.6  # orders of the last day over those of the first
CANCELLED = 0.059
NO_SHOW = 0.006
SIDES = {"client": 0.48, "partner": 0.29, "company": 0.09, "external": 0.09, "not_known": 0.05}
ANSWERS = 0.475  # share of the invited who answer
DEBRIEFS = 0.72
WRONG_FROM, MENDED_FROM = 6 / 18, 12 / 18  # shares of the period
STARTS = (8, 9, 10, 11, 12, 14, 15, 16, 17, 18)  # hours
NEXT_DAY = 0.015  # share of the interventions finished a day late
LIKED = {"listening": 0.35, "skill": 0.15, "preparation": -0.2, "follow_up": -0.5}  # points of 5
HORIZON_DAYS = 24  # how far ahead orders are planned


@dataclass(frozen=True)
class Buyer:
    key: int
    setting: str
    weight: float


@dataclass(frozen=True)
class Maker:
    key: int
    discipline: str
    gift: float  # points of score this partner adds


@dataclass(frozen=True)
class Offer:
    key: int
    discipline: str
    settings: tuple[str, ...]


@dataclass(frozen=True)
class Order:
    """One intervention as it will be lived."""

    buyer: int
    offer: int
    maker: int | None
    requested_at: datetime
    scheduled_at: datetime
    ends_at: datetime
    started_at: datetime
    runs_over: bool  # finished the next day
    outcome: str  # completed, cancelled, no_show
    side: str
    is_introduced: bool
    is_brief_refined: bool
    is_troubled: bool
    discipline: str


@dataclass(frozen=True)
class Answer:
    score: int
    reason: str
    line: Line
    more: Line | None
    levels: dict[str, int]  # satisfaction 0-5 by criterion
    delay: timedelta


def days_of(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def volumes(days: Sequence[date], total: int) -> list[int]:
    """How many interventions each day has; they add up to `total`."""
    weights = [
        SEASON[day.month - 1] * WEEKDAY[day.weekday()] * (1 + (GROWTH - 1) * n / len(days))
        for n, day in enumerate(days)
    ]
    scale, carried, counts = total / sum(weights), 0.0, []
    for weight in weights:
        carried += weight * scale
        counts.append(int(carried))
        carried -= counts[-1]
    counts[-1] += total - sum(counts)
    return counts


def orders(
    *,
    first: date,
    last: date,
    total: int,
    buyers: Sequence[Buyer],
    makers: Sequence[Maker],
    offers: Sequence[Offer],
    shares: dict[str, float],
    zone: ZoneInfo,
    chance: Random,
) -> Iterator[Order]:
    """Every intervention scheduled from `first` to `last`, in the order of their start."""
    days = days_of(first, last)
    for n, (day, count) in enumerate(zip(days, volumes(days, total), strict=True)):
        age = n / len(days)
        today = sorted(
            (_order(day, age, buyers, makers, offers, shares, zone, chance) for _ in range(count)),
            key=lambda order: order.scheduled_at,
        )
        yield from today


def _order(
    day: date,
    age: float,
    buyers: Sequence[Buyer],
    makers: Sequence[Maker],
    offers: Sequence[Offer],
    shares: dict[str, float],
    zone: ZoneInfo,
    chance: Random,
) -> Order:
    discipline = chance.choices(list(shares), list(shares.values()))[0]
    offer = chance.choice([o for o in offers if o.discipline == discipline])
    fitting = [b for b in buyers if b.setting in offer.settings]
    buyer = chance.choices(fitting, [b.weight for b in fitting])[0]
    maker = chance.choice([m for m in makers if m.discipline == discipline])
    start = datetime.combine(
        day, time(chance.choice(STARTS), chance.choice((0, 0, 30))), tzinfo=zone
    )
    troubled = (
        discipline == "massage" and buyer.setting == "company" and WRONG_FROM <= age < MENDED_FROM
    )
    fate = chance.random()
    outcome = (
        "cancelled"
        if fate < CANCELLED
        else "no_show"
        if fate < CANCELLED + NO_SHOW
        else "completed"
    )
    return Order(
        buyer=buyer.key,
        offer=offer.key,
        maker=maker.key,
        requested_at=start - timedelta(days=chance.uniform(5, 22)),
        scheduled_at=start,
        ends_at=start + timedelta(minutes=chance.choice((45, 60, 90, 120))),
        runs_over=chance.random() < NEXT_DAY,
        started_at=start + timedelta(minutes=_lateness(troubled, chance)),
        outcome=outcome,
        side=chance.choices(list(SIDES), list(SIDES.values()))[0] if outcome == "cancelled" else "",
        is_introduced=chance.random() < (0.45 if troubled else 0.9),
        is_brief_refined=chance.random() < (0.4 if troubled else 0.85),
        is_troubled=troubled,
        discipline=discipline,
    )


def _lateness(troubled: bool, chance: Random) -> float:
    """Minutes after the hour; one in twelve comes late, one in four of the troubled ones."""
    if chance.random() < (0.25 if troubled else 0.08):
        return chance.uniform(16, 45)
    return chance.uniform(-5, 8)


def answer(order: Order, maker: Maker, criteria: Sequence[str], chance: Random) -> Answer:
    """What the client says about a completed intervention."""
    hurt = order.is_troubled and chance.random() < 0.5
    late = order.started_at - order.scheduled_at > timedelta(minutes=15)
    latent = 8.85 + maker.gift + chance.gauss(0, 1.35) - 3.6 * hurt - 1.2 * late
    if chance.random() < 0.05:
        latent -= chance.uniform(2.5, 6)
    score = max(0, min(10, round(latent)))
    reason_of = set(STORY_REASONS) if hurt else {"punctuality"} if late and score < 7 else set()
    line = _line(score, order.discipline, reason_of, chance)
    more = None
    if chance.random() < 0.35:
        more = _line(score, order.discipline, set(), chance)
    return Answer(
        score=score,
        reason=line[0],
        line=line,
        more=more if more != line else None,
        levels={code: _level(score, code, line[0], hurt, chance) for code in criteria},
        delay=timedelta(
            hours=chance.choice((0.3, 1, 2, 5, 20, 26, 49, 75)) * chance.uniform(0.7, 1.3)
        ),
    )


def _line(score: int, discipline: str, reasons: set[str], chance: Random) -> Line:
    book = PRAISE if score >= 9 else RESERVE if score >= 7 else BLAME
    own = [*book[discipline], *book[discipline], *book["all"]]
    return chance.choice([line for line in own if line[0] in reasons] or own)


def _level(score: int, criterion: str, reason: str, hurt: bool, chance: Random) -> int:
    """Satisfaction 0-5 that fits the score; what the client complains of suffers most."""
    level = score / 2 + LIKED.get(criterion, 0) + chance.gauss(0.1, 0.55)
    if criterion == reason:
        level += 0.4 if score >= 9 else -1.3
    if hurt and criterion in STORY_REASONS:
        level -= 1.0
    return max(0, min(5, round(level)))
