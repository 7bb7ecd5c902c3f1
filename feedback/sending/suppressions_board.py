"""What the page of addresses shows: which are not written to, since when, why, whose they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.paginator import Page
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from clients.models import Client, Contact
from feedback.filters import ANY
from feedback.models import Suppression
from partners.models import Partner
from triangle import paging
from triangle.models import User


class SuppressionFilter(forms.Form):
    """An unknown value in the address counts as none."""

    q = forms.CharField(label=_("Address"), max_length=100, required=False)
    reason = forms.ChoiceField(
        label=_("Reason"), choices=[ANY, *Suppression.Reason.choices], required=False
    )

    @classmethod
    def read(cls, query: Any) -> SuppressionFilter:
        form = cls(query)
        form.is_valid()
        return form

    @property
    def is_on(self) -> bool:
        return any(self.cleaned_data.values())


@dataclass(frozen=True)
class Board:
    page: Page[Suppression]
    contacts: dict[str, Contact]  # by address as it is suppressed
    partners: dict[str, Partner]


def board(asked: SuppressionFilter, *, query: Mapping[str, str]) -> Board:
    """Four queries: how many rows match, the rows, whose addresses they are."""
    rows = Suppression.objects.select_related("survey").order_by("-at", "-pk")
    if words := asked.cleaned_data.get("q", "").strip():
        rows = rows.filter(email__icontains=words)
    if reason := asked.cleaned_data.get("reason"):
        rows = rows.filter(reason=reason)
    page = paging.page(rows, query)
    emails = [one.email for one in page]
    contacts = Contact.objects.select_related("client").alias(address=Lower("email"))
    partners = Partner.objects.alias(address=Lower("email")).order_by("pk")
    return Board(
        page=page,
        contacts={one.email.lower(): one for one in contacts.filter(address__in=emails)},
        partners={one.email.lower(): one for one in partners.filter(address__in=emails)},
    )


def without_mailbox(user: User) -> QuerySet[Contact]:
    """Main contacts of this person's clients whose address does not exist: somebody has to ask."""
    gone = Suppression.objects.filter(reason=Suppression.Reason.HARD_BOUNCE, survey=None)
    return (
        Contact.objects.filter(client__in=Client.objects.visible_to(user), is_main=True)
        .exclude(email="")
        .alias(address=Lower("email"))
        .filter(address__in=gone.values("email"))
        .select_related("client")
        .order_by("client__name", "pk")
    )
