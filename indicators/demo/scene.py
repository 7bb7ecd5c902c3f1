"""What the acts of one demonstration share."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from clients.models import Client, Contact
from feedback.models import RatingCriterion, ReasonChip
from indicators.demo import story
from indicators.demo.stage import Stage
from indicators.demo.story import Answer, Order
from indicators.demo.voices import Voice


@dataclass
class Play:
    """What the acts of one demonstration share."""

    stage: Stage
    now: datetime
    zone: ZoneInfo
    chance: Random
    criteria: list[RatingCriterion]
    chips: dict[str, ReasonChip]
    amounts: dict[str, Decimal]
    makers: dict[int, story.Maker]
    contacts: dict[int, list[Contact]]  # by client
    lived: dict[int, Order] = field(default_factory=dict)  # by intervention
    joining: list[Client] = field(default_factory=list)  # onboarded one by one
    replies: dict[date, list[tuple[int, datetime, Answer | Voice]]] = field(
        default_factory=lambda: defaultdict(list)
    )


def at_clock(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, tzinfo=zone)
