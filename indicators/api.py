"""Indicators: the figures of the dashboard, as the command prints them."""

from __future__ import annotations

from typing import Any, cast

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from indicators import targets
from indicators.comparison_document import WrongComparisonError, comparison
from indicators.document import document
from indicators.figures import Figures, figures
from indicators.repeat import repeat
from partners.comparison_choice import LABELS
from partners.period_choice import EARLIEST, LATEST, PeriodChoice
from partners.scope import DIMENSIONS, MOST_CHOICES, Scope, UnknownScopeError
from triangle import models
from triangle.api.records import Strict
from triangle.api.scopes import HasScope
from triangle.periods import Period, local_day

BREAKDOWNS = ("day", "month", "service", "partner", "setting")


class IndicatorQuery(Strict):
    """Inclusive local days; each dimension by external ids, codes or a manager's e-mail."""

    def get_fields(self) -> dict[str, Any]:
        chosen = {
            name: serializers.ListField(
                child=serializers.CharField(max_length=254),
                required=False,
                max_length=MOST_CHOICES,
            )
            for name in DIMENSIONS
        }
        return {
            "from": serializers.DateField(required=False),
            "to": serializers.DateField(required=False),
            **chosen,
            "by": serializers.ChoiceField(choices=BREAKDOWNS, required=False),
            "compare": serializers.ChoiceField(choices=list(LABELS.items()), required=False),
            "compare_from": serializers.DateField(required=False),
            "compare_to": serializers.DateField(required=False),
        }

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        for name in ("from", "to"):
            if not EARLIEST <= attrs.get(name, EARLIEST) <= LATEST:
                raise serializers.ValidationError({name: [_("Choose days between 2000 and 2099.")]})
        if attrs.get("from", EARLIEST) > attrs.get("to", LATEST):
            raise serializers.ValidationError(
                {"to": [_("The last day comes before the first day.")]}
            )
        return attrs


class Indicators(ViewSet):
    permission_classes = [HasScope]
    scopes = {"list": models.Scope.INDICATORS}

    @extend_schema(parameters=[IndicatorQuery], responses=OpenApiTypes.OBJECT)
    def list(self, request: Request) -> Response:
        query = IndicatorQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        chosen = {name: asked[name] for name in DIMENSIONS if asked.get(name)}
        scope, period = _scope(chosen, cast(models.User, request.user)), _period(asked)
        found = figures(scope, period, by=asked.get("by"))
        again = repeat(scope, period, today=local_day(timezone.now()))
        aims, by = targets.document(found), asked.get("by")
        beside = _comparison(found, asked)
        return Response(
            document(found, filter=chosen, by=by, repeat=again, targets=aims, comparison=beside)
        )


def _scope(chosen: dict[str, list[str]], user: models.User) -> Scope:
    try:
        return Scope.from_external_ids(chosen, user=user)
    except UnknownScopeError as error:
        message = _("“%(value)s” is not known.") % {"value": error.value}
        raise serializers.ValidationError({error.dimension: [message]}) from error


def _comparison(found: Figures, asked: dict[str, Any]) -> dict[str, Any]:
    try:
        return comparison(found, asked)
    except WrongComparisonError as error:
        raise serializers.ValidationError({"compare": [str(error)]}) from error


def _period(asked: dict[str, Any]) -> Period:
    today = local_day(timezone.now())
    if "from" not in asked and "to" not in asked:
        return PeriodChoice.default(today=today).period
    first = asked.get("from", EARLIEST)
    return Period(first, asked.get("to", max(today, first)))
