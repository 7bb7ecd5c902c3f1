"""What pages of the admin share: what is kept, what is only read, what is saved by a verb."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from simple_history.admin import SimpleHistoryAdmin

from triangle.changes import Change


class Paged(admin.ModelAdmin):
    """Short pages; big tables are not counted twice."""

    list_per_page = 50
    list_max_show_all = 200
    show_full_result_count = False


class Traced(SimpleHistoryAdmin, Paged):
    """Each correction leaves a row of history."""


class Kept(Paged):
    """What was counted, or others hang on, is never deleted."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnly(Kept):
    """Append-only and derived rows."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ByVerb(Kept, Traced):
    """Rows with an external id, saved by the verb of their noun as pages and API do."""

    def save_with_verb(self, **fields: Any) -> tuple[models.Model, Change]:
        raise NotImplementedError

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        named = ["external_id"] if obj else []
        return [*named, *super().get_readonly_fields(request, obj)]

    def save_model(
        self, request: HttpRequest, obj: Any, form: ModelForm[Any], change: bool
    ) -> None:
        names = form.changed_data if change else form.cleaned_data.keys()
        fields = {name: form.cleaned_data[name] for name in names if name != "external_id"}
        saved, _change = self.save_with_verb(
            external_id=obj.external_id, now=timezone.now(), by=request.user, **fields
        )
        obj.pk, obj._state.adding = saved.pk, False


class LabelAdmin(Paged):
    list_display: tuple[str, ...] = ("code", "name_en", "name_fr")
    search_fields = ("code", "name_en", "name_fr")
    ordering: ClassVar[tuple[str, ...]] = ("code",)
