"""The admin's pages of clients and their contacts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from import_export.fields import Field
from import_export.widgets import ForeignKeyWidget

from clients import clients
from clients.models import Client, Contact
from triangle.admin_bases import ByVerb, Kept, Traced
from triangle.changes import Change
from triangle.models import Region, Role, Segment, Setting, User
from triangle.sheets import Coded, Sheet, Sheets


class OneMainContact(forms.BaseInlineFormSet):
    def clean(self) -> None:
        super().clean()
        rows = [form.cleaned_data for form in self.forms if hasattr(form, "cleaned_data")]
        if sum(bool(row.get("is_main") and not row.get("DELETE")) for row in rows) > 1:
            raise forms.ValidationError(_("A client has one main contact."))


class ContactInline(admin.TabularInline):
    model = Contact
    formset = OneMainContact
    fields = ("name", "email", "phone", "language", "time_zone", "is_main")
    extra = 0
    can_delete = False


class ClientSheet(Sheet):
    setting = Field("setting", "setting", Coded(Setting))
    segment = Field("segment", "segment", Coded(Segment))
    region = Field("region", "region", Coded(Region))
    manager = Field("manager", "manager", ForeignKeyWidget(User, field="email"))

    class Meta(Sheet.Meta):
        model = Client
        fields = (
            "external_id",
            "name",
            "kind",
            "setting",
            "segment",
            "region",
            "language",
            "manager",
            "salesperson",
        )

    def save_with_verb(self, **fields: Any) -> tuple[Client, Change]:
        return clients.save(**fields)


@admin.register(Client)
class ClientAdmin(Sheets, ByVerb):
    resource_classes = [ClientSheet]
    inlines = [ContactInline]
    list_display = ("name", "kind", "setting", "segment", "region", "manager", "external_id")
    list_filter = (
        "kind",
        "setting",
        "segment",
        "region",
        ("manager", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("setting", "segment", "region", "manager")
    search_fields = ("name", "external_id", "contacts__name", "contacts__email")

    def save_with_verb(self, **fields: Any) -> tuple[Client, Change]:
        return clients.save(**fields)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "manager":
            kwargs["queryset"] = User.objects.exclude(role=Role.PARTNER).order_by("email")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Contact)
class ContactAdmin(Kept, Traced):
    list_display = ("name", "client", "email", "language", "is_main")
    list_filter = ("is_main", "language")
    list_select_related = ("client",)
    search_fields = ("name", "email", "client__name")
    raw_id_fields = ("client",)
