"""What needs a manager today, most urgent first, in a known number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db.models import Count, Model, Q, QuerySet

from clients.models import Client, Contact
from feedback.answering import contact_times
from feedback.models import Delivery, Invitation, Rating
from feedback.models.rating import RatingQuerySet
from feedback.sending.suppressions_board import without_mailbox
from indicators.models import Alert
from partners.models import Intervention
from triangle.models import User
from triangle.periods import local_day

INTRODUCE_WITHIN = timedelta(hours=72)
GONE_WELL_WITHIN = timedelta(days=7)
UNASKED_WITHIN = timedelta(days=14)
SHOWN = 6  # lines of one section; the rest is one click away
SECONDS_PER_ANSWER = 30
MOST_COUNTED = 100

Row = TypeVar("Row")
Stored = TypeVar("Stored", bound=Model)


@dataclass(frozen=True)
class Section(Generic[Row]):
    """The first rows of what waits, and how many there are in all."""

    rows: list[Row]
    total: int

    def __bool__(self) -> bool:
        return self.total > 0

    @property
    def more(self) -> int:
        return self.total - len(self.rows)


@dataclass(frozen=True)
class Call:
    """Somebody to call, why, and when it suits them."""

    rating: Rating
    when: str


@dataclass(frozen=True)
class GoneWell:
    """The last seven days, for the morning when nothing waits."""

    answers: int
    tens: int
    completed: int


@dataclass(frozen=True)
class Today:
    """Sections in the order of the page; each line carries its act."""

    call_back: Section[Call]
    call_late: Section[Invitation]
    moved: Section[Alert]
    introduce: Section[Intervention]
    assign: Section[Intervention]
    read: Section[Rating]
    settle: Section[Delivery]
    without_mailbox: Section[Contact]
    unasked: Section[Client]
    gone_well: GoneWell

    @property
    def total(self) -> int:
        sections = (
            self.call_back,
            self.call_late,
            self.moved,
            self.introduce,
            self.assign,
            self.read,
            self.settle,
            self.without_mailbox,
            self.unasked,
        )
        return sum(section.total for section in sections)

    @property
    def reading_minutes(self) -> int:
        return max(1, round(self.read.total * SECONDS_PER_ANSWER / 60))


def today(user: User, *, now: datetime) -> Today:
    unread = Rating.objects.visible_to(user).unread().for_list()
    interventions = Intervention.objects.visible_to(user).for_list()
    return Today(
        call_back=_calls(unread.filter(wants_contact=True).order_by("answered_at"), now=now),
        call_late=_section(_late_callers(user)),
        moved=_section(Alert.objects.visible_to(user).open().for_list()),
        introduce=_section(
            interventions.to_introduce(now=now, until=now + INTRODUCE_WITHIN).exclude(partner=None)
        ),
        assign=_section(
            interventions.without_partner().filter(scheduled_at__gte=now).order_by("scheduled_at")
        ),
        read=_answers(unread.filter(wants_contact=False).by_need()),
        settle=_section(_uncertain(user)),
        without_mailbox=_section(without_mailbox(user)),
        unasked=_section(_unasked(user, now=now)),
        gone_well=_gone_well(user, now=now),
    )


def waiting(user: User, *, now: datetime) -> int:
    """How many things wait, for the badge of the navigation; of each kind 100 at most."""
    interventions = Intervention.objects.visible_to(user)
    kinds: tuple[QuerySet[Any], ...] = (
        Rating.objects.visible_to(user).unread(),
        interventions.to_introduce(now=now, until=now + INTRODUCE_WITHIN).exclude(partner=None),
        interventions.without_partner().filter(scheduled_at__gte=now),
        _late_callers(user),
        Alert.objects.visible_to(user).open(),
        _uncertain(user),
        without_mailbox(user),
        _unasked(user, now=now),
    )
    return sum(rows.order_by()[:MOST_COUNTED].count() for rows in kinds)


def _calls(ratings: QuerySet[Rating], *, now: datetime) -> Section[Call]:
    asked, today = _section(ratings), local_day(now)
    calls = [Call(one, contact_times.words(one.contact_when, today=today)) for one in asked.rows]
    return Section(calls, asked.total)


def _section(rows: QuerySet[Stored]) -> Section[Stored]:
    return _counted(list(rows[: SHOWN + 1]), rows)


def _answers(rows: RatingQuerySet) -> Section[Rating]:
    return _counted(list(rows.chosen_first(slice(SHOWN + 1))), rows)


def _counted(shown: list[Stored], rows: QuerySet[Stored]) -> Section[Stored]:
    total = len(shown) if len(shown) <= SHOWN else rows.count()
    return Section(shown[:SHOWN], total)


def _late_callers(user: User) -> QuerySet[Invitation]:
    """Who opened the link after its end and asked to be called."""
    asking = Invitation.objects.visible_to(user).asking_contact()
    return asking.select_related("contact", "client", "service", "partner").order_by(
        "contact_asked_at"
    )


def _uncertain(user: User) -> QuerySet[Delivery]:
    """First mails that may or may not have arrived: only a person can tell."""
    return (
        Delivery.objects.filter(
            wave=0,
            state=Delivery.State.UNCERTAIN,
            invitation__in=Invitation.objects.visible_to(user),
        )
        .select_related(
            *(f"invitation__{name}" for name in ("contact", "client", "service", "partner"))
        )
        .order_by("due_at")
    )


def _unasked(user: User, *, now: datetime) -> QuerySet[Client]:
    """Clients we cannot ask because nobody gave us an address, or because it does not work."""
    return (
        Client.objects.visible_to(user)
        .filter(
            invitations__status=Invitation.Status.SKIPPED,
            invitations__skip_reason__in=[Invitation.Skip.NO_ADDRESS, Invitation.Skip.BOUNCED],
            invitations__due_at__gte=now - UNASKED_WITHIN,
        )
        .annotate(unasked=Count("invitations"))
        .exclude(pk__in=without_mailbox(user).values("client"))
        .order_by("-unasked", "name")
    )


def _gone_well(user: User, *, now: datetime) -> GoneWell:
    since = now - GONE_WELL_WITHIN
    answers = (
        Rating.objects.visible_to(user)
        .current()
        .filter(answered_at__gte=since)
        .aggregate(n=Count("pk"), tens=Count("pk", filter=Q(score=10)))
    )
    completed = Intervention.objects.visible_to(user).completed().filter(completed_at__gte=since)
    return GoneWell(answers=answers["n"], tens=answers["tens"], completed=completed.count())
