"""A client on one page: contract sheet, contacts, what is planned, what was said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from clients.models import Client, Contact
from feedback.models import Rating
from indicators.figures import Figures, figures
from partners.models import Intervention
from partners.period_choice import PeriodChoice
from partners.scope import Scope
from triangle.models import User

SHOWN = 8  # rows of each list


@dataclass(frozen=True)
class ClientSheet:
    client: Client
    contacts: list[Contact]
    choice: PeriodChoice
    now: Figures
    ahead: list[Intervention]
    past: list[Intervention]
    answers: list[Rating]
    to_call: Rating | None

    @property
    def query(self) -> str:
        """The same client and period on the pages that count."""
        chosen = self.choice.as_query() or f"period={self.choice.name}"
        return f"client={self.client.pk}&{chosen}"


def client_sheet(client: Client, choice: PeriodChoice, *, user: User, today: date) -> ClientSheet:
    """The same number of queries whatever there is."""
    theirs = Intervention.objects.visible_to(user).filter(client=client).for_list()
    answers = list(
        Rating.objects.visible_to(user).current().filter(client=client).for_list()[:SHOWN]
    )
    return ClientSheet(
        client=client,
        contacts=list(client.contacts.all()),
        choice=choice,
        now=figures(Scope.of(user, client=[client.pk]), choice.period),
        ahead=list(theirs.ahead(today=today)[:SHOWN]),
        past=list(theirs.behind(today=today)[:SHOWN]),
        answers=answers,
        to_call=next((one for one in answers if one.wants_contact and not one.read_at), None),
    )
