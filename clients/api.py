"""Clients with the person we write to."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from clients import clients
from clients.models import Client, Contact
from triangle.api.records import Code, CodeFilter, ExternalId, Records, Reference, Strict
from triangle.changes import Change
from triangle.models import Region, Role, Segment, Setting, User

BACK_OFFICE = [role for role in Role if role is not Role.PARTNER]


class ClientFilter(filters.FilterSet):
    external_id = filters.CharFilter(max_length=100)
    kind = filters.ChoiceFilter(choices=Client.Kind)
    setting = CodeFilter("setting")
    segment = CodeFilter("segment")
    region = CodeFilter("region")
    manager = filters.CharFilter(field_name="manager__email", lookup_expr="iexact", max_length=254)


@extend_schema_serializer(component_name="Contact")
class ContactFields(Strict, serializers.ModelSerializer[Contact]):
    class Meta:
        model = Contact
        fields = ["name", "email", "phone", "language", "time_zone"]
        extra_kwargs = {"name": {"required": False}}


@extend_schema_serializer(component_name="Client")
class ClientFields(Strict, serializers.ModelSerializer[Client]):
    external_id = ExternalId(required=False)
    setting = Code(queryset=Setting.objects.all(), required=False)
    segment = Code(queryset=Segment.objects.all(), required=False)
    region = Code(queryset=Region.objects.all(), required=False)
    manager = Reference(
        "email",
        queryset=User.objects.filter(is_active=True, role__in=BACK_OFFICE),
        required=False,
        allow_null=True,
        help_text=_("The manager's e-mail."),
    )
    contact = ContactFields(
        required=False, allow_null=True, help_text=_("The main contact; null leaves it alone.")
    )

    class Meta:
        model = Client
        fields = [
            "external_id",
            "name",
            "kind",
            "setting",
            "segment",
            "region",
            "language",
            "manager",
            "salesperson",
            "requirements",
            "contact",
        ]

    def to_representation(self, client: Client) -> dict[str, Any]:
        main = next(iter(client.main_contacts), None)  # type: ignore[attr-defined]
        contact = ContactFields(main).data if main else None
        return {**super().to_representation(client), "contact": contact}


class Clients(Records[Client]):
    model = Client
    serializer_class = ClientFields
    filterset_class = ClientFilter
    belongs_to_a_portfolio = True

    def rows(self) -> Any:
        main = Contact.objects.filter(is_main=True)
        return Client.objects.select_related(
            "setting", "segment", "region", "manager"
        ).prefetch_related(Prefetch("contacts", queryset=main, to_attr="main_contacts"))

    def save(self, external_id: str, fields: dict[str, Any]) -> tuple[Client, Change]:
        return clients.save(external_id=external_id, now=timezone.now(), by=self.user, **fields)
