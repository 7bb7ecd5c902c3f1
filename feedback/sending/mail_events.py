"""What the mail provider tells afterwards: kept once, and the same end in whatever order it comes.

Each event is stored as it came; what follows from it is computed anew from all that was told about
the mail and its recipient. An event about no mail of ours is kept unmatched and changes nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from django.db import transaction
from django.db.models import Q

from feedback.models import Delivery, Invitation, MailEvent, Recipient, Suppression
from feedback.sending import deliveries, recipients, suppressions
from feedback.sending.bounces import Judgement, Told, judge
from triangle.models import JournalEntry

Kind, Reason = MailEvent.Kind, Suppression.Reason

KINDS = {
    EventType.DELIVERED: Kind.DELIVERED,
    EventType.DEFERRED: Kind.SOFT_BOUNCE,
    EventType.COMPLAINED: Kind.COMPLAINT,
    EventType.UNSUBSCRIBED: Kind.OPT_OUT,
}  # openings and clicks are nobody's business; what else a provider tells says nothing to us
REFUSED = {EventType.BOUNCED, EventType.REJECTED}
KINDS_OF_REFUSAL = {
    RejectReason.INVALID: Kind.HARD_BOUNCE,
    RejectReason.BOUNCED: Kind.HARD_BOUNCE,
    RejectReason.UNSUBSCRIBED: Kind.OPT_OUT,
}  # blocked, timed out, taken for spam: no word about the mailbox
SOFT_WORDS = re.compile(r"soft|transient|temporar|deferr|quota|full", re.IGNORECASE)
SOFT_CODE = re.compile(r"\b4\.\d{1,3}\.\d{1,3}\b|^\s*4\d\d\b")
TYPE_FIELDS = ("Type", "type", "event", "bounce_type", "bounceType", "bounceSubType", "error")
SOFT_CLASSES = {"20", "21", "22", "23", "40", "70"}  # SparkPost's numbers for "not for good"
OUR_MESSAGE_ID = re.compile(r"<?invitation\.([0-9a-f]{24})\.(\d{1,2})@")
MOST_CHARACTERS = 255  # of a stored event id
ADDRESS = re.compile(r"[^\s<>@]+@[^\s<>@]+")


def receive(event: AnymailTrackingEvent, *, provider: str, now: datetime) -> MailEvent | None:
    """The event as kept; None when it tells nothing we keep. A repetition changes nothing."""
    kind = kind_of(event)
    if kind is None:
        return None
    delivery = _delivery_of(event)
    email = _email_of(delivery, event.recipient or "") if delivery else ""
    with transaction.atomic():
        recipient = _lock(delivery, email)
        told, is_new = MailEvent.objects.get_or_create(
            provider=provider[:40],
            event_id=_event_id(event),
            defaults={
                "kind": kind,
                "at": _instant(event, now),
                "received_at": now,
                "delivery": delivery,
                "recipient": recipient,
                "detail": _detail(event),
            },
        )
        if is_new and delivery and recipient:
            _settle(delivery, recipient, email, now=now)
    return told


def kind_of(event: AnymailTrackingEvent) -> MailEvent.Kind | None:
    if event.event_type not in REFUSED:
        return KINDS.get(event.event_type)
    if event.event_type == EventType.REJECTED and event.reject_reason == RejectReason.SPAM:
        return Kind.COMPLAINT  # the provider remembers one of earlier
    kind = KINDS_OF_REFUSAL.get(event.reject_reason, Kind.SOFT_BOUNCE)
    return Kind.SOFT_BOUNCE if kind == Kind.HARD_BOUNCE and _is_soft(event) else kind


def _is_soft(event: AnymailTrackingEvent) -> bool:
    """Anymail says "bounced" for both; the provider's own words tell them apart."""
    told = event.esp_event if isinstance(event.esp_event, Mapping) else {}
    words = " ".join(str(told.get(name, "")) for name in TYPE_FIELDS)
    if str(told.get("bounce_class", "")) in SOFT_CLASSES or SOFT_WORDS.search(words):
        return True
    return bool(SOFT_CODE.search(str(event.mta_response or "")))


def _delivery_of(event: AnymailTrackingEvent) -> Delivery | None:
    """By our marks, by the provider's id, or by the Message-ID that an SMTP relay keeps."""
    marks = event.metadata if isinstance(event.metadata, Mapping) else {}
    found = Delivery.objects.select_related(
        "invitation__contact", "invitation__partner", "invitation__rule", "recipient"
    )
    invitation, wave = _number(marks.get("invitation")), _number(marks.get("wave"))
    if invitation is not None and wave is not None:
        return found.filter(invitation=invitation, wave=wave).first()
    name = _clean(event.message_id)
    if not name:
        return None
    ours = Q(provider_id=name)
    if match := OUR_MESSAGE_ID.match(name):
        ours |= Q(invitation__token_hash__startswith=match[1], wave=int(match[2]))
    return found.filter(ours).order_by("pk").first()


