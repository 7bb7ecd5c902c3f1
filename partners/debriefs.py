"""The partner's answer after an intervention: asked when it is completed, filed once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypedDict, Unpack

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from partners import scoring
from partners.models import CONDITIONS, Debrief, DebriefRequest, Intervention, Status
from triangle import journal, links, whys
from triangle.errors import Refused, StateError
from triangle.models import User
from triangle.periods import local_day

LINK_VALID = timedelta(days=30)


class AlreadyFiled(StateError):  # noqa: N818 - an answer, not a fault
    """An intervention has one debrief."""


class NotCompleted(StateError):  # noqa: N818 - an answer, not a fault
    """Nobody debriefs what is not done."""


class OutsideScale(Refused):
    """A score outside 0 to 10, or a condition outside 0 to 5."""


class Conditions(TypedDict, total=False):
    """0 to 5; None for not applicable, absent for not answered."""

    brief_accuracy: int | None
    access: int | None
    client_readiness: int | None
    company_support: int | None


def ask(intervention: Intervention, *, now: datetime) -> DebriefRequest | None:
    """Open the personal link; nobody is asked when nobody was assigned, or twice."""
    if intervention.partner_id is None:
        return None
    seed = links.new_seed()
    request, _created = DebriefRequest.objects.get_or_create(
        intervention=intervention,
        defaults={
            "link_seed": seed,
            "token_hash": links.token_hash(links.token_for("partner", seed)),
            "asked_at": now,
            "expires_at": now + LINK_VALID,
        },
    )
    return request


def file(
    intervention: Intervention,
    *,
    score: int,
    why: str,
    now: datetime,
    suggestion: str = "",
    by: User | None = None,
    **conditions: Unpack[Conditions],
) -> Debrief:
    """Keep the debrief; raises `whys.Unexplained` when the why says nothing."""
    if intervention.status != Status.COMPLETED:
        raise NotCompleted(_("The debrief opens once the intervention is completed."))
    _check_scales(score, conditions)
    debrief = Debrief(
        intervention=intervention,
        **intervention.scope(),
        **conditions,
        score=score,
        why=whys.explanation(why, not_these=labels()),
        suggestion=whys.clean(suggestion)[: whys.MAX_LENGTH],
        answered_at=now,
        answered_on=local_day(now),
    )
    try:
        with transaction.atomic():
            _save_quietly(debrief)
            _score_brief(debrief)
            journal.record("debriefed", intervention, now=now, actor=by, score=score)
    except IntegrityError as error:
        raise AlreadyFiled(_("The debrief of this intervention is already in.")) from error
    return debrief


def labels() -> list[str]:
    """Words of the page that explain nothing when copied."""
    columns = [field for field in Debrief._meta.concrete_fields if field.name in CONDITIONS]
    return [str(column.verbose_name) for column in columns]


def _check_scales(score: int, conditions: Conditions) -> None:
    if not 0 <= score <= 10:
        raise OutsideScale(_("Choose a score from 0 to 10."))
    if any(value is not None and not 0 <= value <= 5 for value in conditions.values()):  # type: ignore[operator]
        raise OutsideScale(_("Choose 0 to 5, or not applicable."))


def _score_brief(debrief: Debrief) -> None:
    """The delivery is scored anew by what its row says now, with the brief among its parts."""
    if debrief.brief_accuracy is None:
        return
    row = Intervention.objects.select_for_update().get(pk=debrief.intervention_id)
    if row.status == Status.COMPLETED:
        percent = scoring.delivered_percent(row.moments, brief=debrief.brief_accuracy)
        Intervention.objects.filter(pk=row.pk).update(delivered_percent=percent)


def _save_quietly(debrief: Debrief) -> None:
    """A history row is for a correction by hand."""
    debrief.skip_history_when_saving = True  # type: ignore[attr-defined]
    debrief.save(force_insert=True)
    del debrief.skip_history_when_saving  # type: ignore[attr-defined]
