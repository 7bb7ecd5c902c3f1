"""What an invitation is about, in words that a mail and a page can say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from feedback.models import Invitation


@dataclass(frozen=True)
class Matter:
    """Empty where there is no such thing: a relation has no service, an individual no client."""

    at: datetime
    service: str = ""
    partner: str = ""
    client: str = ""
    manager: str = ""


def of(invitation: Invitation) -> Matter:
    """Asks nothing of the database when the invitation came by `for_answer` or `for_mail`."""
    intervention, client = invitation.intervention, invitation.client
    happened_at = intervention and (
        intervention.scheduled_at or intervention.completed_at or intervention.cancelled_at
    )
    is_person = client is not None and client.kind == client.Kind.INDIVIDUAL
    return Matter(
        at=happened_at or invitation.due_at,
        service=invitation.service.name if invitation.service else "",
        partner=invitation.partner.name if invitation.partner else "",
        client="" if client is None or is_person else client.name,
        manager=client.manager.get_full_name() if client and client.manager else "",
    )
