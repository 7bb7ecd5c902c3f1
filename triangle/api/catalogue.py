"""The services we sell."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from triangle import catalogue
from triangle.api.records import Code, CodeFilter, ExternalId, Records, Strict
from triangle.changes import Change
from triangle.models import Discipline, Service


class ServiceFilter(filters.FilterSet):
    external_id = filters.CharFilter(max_length=100)
    discipline = CodeFilter("discipline")
    is_published = filters.BooleanFilter()


@extend_schema_serializer(component_name="Service")
class ServiceFields(Strict, serializers.ModelSerializer[Service]):
    external_id = ExternalId(required=False)
    discipline = Code(queryset=Discipline.objects.all())

    class Meta:
        model = Service
        fields = ["external_id", "name", "discipline", "promise", "is_published"]


class Services(Records[Service]):
    model = Service
    serializer_class = ServiceFields
    filterset_class = ServiceFilter

    def rows(self) -> Any:
        return Service.objects.select_related("discipline")

    def get_queryset(self) -> Any:
        return self.rows()

    def save(self, external_id: str, fields: dict[str, Any]) -> tuple[Service, Change]:
        return catalogue.save(external_id=external_id, now=timezone.now(), by=self.user, **fields)
