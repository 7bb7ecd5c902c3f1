"""The pulse of the partners: answered once by whoever was asked, kept and read without anybody.

Who has answered is known, because nobody is asked twice; what was said is known; that the two
belong together is nowhere. There is no key, no hour and no language beside the words, and the rows
of a month are written anew in another order with each answer, so that their place tells nothing.
Results are read once their month is over, and only from `FEWEST` answers on: who follows the mails
cannot see a mean move when somebody answers.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from feedback.models import Invitation, PulseAnswer, Survey
from feedback.ratings import SCORES, AlreadyAnswered, Expired, NotAScore, NotExplained
from triangle import journal, whys
from triangle.periods import local_day

FEWEST = 5  # answers of a month
MOST_MONTHS = 24

_chance = random.SystemRandom()


@dataclass(frozen=True)
class Month:
    """Of a month that is over; without enough answers there is nothing but their count."""

    first: date
    count: int
    score: float | None
    whys: tuple[str, ...]


@dataclass(frozen=True)
class Results:
    months: list[Month]
    running: int  # answers of the month that is not over
    opens_on: date


def answer(
    invitation: Invitation, *, score: int, why: str, now: datetime, not_these: tuple[str, ...] = ()
) -> None:
    """Raises `NotExplained`, `NotAScore`, `Expired` or `AlreadyAnswered`, with nothing written."""
    if type(score) is not int or score not in SCORES:
        raise NotAScore(_("Choose a score from 0 to 10."))
    try:
        why = whys.explanation(why, not_these=not_these)
    except whys.Unexplained as error:
        raise NotExplained(error.message) from error
    said = PulseAnswer(survey_id=invitation.survey_id, month=_month(now), score=score, why=why)
    with transaction.atomic():
        if not _take(invitation, now=now):
            raise _refusal(invitation)
        journal.record("invitation.answered", invitation, now=now)
        _hide_among_the_others(said)


def results(survey: Survey, *, now: datetime) -> Results:
    running = _month(now)
    rows = PulseAnswer.objects.filter(survey=survey).order_by("-month", "score", "why")
    months: dict[date, list[PulseAnswer]] = {}
    for row in rows:
        months.setdefault(row.month, []).append(row)
    over = [_read(first, rows) for first, rows in months.items() if first < running]
    return Results(
        months=over[:MOST_MONTHS],
        running=len(months.get(running, [])),
        opens_on=_next(running),
    )


def _read(first: date, rows: list[PulseAnswer]) -> Month:
    if len(rows) < FEWEST:
        return Month(first, len(rows), None, ())
    mean = sum(row.score for row in rows) / len(rows)
    return Month(first, len(rows), mean, tuple(sorted(row.why for row in rows)))


def _take(invitation: Invitation, *, now: datetime) -> bool:
    """Of two tabs at once, one closes the invitation."""
    ours = Invitation.objects.filter(pk=invitation.pk, answered_at=None, expires_at__gt=now)
    return bool(
        ours.update(
            status=Invitation.Status.ANSWERED,
            skip_reason="",
            answered_at=now,
            is_explained=True,
            sent_at=Coalesce(F("sent_at"), now),
            counted_on=Coalesce(F("counted_on"), local_day(now)),
        )
    )


def _hide_among_the_others(said: PulseAnswer) -> None:
    """One at a time: two shuffles at once would write some rows twice."""
    Survey.objects.select_for_update().get(pk=said.survey_id)
    month = PulseAnswer.objects.filter(survey=said.survey_id, month=said.month)
    rows = [
        PulseAnswer(survey_id=row.survey_id, month=row.month, score=row.score, why=row.why)
        for row in (*month, said)
    ]
    _chance.shuffle(rows)
    month.delete()
    PulseAnswer.objects.bulk_create(rows)


def _refusal(invitation: Invitation) -> Expired | AlreadyAnswered:
    if Invitation.objects.filter(pk=invitation.pk).exclude(answered_at=None).exists():
        return AlreadyAnswered(_("We had already received your answer."))
    return Expired(_("This link has expired."))


def _month(now: datetime) -> date:
    return local_day(now).replace(day=1)


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
