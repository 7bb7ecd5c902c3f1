"""Ratings, to read: never the invitation behind them, whose link is the client's own."""

from __future__ import annotations

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from feedback.models import OF_CLIENT, Rating, RatingCriterion, themes_on
from triangle.api.records import CodeFilter, ExternalIdFilter, Rows
from triangle.models import Scope


class RatingFilter(filters.FilterSet):
    external_id = filters.CharFilter(max_length=100)
    intervention = ExternalIdFilter("intervention")
    client = ExternalIdFilter("client")
    partner = ExternalIdFilter("partner")
    service = ExternalIdFilter("service")
    setting = CodeFilter("setting")
    score_from = filters.ChoiceFilter(
        field_name="score", lookup_expr="gte", choices=[(score, score) for score in range(11)]
    )
    score_to = filters.ChoiceFilter(
        field_name="score", lookup_expr="lte", choices=[(score, score) for score in range(11)]
    )
    about = filters.ChoiceFilter(choices=[(about.value, about.label) for about in OF_CLIENT])
    source = filters.ChoiceFilter(choices=Rating.Source.choices)
    contradiction = filters.ChoiceFilter(choices=Rating.Contradiction.choices)
    is_current = filters.BooleanFilter()
    is_explained = filters.BooleanFilter()
    answered_from = filters.DateFilter(field_name="answered_on", lookup_expr="gte")
    answered_to = filters.DateFilter(field_name="answered_on", lookup_expr="lte")


class ExternalIdOf(serializers.SlugRelatedField[Any]):
    def __init__(self, slug_field: str = "external_id", **kwargs: Any) -> None:
        super().__init__(slug_field=slug_field, read_only=True, **kwargs)


class CriterionAnswer(serializers.Serializer[Any]):
    satisfaction = serializers.IntegerField(min_value=0, max_value=5, allow_null=True)
    importance = serializers.IntegerField(min_value=0, max_value=5, allow_null=True)
    not_applicable = serializers.BooleanField()


@extend_schema_serializer(component_name="Rating")
class RatingFields(serializers.ModelSerializer[Rating]):
    intervention = ExternalIdOf(allow_null=True)
    client = ExternalIdOf()
    partner = ExternalIdOf(allow_null=True)
    service = ExternalIdOf(allow_null=True)
    themes = serializers.SerializerMethodField()
    setting = ExternalIdOf("code")
    segment = ExternalIdOf("code")
    region = ExternalIdOf("code")
    reasons = ExternalIdOf("code", many=True)
    revises = serializers.IntegerField(source="revises_id", allow_null=True, read_only=True)
    criteria = serializers.SerializerMethodField()

    class Meta:
        model = Rating
        fields = [
            "id",
            "external_id",
            "about",
            "intervention",
            "client",
            "partner",
            "service",
            "setting",
            "segment",
            "region",
            "score",
            "why",
            "is_explained",
            "reasons",
            "themes",
            "contradiction",
            "criteria",
            "company_score",
            "partner_score",
            "confidentiality",
            "wants_contact",
            "language",
            "answered_at",
            "source",
            "is_current",
            "revises",
        ]
        read_only_fields = fields

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_themes(self, rating: Any) -> list[str]:
        """Codes of what the why is about; empty until it is labelled."""
        return [link.theme.code for link in rating.themes_on]

    @extend_schema_field(serializers.DictField(child=CriterionAnswer()))
    def get_criteria(self, rating: Rating) -> dict[str, dict[str, Any]]:
        """By the code of the criterion; only what was answered."""
        answers = {
            criterion.code: {
                "satisfaction": rating.satisfaction(criterion),
                "importance": rating.importance(criterion),
                "not_applicable": rating.is_not_applicable(criterion),
            }
            for criterion in self.context["criteria"]
        }
        return {code: answer for code, answer in answers.items() if any_given(answer)}


def any_given(answer: dict[str, Any]) -> bool:
    return answer["not_applicable"] or any(
        answer[name] is not None for name in ("satisfaction", "importance")
    )


class Ratings(Rows[Rating]):
    model = Rating
    serializer_class = RatingFields
    filterset_class = RatingFilter
    scopes = {"list": Scope.RATINGS, "retrieve": Scope.RATINGS}
    lookup_field = "pk"
    lookup_value_regex = r"[0-9]{1,18}"

    def rows(self) -> Any:
        """An answer that is to be counted only is not shown by itself."""
        return (
            Rating.objects.exclude(confidentiality=Rating.Confidentiality.AGGREGATED)
            .select_related(
                "intervention", "client", "partner", "service", "setting", "segment", "region"
            )
            .prefetch_related("reasons", themes_on())
        )

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "criteria": self.criteria()}

    def criteria(self) -> list[RatingCriterion]:
        return list(RatingCriterion.objects.order_by("slot"))