def _number(mark: object) -> int | None:
    text = str(mark)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _email_of(delivery: Delivery, told: str) -> str:
    """The address the mail went to, where it is still known; a forwarding one is not ours."""
    now_written_to = recipients.email_of(delivery.invitation)
    if delivery.recipient is None:
        return now_written_to
    known = (email for email in (told, now_written_to) if email)
    return next(
        (one for one in known if recipients.address_hash(one) == delivery.recipient.address_hash),
        "",
    )


def _lock(delivery: Delivery | None, email: str) -> Recipient | None:
    """Whoever is told about them decides alone, until the end of the transaction."""
    if delivery is None:
        return None
    if delivery.recipient_id:
        return Recipient.objects.select_for_update().get(pk=delivery.recipient_id)
    return recipients.lock(email) if email else None


def _settle(delivery: Delivery, recipient: Recipient, email: str, *, now: datetime) -> None:
    events = MailEvent.objects.filter(recipient=recipient)
    told = [Told(*row) for row in events.values_list("kind", "at", "delivery", "received_at")]
    deliveries.prove(delivery, told_at=min(one.at for one in told), now=now)
    judgement = judge(told, since=_lifted_at(recipient))
    for pk, at in judgement.delivered.items():
        Delivery.objects.filter(pk=pk).exclude(delivered_at=at).update(delivered_at=at)
    _note_bounces(told, judgement)
    if email:
        _suppress(email, told, judgement, now=now)


def _lifted_at(recipient: Recipient) -> datetime | None:
    """Somebody decided that the address is fit again: what was told before counts no more."""
    lifted = JournalEntry.objects.about(recipient).filter(kind=suppressions.LIFTED)
    return lifted.values_list("at", flat=True).first()


def _note_bounces(told: list[Told], judgement: Judgement) -> None:
    """Set and taken back by what was told; what a mail server refused itself stays."""
    deliveries_told = Delivery.objects.filter(pk__in={one.delivery for one in told})
    asked = dict(deliveries_told.values_list("pk", "invitation"))
    for invitation in Invitation.objects.filter(pk__in=set(asked.values())).order_by("pk"):
        of = {pk for pk, asked_by in asked.items() if asked_by == invitation.pk}
        ats = [at for pk, at in judgement.bounced.items() if pk in of]
        if invitation.bounced_at not in {one.at for one in told if one.delivery in of}:
            ats += [invitation.bounced_at] if invitation.bounced_at else []
        if (bounced_at := min(ats, default=None)) != invitation.bounced_at:
            Invitation.objects.filter(pk=invitation.pk).update(bounced_at=bounced_at)


def _suppress(email: str, told: list[Told], judgement: Judgement, *, now: datetime) -> None:
    """One row for all surveys, as all events say; a wish made on our own page is only outweighed.

    What bounces have stopped stays stopped, even when a delivery between them is told afterwards.
    """
    row = Suppression.objects.filter(email=recipients.normal(email), survey=None).first()
    if row and row.at in {one.at for one in told}:
        suppressions.restate(row, reason=judgement.reason, at=judgement.at, now=now)
    elif judgement.reason:
        suppressions.suppress(email, reason=judgement.reason, at=judgement.at, now=now)
    if judgement.reason:  # a doubt that ended just now has planned reminders
        suppressions.cancel(email, survey=None, reason=judgement.reason, now=now)


def _event_id(event: AnymailTrackingEvent) -> str:
    """The provider's own; where it gives none, one made of what a repetition repeats."""
    own = _clean(event.event_id)
    if own and len(own) <= MOST_CHARACTERS:
        return own
    parts = (own, event.event_type, event.message_id, event.recipient, event.timestamp)
    return hashlib.sha256("|".join(map(str, parts)).encode(errors="replace")).hexdigest()


def _instant(event: AnymailTrackingEvent, now: datetime) -> datetime:
    at = event.timestamp
    if not isinstance(at, datetime):
        return now
    return min(at if at.tzinfo else at.replace(tzinfo=UTC), now)


def _detail(event: AnymailTrackingEvent) -> str:
    """Without the address: here it is known by its hash alone."""
    words = _clean(event.mta_response) or _clean(event.description)
    return ADDRESS.sub("…@…", words)[:500]


def _clean(text: object) -> str:
    return str(text or "").replace("\x00", "").strip()
