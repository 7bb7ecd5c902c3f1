"""The admin's pages of accounts, the catalogue, labels, tokens and the journal."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as StockUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from import_export.fields import Field
from knox import admin as knox_admin

from triangle import catalogue, tokens
from triangle.admin_bases import ByVerb, Kept, LabelAdmin, ReadOnly, Traced
from triangle.changes import Change
from triangle.models import (
    Discipline,
    IdempotencyKey,
    JournalEntry,
    Pulse,
    Region,
    Segment,
    Service,
    Setting,
    TokenScope,
    User,
)
from triangle.sheets import Coded, Sheet, Sheets

admin.site.register([Discipline, Setting, Segment, Region], LabelAdmin)
admin.site.unregister(knox_admin.models.AuthToken)  # a token without scopes opens nothing


class NewUserForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("email",)


@admin.register(User)
class UserAdmin(Kept, Traced, StockUserAdmin):
    """Who leaves is made inactive: sessions and tokens end at once, the past keeps a name."""

    add_form = NewUserForm
    ordering = ("email",)
    list_display = ("email", "first_name", "last_name", "role", "is_active", "last_login")
    list_filter = ("role", "is_active", "is_staff", "language")
    search_fields = ("email", "first_name", "last_name")
    date_hierarchy = "date_joined"
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        (_("Person"), {"fields": ("first_name", "last_name", "language")}),
        (_("Rights"), {"fields": ("role", "is_active", "is_staff", "is_superuser")}),
        (_("More rights"), {"classes": ["collapse"], "fields": ("groups", "user_permissions")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "role", "language", "usable_password")}),
        (None, {"fields": ("password1", "password2")}),
    )


class ServiceSheet(Sheet):
    discipline = Field("discipline", "discipline", Coded(Discipline))

    class Meta(Sheet.Meta):
        model = Service
        fields = ("external_id", "name", "discipline", "promise", "is_published")

    def save_with_verb(self, **fields: Any) -> tuple[Service, Change]:
        return catalogue.save(**fields)


@admin.register(Service)
class ServiceAdmin(Sheets, ByVerb):
    resource_classes = [ServiceSheet]
    list_display = ("name", "discipline", "is_published", "external_id")
    list_filter = ("is_published", "discipline")
    list_select_related = ("discipline",)
    search_fields = ("name", "external_id")

    def save_with_verb(self, **fields: Any) -> tuple[Service, Change]:
        return catalogue.save(**fields)


@admin.register(TokenScope)
class TokenScopeAdmin(ReadOnly):
    """Made by their users; here they can be revoked."""

    list_display = ("name", "user", "created", "expiry", "last_used_on")
    list_select_related = ("token__user",)
    search_fields = ("name", "token__user__email")
    fields = ("name", "user", "scopes", "created", "expiry", "last_used_on")
    date_hierarchy = "token__created"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def delete_model(self, request: HttpRequest, obj: TokenScope) -> None:
        tokens.revoke(obj, now=timezone.now(), by=cast(User, request.user))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[TokenScope]) -> None:
        for scope in queryset:
            self.delete_model(request, scope)

    @admin.display(description=_("user"), ordering="token__user__email")
    def user(self, scope: TokenScope) -> str:
        return str(scope.token.user)

    @admin.display(description=_("created at"), ordering="token__created")
    def created(self, scope: TokenScope) -> Any:
        return scope.token.created

    @admin.display(description=_("expires at"), ordering="token__expiry")
    def expiry(self, scope: TokenScope) -> Any:
        return scope.token.expiry


@admin.register(IdempotencyKey)
class IdempotencyKeyAdmin(ReadOnly):
    list_display = ("key", "user", "status", "created_at")
    list_select_related = ("user",)
    list_filter = ("status",)
    search_fields = ("key", "user__email")
    date_hierarchy = "created_at"


@admin.register(JournalEntry)
class JournalEntryAdmin(ReadOnly):
    list_display = ("at", "kind", "subject_type", "subject_id", "actor")
    list_select_related = ("actor",)
    list_filter = ("subject_type", "kind")
    search_fields = ("kind", "=subject_id", "actor__email")
    date_hierarchy = "at"


@admin.register(Pulse)
class PulseAdmin(ReadOnly):
    list_display = ("name", "at")
    search_fields = ("name",)
