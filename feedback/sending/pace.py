"""How often and when a person is written to: may this mail leave now, later, or not at all.

`decide` is the rule itself, on plain facts; the page of what will leave asks it too. `look` gathers
the facts of one mail from the database, in the transaction in which the mail starts to leave and
after `lock_recipient`: of two mails to one person at once, the second sees the first.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef

from feedback.models import ContactPolicy, Delivery, Invitation, Rating, Rule
from feedback.models.survey import OF_CLIENT, OF_PARTNER
from feedback.sending import recipients, suppressions, window
from feedback.sending.window import IsHoliday
from triangle.periods import local_day

State = Delivery.State
OFTEN = timedelta(hours=1)  # in which the mails to one domain are counted
SOON = timedelta(hours=24)  # a more important survey that is due within goes first
LEFT = (State.DATA_STARTED, State.SENT, State.UNCERTAIN)  # it reached the person, or may have
WAITING = (State.QUEUED, State.CLAIMED, State.RETRY)
lock_recipient, domain_of = recipients.lock, recipients.domain_of
USUAL_PRIORITY: int = Rule._meta.get_field("priority").default


@dataclass(frozen=True)
class Go:
    pass


@dataclass(frozen=True)
class Postpone:
    until: datetime


@dataclass(frozen=True)
class Skip:
    reason: Invitation.Skip
    next_eligible_on: date | None = None


Verdict = Go | Postpone | Skip


@dataclass(frozen=True)
class Facts:
    """What is known about one mail at the instant it wants to leave."""

    is_first: bool  # reminders are not counted, they belong to a mail that was
    expires_at: datetime
    zone: ZoneInfo
    left: Sequence[datetime]  # first mails to this person within the policy's days
    better: int  # surveys of higher priority that are due to this person soon
    domain_full_since: datetime | None  # the mail of the last hour that took its last room


def decide(facts: Facts, policy: ContactPolicy, *, now: datetime, is_holiday: IsHoliday) -> Verdict:
    """The window first: what is outside it is looked at again when it opens."""
    open_at = window.next_open(now, policy, facts.zone, is_holiday)
    if open_at > now:
        return _later(open_at, facts)
    if facts.is_first:
        room = policy.cap - len(facts.left)
        if room <= 0:
            freed_at = sorted(facts.left)[-policy.cap] + timedelta(days=policy.days)
            return Skip(Invitation.Skip.FATIGUE, next_eligible_on=local_day(freed_at))
        if facts.better >= room:
            return Skip(Invitation.Skip.GAVE_WAY)
    if facts.domain_full_since:
        freed_at = facts.domain_full_since + OFTEN
        return _later(window.next_open(freed_at, policy, facts.zone, is_holiday), facts)
    return Go()


def _later(until: datetime, facts: Facts) -> Verdict:
    if until >= facts.expires_at:
        return Skip(Invitation.Skip.TOO_LATE)
    return Postpone(until)


def look(
    delivery: Delivery, invitation: Invitation, policy: ContactPolicy, *, now: datetime
) -> Verdict:
    """Call it under `lock_recipient`, in the transaction that moves the mail to data_started."""
    traffic = Traffic.of([invitation], {policy.role: policy}, now=now)
    return traffic.look(delivery, invitation, now=now)


@dataclass
class Traffic:
    """What left lately to the people and the domains of a batch, kept up with what it lets go.

    The mails to a domain are counted without a lock: each worker may be one batch over.
    """

    policies: Mapping[str, ContactPolicy]
    left: dict[tuple[str, str], list[datetime]]  # first mails by role and hash of the address
    to_domain: Counter[str]
    rules: Sequence[tuple[int, str, int]]  # key, about, priority
    gone_to_domain: Counter[str] = field(default_factory=Counter)
    settled: set[int] = field(default_factory=set)  # invitations of the batch that wait no more

    @classmethod
    def of(
        cls,
        invitations: Sequence[Invitation],
        policies: Mapping[str, ContactPolicy],
        *,
        now: datetime,
    ) -> Traffic:
        emails = {recipients.email_of(one) for one in invitations}
        hashes = {recipients.address_hash(email) for email in emails}
        domains = {recipients.domain_of(email) for email in emails}
        rules = Rule.objects.values_list("pk", "survey__about", "priority")
        left, to_domain = left_to(hashes, policies, now), _to_domains(domains, now)
        return cls(policies, left, to_domain, list(rules))

    def look(self, delivery: Delivery, invitation: Invitation, *, now: datetime) -> Verdict:
        email = recipients.email_of(invitation)
        role, domain = recipients.role_of(invitation), recipients.domain_of(email)
        policy, is_first = self.policies[role], delivery.wave == 0
        left = self.left.setdefault((role, recipients.address_hash(email)), [])
        facts = Facts(
            is_first=is_first,
            expires_at=invitation.expires_at,
            zone=recipients.zone_of(invitation),
            left=left if is_first else (),
            better=self._better(invitation, email, now) if is_first else 0,
            domain_full_since=self._full_since(domain, policy, now),
        )
        verdict = decide(facts, policy, now=now, is_holiday=window.is_holiday)
        if not isinstance(verdict, Postpone):
            self.settled.add(invitation.pk)
        if isinstance(verdict, Go):
            self.gone_to_domain[domain] += 1
            if is_first:
                left.append(now)
        return verdict

    def _full_since(self, domain: str, policy: ContactPolicy, now: datetime) -> datetime | None:
        """When there is no room: it frees as the oldest of so many mails is an hour old."""
        gone = self.gone_to_domain[domain]
        if self.to_domain[domain] + gone < policy.domain_per_hour:
            return None
        if gone >= policy.domain_per_hour:
            return now
        place = policy.domain_per_hour - gone
        rows = Delivery.objects.filter(domain=domain, data_started_at__gt=now - OFTEN)
        newest_first = rows.order_by("-data_started_at").values_list("data_started_at", flat=True)
        return next(iter(newest_first[place - 1 : place]), None)

    def _better(self, invitation: Invitation, email: str, now: datetime) -> int:
        """What this person does not want, or has answered, is no reason to hold anything back."""
        asks_partner = recipients.asks_partner(invitation)
        abouts = OF_PARTNER if asks_partner else OF_CLIENT
        most = priority_of(invitation)
        better = [pk for pk, about, priority in self.rules if about in abouts and priority < most]
        if not better:
            return 0  # most mails are of the most important survey: they need not look further
        person = "partner__email__iexact" if asks_partner else "contact__email__iexact"
        said = Rating.objects.current().filter(
            intervention=OuterRef("intervention"), about=OuterRef("about")
        )
        rivals = Invitation.objects.filter(
            ~Exists(said),
            status=Invitation.Status.SCHEDULED,
            rule__in=better,
            deliveries__wave=0,
            deliveries__state__in=WAITING,
            deliveries__due_at__lte=now + SOON,
            expires_at__gt=now,
            **{person: email},
        )
        return sum(
            not suppressions.skips([email], survey=one.survey)
            for one in rivals.exclude(pk__in=self.settled).select_related("survey")
        )


def policies() -> dict[str, ContactPolicy]:
    """By role, the usual one where none is stored."""
    stored = {policy.role: policy for policy in ContactPolicy.objects.all()}
    return {role: stored.get(role) or ContactPolicy(role=role) for role in ContactPolicy.Role}


def policy_for(invitation: Invitation) -> ContactPolicy:
    return policies()[recipients.role_of(invitation)]


def left_to(
    hashes: Collection[str], policies: Mapping[str, ContactPolicy], now: datetime
) -> dict[tuple[str, str], list[datetime]]:
    found: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    longest = max(policy.days for policy in policies.values())
    rows = Delivery.objects.filter(
        recipient__address_hash__in=hashes,
        wave=0,
        state__in=LEFT,
        data_started_at__gt=now - timedelta(days=longest),
    )
    for address_hash, about, at in rows.values_list(
        "recipient__address_hash", "invitation__about", "data_started_at"
    ):
        role = recipients.role_about(about)
        if at and role in policies and at > now - timedelta(days=policies[role].days):
            found[role, address_hash].append(at)
    return found


def _to_domains(domains: Collection[str], now: datetime) -> Counter[str]:
    rows = Delivery.objects.filter(domain__in=domains, data_started_at__gt=now - OFTEN)
    return Counter(dict(rows.order_by().values_list("domain").annotate(Count("pk"))))


def priority_of(invitation: Invitation) -> int:
    return invitation.rule.priority if invitation.rule else USUAL_PRIORITY
