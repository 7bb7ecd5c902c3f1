"""What the page of departures shows: who is written to in the next days, and who is not and why."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from feedback.models import Delivery, Invitation, Rating, Survey
from feedback.sending import forecast, pace, recipients, suppressions, window
from feedback.sending.forecast import Departure, Waiting
from triangle.models import User
from triangle.periods import local_day

DAYS = 14
SHOWN = 50  # rows of one day; the counts are of all
Status, Skip = Invitation.Status, Invitation.Skip


@dataclass(frozen=True)
class Row:
    """One invitation with what will become of it; no address stands on the page."""

    invitation: Invitation
    departure: Departure
    is_reminder: bool

    @property
    def is_by_hand(self) -> bool:
        """Somebody may leave it out, or did."""
        return not self.is_reminder and self.departure.skip in (None, Skip.BY_HAND)

    @property
    def skip_words(self) -> str:
        skip = self.departure.skip
        return str(skip.label) if skip else ""


@dataclass(frozen=True)
class Day:
    day: date
    leaving: int
    held: int
    rows: list[Row]

    @property
    def more(self) -> int:
        return self.leaving + self.held - len(self.rows)


@dataclass(frozen=True)
class Board:
    days: list[Day]
    most: int  # mails of the fullest day, for the bars
    reasons: list[tuple[str, int]]  # why some will not leave, the most frequent first

    @property
    def leaving(self) -> int:
        return sum(day.leaving for day in self.days)

    @property
    def held(self) -> int:
        return sum(day.held for day in self.days)


def board(user: User, *, survey: Survey | None, now: datetime) -> Board:
    """Seven queries. All that waits is played through: what others send to a person counts too."""
    until = now + timedelta(days=DAYS)
    mails = list(_waiting(until + pace.SOON))
    visible = set(Invitation.objects.visible_to(user).filter(_mails_wait()).values_list("pk"))
    by_id = {one.pk: one for one in mails}
    rows = [
        _row(by_id[departure.id], departure)
        for departure in _departures(mails, now)
        if departure.at < until and (by_id[departure.id].invitation_id,) in visible
    ]
    rows += _known_skips(user, now, until)
    if survey:
        rows = [row for row in rows if row.invitation.survey_id == survey.pk]
    return _arranged(rows, now)


def _mails_wait() -> Exists:
    return Exists(Delivery.objects.filter(invitation=OuterRef("pk"), state__in=pace.WAITING))


def _waiting(until: datetime) -> QuerySet[Delivery]:
    said = Rating.objects.current().filter(
        intervention=OuterRef("invitation__intervention"), about=OuterRef("invitation__about")
    )
    return (
        Delivery.objects.filter(state__in=pace.WAITING, due_at__lt=until)
        .annotate(is_answered=Exists(said))
        .select_related(
            "invitation__contact",
            "invitation__client",
            "invitation__partner",
            "invitation__survey",
            "invitation__service",
            "invitation__rule",
        )
    )


def _departures(mails: list[Delivery], now: datetime) -> list[Departure]:
    policies = pace.policies()
    emails = {recipients.email_of(one.invitation) for one in mails}
    barred = suppressions.barred(emails)
    return forecast.forecast(
        [_as_waiting(one, barred) for one in mails],
        left=pace.left_to({recipients.address_hash(email) for email in emails}, policies, now),
        to_domains=_to_domains(now),
        policies=policies,
        now=now,
        is_holiday=window.is_holiday,
    )


def _as_waiting(mail: Delivery, barred: suppressions.Barred) -> Waiting:
    one = mail.invitation
    email = recipients.email_of(one)
    return Waiting(
        due_at=mail.due_at,
        id=mail.pk,
        is_first=mail.wave == 0,
        expires_at=one.expires_at,
        person=(recipients.role_of(one), recipients.address_hash(email)),
        domain=recipients.domain_of(email),
        zone=recipients.zone_of(one),
        priority=pace.priority_of(one),
        has_rule=one.rule is not None,
        barred=_reason(mail, barred),
    )


def _reason(mail: Delivery, barred: suppressions.Barred) -> Invitation.Skip | None:
    """In the order of the last look."""
    one = mail.invitation
    expected = Status.SCHEDULED if mail.wave == 0 else Status.SENT
    is_answered: bool = mail.is_answered  # type: ignore[attr-defined]  # annotated
    if is_answered or one.status == Status.ANSWERED:
        return Skip.ANSWERED
    if one.status != expected:
        return Skip.TOO_LATE
    email = recipients.email_of(one)
    return barred.reason(email, survey_id=one.survey_id) if email else Skip.NO_ADDRESS


def _to_domains(now: datetime) -> dict[str, list[datetime]]:
    rows = Delivery.objects.filter(data_started_at__gt=now - pace.OFTEN)
    found: dict[str, list[datetime]] = defaultdict(list)
    for domain, at in rows.values_list("domain", "data_started_at"):
        if at:
            found[domain].append(at)
    return found


def _known_skips(user: User, now: datetime, until: datetime) -> list[Row]:
    """Decided already, and their hour is still to come."""
    rows = Invitation.objects.visible_to(user).filter(
        status=Status.SKIPPED, due_at__gt=now, due_at__lt=until
    )
    return [
        Row(one, Departure(0, one.due_at, one.due_at, Skip(one.skip_reason)), is_reminder=False)
        for one in rows.select_related("contact", "client", "partner", "survey", "service")
    ]


def _row(mail: Delivery, departure: Departure) -> Row:
    return Row(mail.invitation, departure, is_reminder=mail.wave > 0)


def _arranged(rows: list[Row], now: datetime) -> Board:
    by_day: dict[date, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.departure.at, row.invitation.pk)):
        by_day[local_day(row.departure.at)].append(row)
    first = local_day(now)
    days = [_day(first + timedelta(days=n), by_day) for n in range(DAYS + 1)]
    reasons = Counter(row.skip_words for row in rows if row.departure.skip)
    return Board(
        days=days,
        most=max(day.leaving + day.held for day in days),
        reasons=reasons.most_common(),
    )


def _day(day: date, by_day: Mapping[date, list[Row]]) -> Day:
    rows = by_day.get(day, [])
    held = sum(row.departure.skip is not None for row in rows)
    return Day(day=day, leaving=len(rows) - held, held=held, rows=rows[:SHOWN])
