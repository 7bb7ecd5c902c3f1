"""A marketplace that lives by the hour, and a referee who knows nothing but letters and events."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from random import Random
from zoneinfo import ZoneInfo

from anymail.signals import AnymailTrackingEvent
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from holidays import country_holidays

from clients import clients
from clients.models import Client, Contact
from feedback import invitations, ratings
from feedback.answering import pulse_answers
from feedback.models import About, ContactPolicy, Invitation, Rule, Suppression
from feedback.models.survey import OF_PARTNER
from feedback.sending import mail_events, suppressions
from indicators.management.commands.run_due import ask
from partners import debriefs, interventions
from partners.models import Intervention, Partner
from tests.factories import (
    ClientFactory,
    ContactFactory,
    PartnerFactory,
    ServiceFactory,
    UserFactory,
)
from triangle.errors import Refused

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
ZONES = (
    *("Europe/Paris", "Europe/Paris", "Europe/London", "Africa/Casablanca"),
    *("America/New_York", "Indian/Reunion", "Asia/Kolkata"),
)
BUDGETS = {"client": (1, 14), "partner": (2, 7)}  # mails, days
OPENS, CLOSES, WEEKDAYS = 9, 19, (1, 2, 3, 4, 5)
CUT_EACH = 97  # after so many mails the line is cut when the message has arrived
WHY = "On time, and kind to everybody in the room."


@dataclass(frozen=True)
class Letter:
    at: datetime
    invitation: int
    wave: int
    to: str


class Recorder(BaseEmailBackend):
    """The mail server: it keeps what arrives, and sometimes dies before it says so."""

    letters: list[Letter] = []
    now = BEGIN

    def send_messages(self, messages: list[EmailMessage]) -> int:
        for message in messages:
            [to] = message.to
            marks = message.extra_headers
            letter = Letter(
                at=Recorder.now,
                invitation=int(marks["X-Invitation"]),
                wave=int(marks["X-Wave"]),
                to=to.rpartition("<")[2].rstrip(">").lower(),
            )
            Recorder.letters.append(letter)
            if len(Recorder.letters) % CUT_EACH == 0:
                raise ConnectionResetError("the line is cut")
        return len(messages)


@dataclass
class Year:
    """Everything that happens is in a queue of instants; chance has a seed."""

    days: int
    orders: int
    seed: int = 1
    said: dict[int, datetime] = field(default_factory=dict)  # answered, by invitation
    gone: dict[str, datetime] = field(default_factory=dict)  # wants no mail, by address
    counted: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.chance, self.queue, self.order = Random(self.seed), [], count()
        self.end = BEGIN + self.days * DAY
        Recorder.letters, Recorder.now = [], BEGIN
        self._set_stage()

    @property
    def letters(self) -> list[Letter]:
        return Recorder.letters

    def live(self) -> None:
        """Hour by hour: what people do, then what is due, then how people take their mail."""
        now = BEGIN
        while now < self.end:
            now += HOUR
            while self.queue and self.queue[0][0] <= now:
                at, _n, happen = heappop(self.queue)
                happen(at)
            seen, Recorder.now = len(self.letters), now
            self.counted.update(ask(now=now))
            for letter in self.letters[seen:]:
                self._take(letter)

    def at(self, instant: datetime, happen: Callable[[datetime], object]) -> None:
        heappush(self.queue, (instant, next(self.order), happen))

    # The stage

    def _set_stage(self) -> None:
        Rule.objects.filter(survey__about=About.RELATION).update(is_active=True, every_days=90)
        Rule.objects.filter(survey__about=About.PULSE).update(is_active=True, every_days=60)
        for role, (cap, days) in BUDGETS.items():
            ContactPolicy.objects.filter(role=role).update(cap=cap, days=days)
        self.manager = UserFactory()
        self.services = [ServiceFactory() for _ in range(6)]
        self.partners = [PartnerFactory(email=f"partner{n}@work.example") for n in range(12)]
        self.clients = [self._client(n) for n in range(60)]
        for _ in range(self.orders):
            self._plan()
        for day in range(1, self.days):
            self.at(BEGIN + day * DAY + 10 * HOUR, self._choose_by_hand)

    def _client(self, n: int) -> Client:
        """The last two clients share a person, who writes the address in two ways."""
        client: Client = ClientFactory(manager=self.manager)
        email = "Both@Clients.example" if n == 58 else f"client{n}@clients.example"
        email = "both@clients.example" if n == 59 else email
        email = "" if n == 57 else email
        ContactFactory(client=client, email=email, time_zone=ZONES[n % len(ZONES)])
        onboarded_at = BEGIN + self.chance.random() * self.days * DAY
        self.at(onboarded_at, lambda at: clients.finish_onboarding(client, now=at))
        return client

    def _plan(self) -> None:
        chance = self.chance
        day = chance.randrange(2, self.days - 1)
        scheduled_at = BEGIN + day * DAY + chance.randrange(6, 22) * HOUR + 40 * HOUR / 60
        client, partner = chance.choice(self.clients), chance.choice(self.partners)
        end = chance.choices(["done", "cancelled", "no_show", "corrected"], [80, 12, 3, 5])[0]

        def request(at: datetime) -> None:
            one = interventions.request(
                client=client,
                service=chance.choice(self.services),
                now=at,
                scheduled_at=scheduled_at,
                scheduled_end_at=scheduled_at + HOUR,
            )
            interventions.assign(one, partner, now=at)
            interventions.confirm(one, now=at)
            if end == "cancelled":
                notice = chance.random() * (scheduled_at - at)
                self.at(scheduled_at - notice, lambda then: _cancel(one, then))
            elif end == "no_show":
                self.at(scheduled_at, lambda then: interventions.mark_no_show(one, now=then))
            else:
                self.at(scheduled_at + HOUR, lambda then: self._complete(one, then, end))

        self.at(scheduled_at - chance.uniform(1.5, 12) * DAY, request)

    def _complete(self, one: Intervention, at: datetime, end: str) -> None:
        interventions.start(one, now=at - HOUR)
        interventions.complete(one, now=at)
        if self.chance.random() < 0.1:
            self.at(at + HOUR / 2, lambda then: self._say_unasked(one, then))
        if end == "corrected":
            self.at(at + self.chance.uniform(0.1, 30) * HOUR, lambda then: _correct(one, then))

    def _say_unasked(self, one: Intervention, at: datetime) -> None:
        """Both speak before the mails that would ask them have left."""
        self._try(lambda: debriefs.file(one, score=8, why=WHY, now=at))
        say = {"score": 9, "why": WHY, "by": self.manager, "now": at}
        self._try(lambda: ratings.record_by_phone(one, **say))

    def _choose_by_hand(self, at: datetime) -> None:
        """Now and then a manager leaves somebody out, and half of the time thinks again."""
        waiting = Invitation.objects.filter(status="scheduled").order_by("pk")
        one = waiting.first() if self.chance.random() < 0.3 else None
        if one is None:
            return
        reason = self.chance.choice(list(Invitation.HandReason))
        self._try(lambda: invitations.leave_out(one, reason=reason, by=self.manager, now=at))
        if self.chance.random() < 0.5:
            self.at(at + 5 * HOUR, lambda then: self._ask_after_all(one, then))

    def _ask_after_all(self, one: Invitation, at: datetime) -> None:
        one.refresh_from_db()
        self._try(lambda: invitations.ask_after_all(one, by=self.manager, now=at))

    # What people do with their mail

    def _take(self, letter: Letter) -> None:
        lot, later = self.chance.random(), self.chance.random()
        if lot < 0.4:
            self.at(letter.at + later * 9 * DAY, lambda at: self._answer(letter, at))
        elif lot < 0.404:
            self.at(letter.at + later * HOUR, lambda at: self._bounce(letter, at))
        elif lot < 0.408:
            reason = Suppression.Reason.OPT_OUT if later < 0.5 else Suppression.Reason.COMPLAINT
            self.at(letter.at + later * 2 * DAY, lambda at: self._leave(letter, at, reason))

    def _answer(self, letter: Letter, at: datetime) -> None:
        one = Invitation.objects.select_related("intervention").get(pk=letter.invitation)
        score = self.chance.randrange(11)
        if one.about == About.PULSE:
            done = self._try(lambda: pulse_answers.answer(one, score=score, why=WHY, now=at))
        elif one.about == About.DEBRIEF:
            done = self._try(lambda: debriefs.file(one.intervention, score=score, why=WHY, now=at))
        else:
            done = self._try(lambda: ratings.answer(one, score=score, why=WHY, now=at))
        if done:
            self.said.setdefault(one.pk, at)

    def _bounce(self, letter: Letter, at: datetime) -> None:
        event = AnymailTrackingEvent(
            event_type="bounced",
            reject_reason="bounced",
            event_id=f"{letter.invitation}.{letter.wave}",
            recipient=letter.to,
            metadata={"invitation": str(letter.invitation), "wave": str(letter.wave)},
            timestamp=at,
        )
        mail_events.receive(event, provider="year", now=at)
        self.gone.setdefault(letter.to, at)

    def _leave(self, letter: Letter, at: datetime, reason: Suppression.Reason) -> None:
        suppressions.suppress(letter.to, reason=reason, now=at)
        self.gone.setdefault(letter.to, at)

    def _try(self, act: Callable[[], object]) -> bool:
        try:
            act()
        except Refused as refusal:
            self.counted[type(refusal).__name__] += 1
            return False
        return True


def _cancel(one: Intervention, at: datetime) -> None:
    interventions.cancel(one, side="client", now=at)


def _correct(one: Intervention, at: datetime) -> None:
    """By hand in the admin: it did not take place after all."""
    Intervention.objects.filter(pk=one.pk).update(
        status="cancelled", cancelled_by="external", cancelled_at=at
    )


# The referee: each rule gives the letters that break it


def over_budget(letters: list[Letter]) -> list[Letter]:
    """First mails to a person are no more than the budget in any window of its days."""
    roles = _roles()
    by_person: dict[tuple[str, str], list[Letter]] = defaultdict(list)
    for letter in letters:
        if letter.wave == 0:
            by_person[roles[letter.invitation], letter.to].append(letter)
    found = []
    for (role, _to), theirs in by_person.items():
        cap, days = BUDGETS[role]
        pairs = zip(theirs, theirs[cap:], strict=False)
        found += [late for early, late in pairs if late.at - early.at < days * DAY]
    return found


def outside_window(letters: list[Letter]) -> list[Letter]:
    """In the time of who reads it: hour, weekday, holiday."""
    zones = {one.email.lower(): ZoneInfo(one.time_zone) for one in Contact.objects.all()}
    zones |= {one.email: ZoneInfo("Europe/Paris") for one in Partner.objects.all()}
    closed = country_holidays("FR")
    return [
        letter
        for letter in letters
        for local in [letter.at.astimezone(zones[letter.to])]
        if not OPENS <= local.hour < CLOSES
        or local.isoweekday() not in WEEKDAYS
        or local.date() in closed
    ]


def unwanted(year: Year) -> list[Letter]:
    """After an answer, an opt-out, a complaint or a bounce."""
    return [
        letter
        for letter in year.letters
        for ends in [(year.said.get(letter.invitation), year.gone.get(letter.to))]
        if any(end and end <= letter.at for end in ends)
    ]


def doubled(letters: list[Letter]) -> list[tuple[int, int]]:
    times = Counter((letter.invitation, letter.wave) for letter in letters)
    return [mail for mail, n in times.items() if n > 1]


def unfinished(end: datetime) -> Iterator[str]:
    """Each invitation has ended for a reason, is open, or waits for an hour to come."""
    for one in Invitation.objects.prefetch_related("deliveries"):
        first = one.deliveries.get(wave=0) if one.deliveries.all() else None
        fine = {
            "scheduled": first and first.state in ("queued", "retry") and first.due_at > end,
            "sent": first and first.state == "sent" and one.expires_at > end,
            "answered": one.answered_at,
            "expired": first and first.state == "sent" and one.expires_at <= end,
            "skipped": one.skip_reason and (first is None or first.state in ("skipped", "sent")),
            "uncertain": first and first.state == "uncertain" and first.error,
            "failed": first and first.state == "failed" and first.error,
        }
        if not fine[one.status]:
            yield f"{one.pk} {one.about}: {one.status} {one.skip_reason}, mail {first}"


def _roles() -> dict[int, str]:
    abouts = Invitation.objects.values_list("pk", "about")
    return {pk: "partner" if about in OF_PARTNER else "client" for pk, about in abouts}
