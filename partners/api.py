"""Partners, and the interventions they deliver."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clients.models import Client
from partners import interventions, partners
from partners.models import CancelledBy, Intervention, Partner, Status
from triangle.api.idempotency import PARAMETER, once
from triangle.api.records import (
    Code,
    CodeFilter,
    ExternalId,
    ExternalIdFilter,
    Instant,
    Records,
    Reference,
    Strict,
)
from triangle.changes import Change
from triangle.models import Discipline, Region, Scope, Service, Setting


class PartnerFilter(filters.FilterSet):
    external_id = filters.CharFilter(max_length=100)
    status = filters.MultipleChoiceFilter(choices=Partner.Status)
    discipline = CodeFilter("disciplines")
    setting = CodeFilter("settings")
    region = CodeFilter("region")


@extend_schema_serializer(component_name="Partner")
class PartnerFields(Strict, serializers.ModelSerializer[Partner]):
    external_id = ExternalId(required=False)
    disciplines = Code(queryset=Discipline.objects.all(), many=True, required=False)
    settings = Code(queryset=Setting.objects.all(), many=True, required=False)
    region = Code(queryset=Region.objects.all(), required=False)

    class Meta:
        model = Partner
        fields = [
            "external_id",
            "name",
            "kind",
            "status",
            "disciplines",
            "settings",
            "region",
            "email",
            "phone",
            "language",
            "joined_on",
        ]


class Partners(Records[Partner]):
    model = Partner
    serializer_class = PartnerFields
    filterset_class = PartnerFilter

    def rows(self) -> Any:
        return Partner.objects.select_related("region").prefetch_related("disciplines", "settings")

    def save(self, external_id: str, fields: dict[str, Any]) -> tuple[Partner, Change]:
        return partners.save(external_id=external_id, now=timezone.now(), by=self.user, **fields)


class InterventionFilter(filters.FilterSet):
    external_id = filters.CharFilter(max_length=100)
    status = filters.MultipleChoiceFilter(choices=Status)
    client = ExternalIdFilter("client")
    partner = ExternalIdFilter("partner")
    service = ExternalIdFilter("service")
    setting = CodeFilter("setting")
    scheduled_from = filters.DateFilter(field_name="scheduled_on", lookup_expr="gte")
    scheduled_to = filters.DateFilter(field_name="scheduled_on", lookup_expr="lte")
    completed_from = filters.DateFilter(field_name="completed_on", lookup_expr="gte")
    completed_to = filters.DateFilter(field_name="completed_on", lookup_expr="lte")


@extend_schema_serializer(component_name="Intervention")
class InterventionFields(Strict, serializers.ModelSerializer[Intervention]):
    external_id = ExternalId(required=False)
    client = Reference(queryset=Client.objects.all())
    service = Reference(queryset=Service.objects.all())
    partner = Reference(queryset=Partner.objects.all(), required=False, allow_null=True)
    setting = Code(queryset=Setting.objects.all(), required=False)
    requested_at = Instant(required=False)
    scheduled_at = Instant(required=False, allow_null=True)
    scheduled_end_at = Instant(required=False, allow_null=True)
    completed_at = Instant(required=False, may_be_future=False)
    cancelled_at = Instant(required=False, may_be_future=False)
    cancelled_by = serializers.ChoiceField(choices=CancelledBy.choices, required=False)

    class Meta:
        model = Intervention
        fields = [
            "external_id",
            "client",
            "service",
            "partner",
            "setting",
            "status",
            "requested_at",
            "scheduled_at",
            "scheduled_end_at",
            "completed_at",
            "cancelled_at",
            "cancelled_by",
            "cancel_reason",
            "is_disputed",
            "place",
            "brief",
            "amount",
            "currency",
            "confirmed_at",
            "introduced_at",
            "started_at",
            "expected_percent",
            "delivered_percent",
        ]
        read_only_fields = [
            "is_disputed",
            "confirmed_at",
            "introduced_at",
            "started_at",
            "expected_percent",
            "delivered_percent",
        ]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        def then(name: str, default: Any = None) -> Any:
            return attrs.get(name, getattr(self.instance, name, default))

        status, errors = then("status", Status.REQUESTED), {}
        for name in {"cancelled_at", "cancelled_by", "cancel_reason"} & attrs.keys():
            if attrs[name] and status != Status.CANCELLED:
                errors[name] = [_("Only a cancelled intervention has this.")]
        if attrs.get("completed_at") and status != Status.COMPLETED:
            errors["completed_at"] = [_("Only a completed intervention has this.")]
        start, end = then("scheduled_at"), then("scheduled_end_at")
        if end and (start is None or end <= start):
            errors["scheduled_end_at"] = [_("The end must come after the start.")]
        if status in (Status.CONFIRMED, Status.IN_PROGRESS) and start is None:
            errors["scheduled_at"] = [_("Choose a date before confirming.")]
        if errors:
            raise serializers.ValidationError(errors)
        return attrs


class Completion(Strict):
    completed_at = Instant(required=False, may_be_future=False)


class Cancellation(Strict):
    side = serializers.ChoiceField(choices=CancelledBy.choices)
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True)


class Interventions(Records[Intervention]):
    model = Intervention
    serializer_class = InterventionFields
    filterset_class = InterventionFilter
    belongs_to_a_portfolio = True
    scopes = {**Records.scopes, "complete": Scope.WRITE, "cancel": Scope.WRITE}

    def rows(self) -> Any:
        return Intervention.objects.select_related("client", "service", "partner", "setting")

    def save(self, external_id: str, fields: dict[str, Any]) -> tuple[Intervention, Change]:
        return interventions.save_from_platform(
            external_id=external_id, now=timezone.now(), by=self.user, **fields
        )

    @extend_schema(
        request=Completion, responses=InterventionFields, parameters=[PARAMETER], filters=False
    )
    @action(detail=True, methods=["post"])
    @once
    def complete(self, request: Request, external_id: str) -> Response:
        intervention, details = self.get_object(), self.details(Completion)
        interventions.complete(intervention, now=timezone.now(), by=self.user, **details)
        return self.answer(intervention, 200)

    @extend_schema(
        request=Cancellation, responses=InterventionFields, parameters=[PARAMETER], filters=False
    )
    @action(detail=True, methods=["post"])
    @once
    def cancel(self, request: Request, external_id: str) -> Response:
        intervention, details = self.get_object(), self.details(Cancellation)
        interventions.cancel(intervention, now=timezone.now(), by=self.user, **details)
        return self.answer(intervention, 200)

    def details(self, serializer_class: type[Strict]) -> dict[str, Any]:
        serializer = serializer_class(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)
