"""Search over everything a person may see: clients, their people, partners and interventions."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from clients.models import Client
from partners.models import Intervention, Partner
from triangle.models import User

SHORTEST = 2  # characters; one letter finds everything
SHOWN = 10  # of each kind


@dataclass(frozen=True)
class Found:
    clients: list[Client]
    partners: list[Partner]
    interventions: list[Intervention]

    def __bool__(self) -> bool:
        return bool(self.clients or self.partners or self.interventions)


def search(query: str, *, user: User) -> Found:
    """By name, e-mail or external id; at most ten of each kind, three queries."""
    query = query.replace("\x00", "").strip()
    if len(query) < SHORTEST:
        return Found([], [], [])
    clients = Client.objects.visible_to(user).filter(
        Q(name__icontains=query)
        | Q(external_id__iexact=query)
        | Q(contacts__name__icontains=query)
        | Q(contacts__email__icontains=query)
    )
    partners = Partner.objects.visible_to(user).filter(
        Q(name__icontains=query) | Q(email__icontains=query) | Q(external_id__iexact=query)
    )
    interventions = Intervention.objects.visible_to(user).filter(
        Q(external_id__iexact=query) | Q(client__name__icontains=query) | Q(place__icontains=query)
    )
    return Found(
        clients=list(clients.distinct()[:SHOWN]),
        partners=list(partners[:SHOWN]),
        interventions=list(interventions.for_list()[:SHOWN]),
    )
