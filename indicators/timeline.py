"""Everything that happened around one intervention, told once and in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from feedback.models import Invitation, Rating
from partners.models import Debrief, Intervention, Status
from partners.scoring import Step, StepName
from triangle import typography
from triangle.models import JournalEntry, User

Mark = Literal["", "voice", "late", "missed", "due"]

STEP_NAMES: dict[StepName, str | Promise] = {
    "confirmed": pgettext_lazy("step", "Confirmed"),
    "introduced": pgettext_lazy("step", "Introduced"),
    "brief_refined": pgettext_lazy("step", "Brief refined"),
    "started": pgettext_lazy("step", "Started"),
    "completed": pgettext_lazy("step", "Completed"),
}
MISSED: dict[StepName, str | Promise] = {
    "introduced": gettext_lazy("Introduction missed"),
    "brief_refined": gettext_lazy("Brief not refined"),
}
SAID_ELSEWHERE = {"debriefed", *STEP_NAMES, "requested", "cancelled"}


@dataclass(frozen=True)
class Event:
    at: datetime
    what: str
    more: str = ""
    mark: Mark = ""


def timeline(
    intervention: Intervention,
    ratings: list[Rating],
    debrief: Debrief | None,
    walked: list[Step],
    *,
    user: User,
) -> list[Event]:
    """Newest first, in two queries; what is still due stands on top."""
    entries = list(JournalEntry.objects.about(intervention))
    actors = {entry.kind: str(entry.actor) for entry in entries if entry.actor}
    events = [
        *_step_events(intervention, walked, actors),
        *_voice_events(ratings, debrief),
        *_invitation_events(intervention, user),
        *(_entry_event(entry) for entry in entries if entry.kind not in SAID_ELSEWHERE),
    ]
    return sorted(events, key=lambda event: event.at, reverse=True)


def _step_events(
    intervention: Intervention, walked: list[Step], actors: dict[str, str]
) -> Iterator[Event]:
    if intervention.requested_at:
        by = actors.get("requested", "")
        yield Event(intervention.requested_at, _("Requested"), by)
    for step in walked:
        name = str(STEP_NAMES[step.name])
        if step.done_at:
            mark: Mark = "late" if step.verdict == "late" else ""
            what = _("%(step)s, late") % {"step": name} if mark else name
            if step.late_by:
                what = _("%(step)s, %(span)s late") % {"step": name, "span": _span(step.late_by)}
            yield Event(step.done_at, what, actors.get(step.name, ""), mark)
        elif step.verdict == "missed" and step.due_at:
            yield Event(step.due_at, str(MISSED.get(step.name, name)), "", "missed")
        elif step.name == "introduced" and step.due_at and intervention.status == Status.CONFIRMED:
            yield Event(step.due_at, _("Introduction due"), "", "due")
    if intervention.cancelled_at:
        side = intervention.get_cancelled_by_display()
        reason = intervention.cancel_reason
        more = " · ".join(filter(None, [str(side), reason, actors.get("cancelled", "")]))
        yield Event(intervention.cancelled_at, _("Cancelled"), more, "missed")


def _span(length: timedelta) -> str:
    return typography.duration(length, get_language() or "en")


def _voice_events(ratings: list[Rating], debrief: Debrief | None) -> Iterator[Event]:
    for rating in ratings:
        what = (
            _("Rating %(score)s with why") if rating.why else _("Rating %(score)s without why")
        ) % {"score": rating.score}
        more = "" if rating.is_current else pgettext("rating", "replaced later")
        yield Event(rating.answered_at, what, more, "voice")
    if debrief:
        yield Event(
            debrief.answered_at, _("Debrief %(score)s") % {"score": debrief.score}, "", "voice"
        )


def _invitation_events(intervention: Intervention, user: User) -> Iterator[Event]:
    rows = Invitation.objects.visible_to(user).filter(intervention=intervention)
    for invitation in rows.select_related("contact"):
        who = invitation.contact.name if invitation.contact else ""
        if invitation.sent_at:
            yield Event(invitation.sent_at, _("Invitation sent"), who)
        elif invitation.status == Invitation.Status.SKIPPED:
            reason = str(invitation.get_skip_reason_display())
            yield Event(invitation.due_at, _("Invitation skipped"), reason, "late")
        elif invitation.status == Invitation.Status.SCHEDULED:
            yield Event(invitation.due_at, _("Invitation due"), who, "due")


ENTRY_NAMES: dict[str, str | Promise] = {
    "received": gettext_lazy("Received from the platform"),
    "changed": gettext_lazy("Changed by the platform"),
    "proposed": gettext_lazy("Proposed"),
    "assigned": gettext_lazy("Partner assigned"),
    "rescheduled": gettext_lazy("Date changed"),
    "cancellation_disputed": gettext_lazy("Cancellation disputed"),
    "in_progress": pgettext_lazy("step", "Started"),
    "no_show": gettext_lazy("No-show"),
}


def _entry_event(entry: JournalEntry) -> Event:
    data = entry.data if isinstance(entry.data, dict) else {}
    told = data.get("partner") or data.get("reason") or ""
    more = " · ".join(str(part) for part in (told, entry.actor) if part)
    return Event(entry.at, str(ENTRY_NAMES.get(entry.kind, entry.kind)), more)
