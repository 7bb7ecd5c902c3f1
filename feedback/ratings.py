"""What happens to a client's answer: given once, changed within a few days, read by a manager."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from feedback import nonces
from feedback.models import Invitation, Rating, RatingCriterion, ReasonChip
from feedback.models.rating import NOT_APPLICABLE, FivePoints
from partners.models import Intervention
from triangle import journal, whys
from triangle.errors import Refused
from triangle.models import User
from triangle.periods import local_day

SCORES = range(11)
FIVE_POINTS = range(6)


class NotExplained(Refused):
    """The why is missing or says nothing."""


class NotAScore(Refused):
    """A number outside its scale."""


class AlreadyAnswered(Refused):
    """There is a current answer; it can only be changed."""


class SameNonce(AlreadyAnswered):
    """The same rendered page was sent twice."""


class Expired(Refused):
    """The link, or the time to change an answer, is over."""


class NothingChanged(Refused):
    """The new version says what the current one says."""


def answer(
    invitation: Invitation,
    *,
    score: int,
    why: str,
    now: datetime,
    nonce: str = "",
    criteria: Mapping[RatingCriterion, FivePoints] | None = None,
    importance: Mapping[RatingCriterion, int | None] | None = None,
    reasons: Iterable[ReasonChip] = (),
    company_score: FivePoints = None,
    partner_score: FivePoints = None,
    wants_contact: bool = False,
    contact_when: str = "",
    confidentiality: str = Rating.Confidentiality.COMPANY,
    language: str = "",
    not_these: Iterable[str] = (),
) -> Rating:
    """The rating, saved with the invitation answered; whatever became of its mail.

    The first valid answer wins: the invitation is taken by a conditional update, and one current
    rating per intervention is the database's word. Raises `NotExplained`, `NotAScore`, `Expired`,
    `AlreadyAnswered` or `SameNonce`, with nothing written.
    """
    rating = Rating(
        **invitation.intervention.scope(),
        intervention=invitation.intervention,
        invitation=invitation,
        score=_within(SCORES, score),
        why=_explanation(why, not_these),
        company_score=_five_points(company_score),
        partner_score=_five_points(partner_score),
        wants_contact=wants_contact,
        contact_when=contact_when,
        confidentiality=Rating.Confidentiality(confidentiality),
        language=language or invitation.language,
        answered_at=now,
        answered_on=local_day(now),
        source=Rating.Source.LINK,
        nonce_hash=nonces.digest(nonce) if nonce else None,
    )
    _set_criteria(rating, criteria or {}, importance or {})

    def write() -> None:
        if not _take(invitation, now=now):
            raise _refusal(invitation.intervention, rating.nonce_hash)
        rating.save(force_insert=True)
        rating.reasons.set(reasons)
        journal.record("rating.answered", rating, now=now, score=rating.score, source=rating.source)

    _write_once(write, rating)
    return rating


def record_by_phone(
    intervention: Intervention,
    *,
    score: int,
    why: str,
    by: User,
    now: datetime,
    wants_contact: bool = False,
    language: str = "",
) -> Rating:
    """An answer heard on the phone; a client who was mailed is no longer waited for."""
    invitation = intervention.invitations.filter(survey__event="completed").first()
    rating = Rating(
        **intervention.scope(),
        intervention=intervention,
        invitation=invitation,
        score=_within(SCORES, score),
        why=_explanation(why, ()),
        wants_contact=wants_contact,
        language=language or intervention.client.language,
        answered_at=now,
        answered_on=local_day(now),
        source=Rating.Source.PHONE,
        read_at=now,
        read_by=by,
    )

    def write() -> None:
        rating.save(force_insert=True)
        # A mail that has not left is skipped by the last look before sending.
        if invitation and invitation.sent_at:
            _take(invitation, now=now, even_expired=True)
        journal.record(
            "rating.answered", rating, now=now, actor=by, score=rating.score, source=rating.source
        )

    _write_once(write, rating)
    return rating


def revise(
    rating: Rating,
    *,
    score: int,
    why: str,
    reason: str,
    now: datetime,
    nonce: str = "",
    not_these: Iterable[str] = (),
) -> Rating:
    """The new version, current from now on; the old one is kept, with all else it said.

    Raises `NotExplained`, `NotAScore`, `NothingChanged`, `Expired` or `AlreadyAnswered` (somebody
    changed it in between).
    """
    version = Rating.objects.get(pk=rating.pk)
    version.pk = None
    version._state.adding = True
    version.score = _within(SCORES, score)
    version.why = _explanation(why, not_these)
    version.revision_reason = Rating.RevisionReason(reason)
    version.revises = rating
    version.external_id = None
    version.answered_at, version.answered_on = now, local_day(now)
    version.nonce_hash = nonces.digest(nonce) if nonce else None
    version.is_current = True
    version.read_at = version.read_by = None
    if (version.score, version.why) == (rating.score, rating.why):
        raise NothingChanged(_("This is what you had already told us."))
    if not may_revise(rating, now=now):
        raise Expired(_("The time to change this answer is over."))

    def write() -> None:
        if not Rating.objects.filter(pk=rating.pk).current().update(is_current=False):
            raise _refusal(rating.intervention, version.nonce_hash)
        version.save(force_insert=True)
        version.reasons.set(rating.reasons.all())
        journal.record("rating.revised", version, now=now, before=rating.score, score=version.score)

    _write_once(write, version)
    return version


def may_revise(rating: Rating, *, now: datetime) -> bool:
    """Days run from the first answer, so that changing does not prolong them."""
    first_at = rating.answered_at
    if rating.invitation and rating.invitation.answered_at:
        first_at = rating.invitation.answered_at
    return rating.is_current and now < first_at + timedelta(days=settings.REVISION_DAYS)


def mark_read(ratings: Iterable[Rating], *, by: User, now: datetime) -> list[int]:
    """Keys of the ratings that were unread and no longer are."""
    return _mark(ratings, "rating.read", Q(read_at=None), by=by, now=now, read_at=now, read_by=by)


def mark_unread(ratings: Iterable[Rating], *, by: User, now: datetime) -> list[int]:
    """Keys of the ratings that were read and are to be read again."""
    read = Q(read_at__isnull=False)
    return _mark(ratings, "rating.unread", read, by=by, now=now, read_at=None, read_by=None)


@transaction.atomic
def _mark(
    ratings: Iterable[Rating],
    kind: str,
    before: Q,
    *,
    by: User,
    now: datetime,
    **after: datetime | User | None,
) -> list[int]:
    keys = [rating.pk for rating in ratings]
    # Two managers may read at once: only the one who holds the row writes its journal.
    marked = list(Rating.objects.select_for_update().filter(before, pk__in=keys).order_by("pk"))
    Rating.objects.filter(pk__in=[rating.pk for rating in marked]).update(**after)
    for rating in marked:
        journal.record(kind, rating, now=now, actor=by)
    return [rating.pk for rating in marked]


def _take(invitation: Invitation, *, now: datetime, even_expired: bool = False) -> bool:
    """Close the invitation; an answer proves that it arrived, whatever its mail said."""
    open_ones = Invitation.objects.filter(pk=invitation.pk, answered_at=None)
    if not even_expired:
        open_ones = open_ones.filter(expires_at__gt=now)
    taken = open_ones.update(
        status=Invitation.Status.ANSWERED,
        skip_reason="",
        answered_at=now,
        is_explained=True,
        sent_at=Coalesce(F("sent_at"), now),
        counted_on=Coalesce(F("counted_on"), local_day(now)),
    )
    return bool(taken)


def _write_once(write: Callable[[], None], rating: Rating) -> None:
    try:
        with transaction.atomic():
            write()
    except IntegrityError as error:
        refusal = _refusal(rating.intervention, rating.nonce_hash)
        if isinstance(refusal, AlreadyAnswered):
            raise refusal from error
        raise


def _refusal(intervention: Intervention, nonce_hash: str | None) -> Refused:
    """Why the database said no."""
    if nonce_hash and Rating.objects.filter(nonce_hash=nonce_hash).exists():
        return SameNonce(_("We have already received this answer."))
    if Rating.objects.current().filter(intervention=intervention).exists():
        return AlreadyAnswered(_("You have already answered; you can change your answer."))
    return Expired(_("This link has expired."))


def _explanation(why: str, not_these: Iterable[str]) -> str:
    try:
        return whys.explanation(why, not_these=not_these)
    except whys.Unexplained as error:
        raise NotExplained(error.message) from error


def _within(scale: range, value: int) -> int:
    if type(value) is not int or value not in scale:
        raise NotAScore(_("Choose a score from %(low)s to %(high)s.") % _ends(scale))
    return value


def _ends(scale: range) -> dict[str, int]:
    return {"low": scale.start, "high": scale.stop - 1}


def _five_points(value: FivePoints) -> int | None:
    """None for no answer, and for "not applicable" where there is no column to say so."""
    if value is None or value == NOT_APPLICABLE:
        return None
    return _within(FIVE_POINTS, value)


def _set_criteria(
    rating: Rating,
    criteria: Mapping[RatingCriterion, FivePoints],
    importance: Mapping[RatingCriterion, int | None],
) -> None:
    for criterion, satisfaction in criteria.items():
        if satisfaction != NOT_APPLICABLE:
            satisfaction = _five_points(satisfaction)
        rating.set_satisfaction(criterion, satisfaction)
    for criterion, weight in importance.items():
        rating.set_importance(criterion, _five_points(weight))
