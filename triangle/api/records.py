"""Things that the outside names by its own ids: list, read, create, and put in place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Generic, TypeVar, cast

from django.db import models, transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import rest_framework as filters
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from triangle.api.errors import Conflict
from triangle.api.idempotency import PARAMETER, once
from triangle.api.paging import Pages
from triangle.api.scopes import HasScope
from triangle.changes import Change
from triangle.models import Scope, User, new_external_id

EXTERNAL_ID = r"[^/\x00-\x1f\x7f]{1,100}"
CLOCKS_DIFFER = timedelta(minutes=5)
M = TypeVar("M", bound=models.Model)


class Strict(serializers.Serializer[Any]):
    """A field that is not known or not for writing is refused, not passed over."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            errors = {str(name): [self._refusal(str(name))] for name in data if self._bars(name)}
            if errors:
                raise serializers.ValidationError(errors)
        return super().to_internal_value(data)

    def _bars(self, name: str) -> bool:
        return name not in self.fields or self.fields[name].read_only

    def _refusal(self, name: str) -> str:
        return _("This field is read only.") if name in self.fields else _("Unknown field.")


class ExternalId(serializers.RegexField):
    """A name given by the outside; it is part of an address, hence no slash."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(rf"\A{EXTERNAL_ID}\Z", **{"max_length": 100, **kwargs})


class Reference(serializers.SlugRelatedField[Any]):
    """Another thing by its id, among those that the caller may see."""

    default_error_messages = {
        "does_not_exist": gettext_lazy("“{value}” is not known."),
        "invalid": gettext_lazy("This is not an id."),
    }

    def __init__(self, slug_field: str = "external_id", **kwargs: Any) -> None:
        super().__init__(slug_field=slug_field, **kwargs)

    def get_queryset(self) -> Any:
        rows: Any = super().get_queryset()
        request = self.context.get("request")
        if request is not None and hasattr(rows, "visible_to"):
            return rows.visible_to(request.user)
        return rows

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Code(Reference):
    """A label by its code."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(slug_field="code", **kwargs)


class Instant(serializers.DateTimeField):
    """A moment of this century; without an offset it is the company's local time."""

    default_error_messages = {
        "out_of_range": gettext_lazy("The year must be between 2000 and 2100."),
        "future": gettext_lazy("This is in the future."),
        "skipped": gettext_lazy("The clocks skipped this hour."),
    }

    def __init__(self, *, may_be_future: bool = True, **kwargs: Any) -> None:
        self.may_be_future = may_be_future
        super().__init__(**kwargs)

    def to_internal_value(self, value: Any) -> datetime:
        instant = super().to_internal_value(value)
        if not 2000 < instant.year < 2100:
            self.fail("out_of_range")
        if instant.astimezone(UTC).astimezone(instant.tzinfo).hour != instant.hour:
            self.fail("skipped")
        if not self.may_be_future and instant > timezone.now() + CLOCKS_DIFFER:
            self.fail("future")
        return instant


class ExternalIdFilter(filters.CharFilter):
    """Rows that hang on the thing of this id; an unknown id gives none."""

    def __init__(self, field_name: str, **kwargs: Any) -> None:
        super().__init__(field_name=f"{field_name}__external_id", max_length=100, **kwargs)


class CodeFilter(filters.CharFilter):
    def __init__(self, field_name: str, **kwargs: Any) -> None:
        super().__init__(field_name=f"{field_name}__code", max_length=80, **kwargs)


class StrictFilters(DjangoFilterBackend):
    """A misspelt filter must not answer with everything."""

    def filter_queryset(self, request: Request, queryset: Any, view: Any) -> Any:
        filterset = self.get_filterset_class(view, queryset)
        known = {*(filterset.base_filters if filterset else ()), "cursor", "limit"}
        unknown = {name: [_("Unknown parameter.")] for name in request.GET if name not in known}
        if unknown:
            raise serializers.ValidationError(unknown)
        return super().filter_queryset(request, queryset, view)


class Rows(ListModelMixin, RetrieveModelMixin, GenericViewSet[M], Generic[M]):
    """Reading, within what the user may see."""

    model: ClassVar[type[models.Model]]
    scopes: ClassVar[dict[str, str]] = {"list": Scope.READ, "retrieve": Scope.READ}
    permission_classes = [HasScope]
    pagination_class = Pages
    filter_backends = [StrictFilters]
    lookup_field = "external_id"
    lookup_value_regex = EXTERNAL_ID

    @property
    def user(self) -> User:
        return cast(User, self.request.user)

    def get_queryset(self) -> Any:
        rows = self.rows()
        if getattr(self, "swagger_fake_view", False):
            return rows
        return rows.visible_to(self.user)

    def rows(self) -> Any:
        """What a page of rows needs, for everybody."""
        return self.model._default_manager.all()


class Records(Rows[M], Generic[M]):
    """Reading and writing; `save` calls the verb of the noun."""

    scopes = {**Rows.scopes, "create": Scope.WRITE, "update": Scope.WRITE}
    belongs_to_a_portfolio = False  # then a manager may change the rows of the own one

    def save(self, external_id: str, fields: dict[str, Any]) -> tuple[M, Change]:
        raise NotImplementedError

    @extend_schema(parameters=[PARAMETER])
    @once
    def create(self, request: Request) -> Response:
        if not self.sees_everything():
            self.refuse()
        fields = self.fields(None)
        external_id = fields.pop("external_id", None) or new_external_id()
        with transaction.atomic():
            row, change = self.save(external_id, fields)
            if change is not Change.CREATED:
                raise Conflict(_("This id is taken: use PUT to change it."), "taken")
        return self.answer(row, status.HTTP_201_CREATED)

    @extend_schema(
        parameters=[PARAMETER],
        description="Creates, or changes the fields that are given and leaves the others.",
    )
    @once
    def update(self, request: Request, external_id: str) -> Response:
        row = self.get_queryset().filter(external_id=external_id).first()
        if row is None and (self.exists(external_id) or not self.sees_everything()):
            raise Http404
        if not (self.sees_everything() or self.belongs_to_a_portfolio):
            self.refuse()
        fields = self.fields(row)
        if fields.pop("external_id", external_id) != external_id:
            raise serializers.ValidationError({"external_id": [_("Not the id of the address.")]})
        row, change = self.save(external_id, fields)
        is_new = change is Change.CREATED
        return self.answer(row, status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)

    def fields(self, row: M | None) -> dict[str, Any]:
        """What was sent, valid; on a row that exists, only what was sent."""
        data = self.request.data
        serializer = self.get_serializer(row, data=data, partial=row is not None)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def answer(self, row: M, code: int) -> Response:
        fresh = self.rows().get(pk=row.pk)
        return Response(self.get_serializer(fresh).data, status=code)

    def exists(self, external_id: str) -> bool:
        return self.model._default_manager.filter(external_id=external_id).exists()

    def sees_everything(self) -> bool:
        """Only such a user creates: to others a refusal would tell that an id exists."""
        return self.user.sees_everything

    def refuse(self) -> None:
        self.permission_denied(self.request, _("Your role does not write here."))
