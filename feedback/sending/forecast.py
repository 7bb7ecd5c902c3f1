"""What will become of the mails that wait: played through in the order in which they fall due.

Pure: rows in, departures out; each mail is decided by `pace.decide`, as it will be when it leaves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from heapq import heapify, heappop, heappush
from zoneinfo import ZoneInfo

from feedback.models import ContactPolicy, Invitation
from feedback.sending import pace
from feedback.sending.pace import Facts, Go, Postpone
from feedback.sending.window import IsHoliday

Person = tuple[str, str]  # role and address


@dataclass(frozen=True, order=True)
class Waiting:
    """A mail that waits, compared by when its turn is."""

    due_at: datetime
    id: int
    is_first: bool = field(compare=False)
    expires_at: datetime = field(compare=False)
    person: Person = field(compare=False)
    domain: str = field(compare=False)
    zone: ZoneInfo = field(compare=False)
    priority: int = field(compare=False)
    has_rule: bool = field(compare=False, default=True)  # without one it outranks nobody
    barred: Invitation.Skip | None = field(compare=False, default=None)  # whatever its hour


@dataclass(frozen=True)
class Departure:
    """When a mail leaves, or when it is dropped and why."""

    id: int
    at: datetime
    due_at: datetime
    skip: Invitation.Skip | None = None
    next_eligible_on: date | None = None

    @property
    def is_moved(self) -> bool:
        """It waits for an open hour, or for room at its domain."""
        return self.skip is None and self.at > self.due_at


def forecast(
    waiting: Iterable[Waiting],
    *,
    left: Mapping[Person, Sequence[datetime]],
    to_domains: Mapping[str, Sequence[datetime]],
    policies: Mapping[str, ContactPolicy],
    now: datetime,
    is_holiday: IsHoliday,
) -> list[Departure]:
    """In the order in which it will happen, if sending runs whenever something is due."""
    return list(_Play(waiting, left, to_domains, policies, is_holiday).run(now))


class _Play:
    """What changes as mails leave: who was written to, and what still waits."""

    def __init__(
        self,
        waiting: Iterable[Waiting],
        left: Mapping[Person, Sequence[datetime]],
        to_domains: Mapping[str, Sequence[datetime]],
        policies: Mapping[str, ContactPolicy],
        is_holiday: IsHoliday,
    ) -> None:
        self.queue = list(waiting)
        self.policies, self.is_holiday = policies, is_holiday
        self.left = defaultdict(list, {person: sorted(at) for person, at in left.items()})
        self.to_domains = defaultdict(list, {name: sorted(at) for name, at in to_domains.items()})
        self.firsts: dict[Person, dict[int, Waiting]] = defaultdict(dict)
        for one in self.queue:
            if one.is_first:
                self.firsts[one.person][one.id] = one

    def run(self, now: datetime) -> Iterator[Departure]:
        planned = {one.id: one.due_at for one in self.queue}
        heapify(self.queue)
        while self.queue:
            one = heappop(self.queue)
            at = max(one.due_at, now)
            verdict = self._decide(one, at)
            if isinstance(verdict, Postpone):
                self._put_back(replace(one, due_at=verdict.until))
                continue
            self.firsts[one.person].pop(one.id, None)
            due_at = max(planned[one.id], now)
            if isinstance(verdict, Go):
                self._note(one, at)
                yield Departure(one.id, at, due_at)
            else:
                yield Departure(one.id, at, due_at, verdict.reason, verdict.next_eligible_on)

    def _decide(self, one: Waiting, at: datetime) -> pace.Verdict:
        if one.barred:
            return pace.Skip(one.barred)
        if at >= one.expires_at:
            return pace.Skip(Invitation.Skip.TOO_LATE)
        policy = self.policies[one.person[0]]
        since = at - timedelta(days=policy.days)
        facts = Facts(
            is_first=one.is_first,
            expires_at=one.expires_at,
            zone=one.zone,
            left=[then for then in self.left[one.person] if then > since],
            better=self._better(one, at),
            domain_full_since=self._full_since(one.domain, policy, at),
        )
        return pace.decide(facts, policy, now=at, is_holiday=self.is_holiday)

    def _better(self, one: Waiting, at: datetime) -> int:
        return sum(
            rival.has_rule
            and rival.priority < one.priority
            and rival.due_at <= at + pace.SOON
            and rival.expires_at > at
            and not rival.barred
            for rival in self.firsts[one.person].values()
        )

    def _full_since(self, domain: str, policy: ContactPolicy, at: datetime) -> datetime | None:
        room = policy.domain_per_hour
        mails = self.to_domains[domain]
        if len(mails) < room or mails[-room] <= at - pace.OFTEN:
            return None
        return mails[-room]

    def _put_back(self, one: Waiting) -> None:
        heappush(self.queue, one)
        if one.is_first:
            self.firsts[one.person][one.id] = one

    def _note(self, one: Waiting, at: datetime) -> None:
        if one.is_first:
            self.left[one.person].append(at)
        self.to_domains[one.domain].append(at)
