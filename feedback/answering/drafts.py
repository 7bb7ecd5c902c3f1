"""What a client typed and did not send: kept from the first letter, resumed on any device.

A machine types nothing, so it begins no draft; and what it may send from a page that came filled
is no new text (`nonces.was_typed`), so it changes none either.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.datastructures import MultiValueDict

from feedback.answering import nonces
from feedback.models import SLOTS, Draft, Invitation, Rating
from triangle import floods, journal, whys
from triangle.errors import Refused
from triangle.periods import local_day
from triangle.prepared import Given, Write

SCORES = {str(score): score for score in range(11)}
SEVERAL = ("reasons",)
FIELDS = (
    "score",
    "company_score",
    "partner_score",
    *(f"satisfaction_{slot}" for slot in range(1, SLOTS + 1)),
    "importance",
    "wants_contact",
    "contact_when",
    "confidentiality",
    "may_quote",
)
LONGEST = 120  # characters of a field other than the why
MOST_CHOICES = 50
BATCH = 500
DROP = Write(Draft.objects.filter(invitation=Given("invitation")))
DROP_OF_INTERVENTION = Write(
    Draft.objects.filter(
        invitation__about=Given("about"), invitation__intervention=Given("intervention")
    )
)
SAVES = floods.Limit("drafts", most=300, within_seconds=600)  # a slow typist saves every 2 s

Typed = MultiValueDict[str, str]


class NothingTyped(Refused):
    """No letter, or none that was not already in the page: nothing worth keeping."""


class TooMany(Refused):
    """More saves than a person can type."""


class NoLongerAsked(Refused):
    """Answered or expired meanwhile."""


def keep(invitation: Invitation, typed: Typed, *, now: datetime) -> Draft:
    """The draft as it now stands; the row of the invitation keeps it from outliving the answer."""
    why, nonce = whys.clean(typed.get("why", "")), typed.get("nonce", "")
    if not nonces.is_ours(nonce, invitation) or not nonces.was_typed(why, nonce):
        raise NothingTyped
    if not whys.WORD.search(why) or len(why) > whys.MAX_LENGTH:
        raise NothingTyped
    if SAVES.is_reached(str(invitation.pk)):
        raise TooMany
    SAVES.count(str(invitation.pk))
    with transaction.atomic():
        open_ones = Invitation.objects.filter(answered_at=None, expires_at__gt=now)
        if not open_ones.select_for_update(no_key=True).filter(pk=invitation.pk).exists():
            raise NoLongerAsked
        saved = {"answer": _answer(typed, why), "saved_at": now}
        draft, _is_new = Draft.objects.update_or_create(
            invitation=invitation, defaults=saved, create_defaults={**saved, "begun_at": now}
        )
    return draft


def resumed(invitation: Invitation) -> dict[str, Any]:
    """The fields of the form as they stood; empty where nothing was typed."""
    draft = Draft.objects.filter(invitation=invitation).first()
    return dict(draft.answer) if draft else {}


def forget(invitation: Invitation, *, nonce: str) -> None:
    """Who typed has emptied the box."""
    if nonces.is_ours(nonce, invitation):
        drop(invitation)


def drop(asked: Invitation | Rating) -> None:
    """The answer is in, by whatever way; call it in its transaction."""
    if asked.intervention_id:
        DROP_OF_INTERVENTION.run(about=asked.about, intervention=asked.intervention_id)
    else:
        key = asked.pk if isinstance(asked, Invitation) else asked.invitation_id
        DROP.run(invitation=key)


def conclude(*, now: datetime, limit: int = BATCH) -> int:
    """End the drafts whose time to answer is over; returns how many.

    A score that was chosen and never explained is kept apart as unexplained. The words were not
    sent: nobody reads them, they are dropped here. What stays of a draft without a score says
    only that somebody had begun.
    """
    over = Draft.objects.filter(invitation__expires_at__lte=now).exclude(answer={})
    keys = list(over.order_by("invitation__expires_at", "pk").values_list("pk", flat=True)[:limit])
    for key in keys:
        _conclude(key, now=now)
    return len(keys)


@transaction.atomic
def _conclude(key: int, *, now: datetime) -> None:
    locked = Draft.objects.select_for_update(of=("self",)).filter(pk=key).exclude(answer={})
    draft = locked.select_related("invitation__intervention").first()
    if draft is None:  # another worker was faster
        return
    score = draft.answer.get("score", "")
    if score not in SCORES:
        draft.answer = {}
        draft.save(update_fields=["answer"])
        return
    if not Rating.objects.current().on_the_matter_of(draft.invitation).exists():
        _leave_unexplained(draft, SCORES[score], now=now)
    draft.delete()


def _leave_unexplained(draft: Draft, score: int, *, now: datetime) -> None:
    invitation = draft.invitation
    rating = Rating.objects.create(
        **(invitation.intervention or invitation).scope(),
        about=invitation.about,
        intervention=invitation.intervention,
        invitation=invitation,
        score=score,
        language=invitation.language,
        answered_at=draft.saved_at,
        answered_on=local_day(draft.saved_at),
        source=Rating.Source.DRAFT,
    )
    journal.record("rating.left_unexplained", rating, now=now, score=score)


def _answer(typed: Typed, why: str) -> dict[str, Any]:
    """Known fields alone, cleaned of what JSON cannot hold, none longer than our page sends."""
    one = {name: _short(typed.get(name, "")) for name in FIELDS if typed.get(name)}
    many = {
        name: [_short(value) for value in typed.getlist(name)[:MOST_CHOICES]] for name in SEVERAL
    }
    return {**one, **many, "why": why}


def _short(value: str) -> str:
    return whys.clean(value)[:LONGEST]
