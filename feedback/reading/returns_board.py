"""What a partner reads of clients: by name where the client wished it, else in groups.

An answer without a name is published with the group it completes: at least `ANSWERS_MINIMUM`
answers of as many clients, words in no order, figures of whole groups alone. A group never changes
once it is out: it is made of answers in the order in which they could no longer change. So who
looks twice, or looks again after each debrief, sees nothing or a whole new group, never one answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F
from django.utils.crypto import salted_hmac

from feedback.models import Rating
from feedback.models.rating import RatingQuerySet
from partners.models import Partner

MOST_NAMED = 50
MOST_GROUPS = 10
NAMED, COMPANY, _COUNTED = Rating.Confidentiality


@dataclass(frozen=True)
class Group:
    """Answers nobody can be recognised in."""

    n: int
    low: int  # 0 to 6
    middle: int  # 7 or 8
    high: int  # 9 or 10
    words: list[Rating]  # only why and language are to be shown


@dataclass(frozen=True)
class Returns:
    """Both empty while there are fewer answers than the minimum."""

    named: list[Rating]
    groups: list[Group]  # the latest first

    @property
    def n(self) -> int:
        return sum(group.n for group in self.groups)


@dataclass(frozen=True)
class _Nameless:
    key: int
    client: int
    score: int
    settled_at: datetime


def of(partner: Partner, *, now: datetime) -> Returns:
    released = Rating.objects.released_to(partner, now=now)
    if released.count() < settings.ANSWERS_MINIMUM:
        return Returns(named=[], groups=[])
    groups = list(_whole_groups(_nameless(released, now=now)))[: -MOST_GROUPS - 1 : -1]
    return Returns(named=list(_named(released)), groups=_with_words(groups))


def _named(released: RatingQuerySet) -> RatingQuerySet:
    rows = released.explained().filter(confidentiality=NAMED)
    return rows.select_related("client", "service", "intervention").latest_first()[:MOST_NAMED]


def _nameless(released: RatingQuerySet, *, now: datetime) -> list[_Nameless]:
    """Those that can no longer change, in the order in which they became so."""
    rows = released.exclude(confidentiality=NAMED).values_list(
        "pk",
        "client_id",
        "score",
        "answered_at",
        F("intervention__debrief__answered_at"),
        F("intervention__completed_at"),
    )
    found = [
        _Nameless(key, client, score, _settled_at(*instants))
        for key, client, score, *instants in rows
    ]
    settled = [one for one in found if one.settled_at <= now]
    return sorted(settled, key=lambda one: (one.settled_at, one.key))


def _settled_at(
    answered_at: datetime, debriefed_at: datetime | None, completed_at: datetime | None
) -> datetime:
    """When it is released and the client can no longer change it."""
    ends = [debriefed_at, completed_at and completed_at + timedelta(days=settings.RELEASE_DAYS)]
    released_at = min(end for end in ends if end)
    return max(released_at, answered_at + timedelta(days=settings.REVISION_DAYS))


def _whole_groups(answers: Iterable[_Nameless]) -> Iterator[list[_Nameless]]:
    """The last ones wait until their group is whole."""
    group: list[_Nameless] = []
    for answer in answers:
        group.append(answer)
        if len({one.client for one in group}) >= settings.ANSWERS_MINIMUM:
            yield group
            group = []


def _with_words(groups: list[list[_Nameless]]) -> list[Group]:
    keys = [one.key for group in groups for one in group]
    told = Rating.objects.explained().filter(pk__in=keys, confidentiality=COMPANY)
    words = told.only("pk", "why", "language").in_bulk()
    return [_group(group, words) for group in groups]


def _group(answers: list[_Nameless], words: dict[int, Rating]) -> Group:
    scores = [one.score for one in answers]
    return Group(
        n=len(answers),
        low=sum(score <= 6 for score in scores),
        middle=sum(7 <= score <= 8 for score in scores),
        high=sum(score >= 9 for score in scores),
        words=[words[key] for key in _in_no_order(answers) if key in words],
    )


def _in_no_order(answers: list[_Nameless]) -> list[int]:
    """The same at each look, and telling nothing of dates or clients."""

    def place(key: int) -> str:
        return salted_hmac("feedback.returns", str(key), secret=settings.LINK_KEY).hexdigest()

    return sorted((one.key for one in answers), key=place)
