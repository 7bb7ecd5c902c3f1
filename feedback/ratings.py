"""What happens to a client's answer: given once, changed within a few days, read by a manager."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import DateField, DateTimeField, F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from feedback.answering import drafts, nonces
from feedback.models import About, Invitation, Rating, RatingCriterion, ReasonChip
from feedback.models.rating import NOT_APPLICABLE, FivePoints
from partners.models import Intervention
from triangle import journal, whys
from triangle.errors import Refused
from triangle.models import User
from triangle.periods import local_day
from triangle.prepared import Given, Select, Write

SCORES = range(11)
FIVE_POINTS = range(6)
SOURCES = {
    Invitation.Channel.MAIL: Rating.Source.LINK,
    Invitation.Channel.ON_SITE: Rating.Source.ON_SITE,
}
NOW, TODAY = Given("now", DateTimeField()), Given("today", DateField())
LINKS = Select(
    Invitation.objects.filter(intervention=Given("intervention"), about=Given("about"))
    .order_by("pk")
    .select_for_update(no_key=True)
    .values_list("pk")
)
OPEN = Invitation.objects.filter(pk=Given("key"), answered_at=None)
TAKEN = {
    "status": Invitation.Status.ANSWERED,
    "skip_reason": "",
    "answered_at": NOW,
    "is_explained": True,
    "sent_at": Coalesce(F("sent_at"), NOW),
    "counted_on": Coalesce(F("counted_on"), TODAY),
}
TAKE, TAKE_EXPIRED = Write(OPEN.filter(expires_at__gt=NOW), **TAKEN), Write(OPEN, **TAKEN)


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
    """The new version has no why of its own."""


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
    may_quote: bool = False,
    language: str = "",
    not_these: Iterable[str] = (),
) -> Rating:
    """The rating, saved with the invitation answered; whatever became of its mail.

    The first valid answer wins: the invitation is taken by a conditional update, and one current
    rating per intervention is the database's word. Raises `NotExplained`, `NotAScore`, `Expired`,
    `AlreadyAnswered` or `SameNonce`, with nothing written.
    """
    rating = Rating(
        **(invitation.intervention or invitation).scope(),
        about=invitation.about,
        intervention=invitation.intervention,
        invitation=invitation,
        score=_within(SCORES, score),
        why=_explanation(why, not_these),
        company_score=_five_points(company_score),
        partner_score=_five_points(partner_score),
        wants_contact=wants_contact,
        contact_when=contact_when,
        confidentiality=Rating.Confidentiality(confidentiality),
        may_quote=may_quote,
        language=language or invitation.language,
        answered_at=now,
        answered_on=local_day(now),
        source=SOURCES[Invitation.Channel(invitation.channel)],
        nonce_hash=nonces.digest(nonce) if nonce else None,
    )
    _set_criteria(rating, criteria or {}, importance or {})

    def write() -> None:
        _hold_links(rating)
        if not _take(invitation, now=now):
            raise _refusal(rating)
        rating.save(force_insert=True)
        rating.reasons.add(*reasons)
        drafts.drop(rating)
        if invitation.channel == Invitation.Channel.ON_SITE:
            _close_the_mailed(rating, now=now)
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
    rating = Rating(
        **intervention.scope(),
        intervention=intervention,
        invitation=_mailed(intervention).first(),
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
        _hold_links(rating)
        drafts.drop(rating)
        _outdo_what_was_never_sent(intervention)
        rating.save(force_insert=True)
        _close_the_mailed(rating, now=now)
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

    A new score needs a why of its own: a machine can press every button, it types nothing.
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
    _forget_what_was_done_with_the_words(version)
    if version.why == rating.why:
        raise NothingChanged(_nothing_new(version, rating))
    if not may_revise(rating, now=now):
        raise Expired(_("The time to change this answer is over."))

    def write() -> None:
        if not Rating.objects.filter(pk=rating.pk).current().update(is_current=False):
            raise _refusal(version)
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
    take = TAKE_EXPIRED if even_expired else TAKE
    return bool(take.run(key=invitation.pk, now=now, today=local_day(now)))


def _hold_links(rating: Rating) -> None:
    """Two ways to one answer are taken in one order, else each would wait for the other.

    A lock that lets keys be shared: who ends a draft only points at the invitation.
    """
    if rating.intervention_id:
        LINKS.lists(intervention=rating.intervention_id, about=rating.about)


def _mailed(intervention: Intervention) -> QuerySet[Invitation]:
    return intervention.invitations.filter(
        about=About.INTERVENTION, channel=Invitation.Channel.MAIL
    )


def _close_the_mailed(rating: Rating, *, now: datetime) -> None:
    """Nobody waits any longer; a mail that has not left is skipped by the last look at it."""
    assert rating.intervention is not None  # noqa: S101 - on site and by phone it is about one
    for invitation in _mailed(rating.intervention).filter(sent_at__isnull=False):
        _take(invitation, now=now, even_expired=True)


def _outdo_what_was_never_sent(intervention: Intervention) -> None:
    """A score that was chosen and never explained gives way to words that were said."""
    begun = Rating.objects.current().about(About.INTERVENTION)
    begun.filter(intervention=intervention, source=Rating.Source.DRAFT).update(is_current=False)


def _write_once(write: Callable[[], None], rating: Rating) -> None:
    try:
        with transaction.atomic():
            write()
    except IntegrityError as error:
        refusal = _refusal(rating)
        if isinstance(refusal, AlreadyAnswered):
            raise refusal from error
        raise


def _refusal(rating: Rating) -> Refused:
    """Why the database said no."""
    if rating.nonce_hash and Rating.objects.filter(nonce_hash=rating.nonce_hash).exists():
        return SameNonce(_("We have already received this answer."))
    if Rating.objects.current().on_the_matter_of(rating).exists():
        return AlreadyAnswered(_("You have already answered; you can change your answer."))
    return Expired(_("This link has expired."))


def _forget_what_was_done_with_the_words(version: Rating) -> None:
    version.read_at = version.read_by = None
    version.thanked_at = version.thanked_by = None
    version.quoted_at = version.quoted_by = None
    version.contradiction, version.labelled_with = "", None


def _nothing_new(version: Rating, rating: Rating) -> str:
    if version.score == rating.score:
        return _("This is what you had already told us.")
    return _("Tell us in a few words why your score changes: your first words are still here.")


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
