"""The one thing that helps an intervention most now, and the acts that are possible."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from feedback.models import Rating
from partners.interventions import ALLOWED
from partners.models import Debrief, Intervention, Status
from partners.scoring import INTRODUCE_BEFORE

LOW_SCORE = 6


@dataclass(frozen=True)
class NextAct:
    """`acts` are the addresses of the forms to offer, the first one being the best."""

    what: str
    more: str = ""
    due_at: datetime | None = None
    is_late: bool = False
    acts: tuple[str, ...] = ()
    phone: str = ""


def next_act(
    intervention: Intervention, rating: Rating | None, debrief: Debrief | None, *, now: datetime
) -> NextAct | None:
    """The one thing that helps most now; None when nothing waits."""
    if intervention.is_open:
        return _next_step(intervention, now=now)
    contact = intervention.contact
    if rating and rating.wants_contact:
        phone, name = (contact.phone, contact.name) if contact else ("", str(intervention.client))
        what = _("Call %(name)s back.") % {"name": name}
        return NextAct(what, _accounts(rating, debrief), phone=phone)
    if rating and rating.read_at is None and rating.score <= LOW_SCORE:
        return NextAct(_("Read why it went badly."), _accounts(rating, debrief))
    return None


def _accounts(rating: Rating, debrief: Debrief | None) -> str:
    if debrief is None:
        return _("Client %(client)s, no debrief yet.") % {"client": rating.score}
    scores = {"client": rating.score, "partner": debrief.score}
    return _("Client %(client)s, partner %(partner)s.") % scores


def _next_step(intervention: Intervention, *, now: datetime) -> NextAct:
    start = intervention.scheduled_at
    if intervention.partner is None:
        return NextAct(_("Find a partner."), due_at=start, acts=("assign",))
    if intervention.status == Status.IN_PROGRESS:
        return NextAct(_("Under way."), acts=("complete",))
    if start is None:
        return NextAct(_("Choose a date."), acts=("reschedule",))
    if intervention.status != Status.CONFIRMED:
        return NextAct(
            _("Confirm with the client."), due_at=start, is_late=start < now, acts=("confirm",)
        )
    if start < now:
        what = _("It was planned earlier: was it done?")
        return NextAct(what, due_at=start, is_late=True, acts=("complete", "no-show"))
    if intervention.introduced_at is None:
        due_at = start - INTRODUCE_BEFORE
        names = {"partner": intervention.partner, "client": intervention.client}
        what = _("Introduce %(partner)s to %(client)s.") % names
        return NextAct(what, due_at=due_at, is_late=due_at < now, acts=("introduce",))
    return NextAct(_("All is ready."), due_at=start, acts=("start",))


def possible_acts(intervention: Intervention, acts: Iterable[tuple[str, str]]) -> list[str]:
    """Of (address, step) pairs, the addresses of what may be done from here."""
    done = {
        "introduced": intervention.introduced_at is not None,
        "cancellation_disputed": intervention.is_disputed,
        "proposed": intervention.status == Status.PROPOSED,
    }
    return [
        act
        for act, step in acts
        if intervention.status in ALLOWED[step] and not done.get(step, False)
    ]
