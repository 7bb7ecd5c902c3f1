"""The admin's pages of surveys, invitations, mails and ratings; never the client's link."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from feedback.models import (
    ContactPolicy,
    Delivery,
    ImportRun,
    Invitation,
    LinkOpening,
    MailEvent,
    Rating,
    RatingCriterion,
    RatingTheme,
    ReasonChip,
    Rule,
    Suppression,
    Survey,
    SurveyVersion,
    Theme,
    ThemeDictionary,
    ThemeTerm,
)
from triangle.admin_bases import Kept, LabelAdmin, Paged, ReadOnly, Traced


def without(*names: str, model: Any) -> list[Any]:
    """The fields of a model that a page may show."""
    return [field.name for field in model._meta.fields if field.name not in {"id", *names}]


@admin.register(Survey)
class SurveyAdmin(Kept, Traced):
    list_display = ("code", "name_en", "name_fr", "about", "expires_days", "is_active")
    list_filter = ("about", "is_active")
    search_fields = ("code", "name_en", "name_fr")


@admin.register(Rule)
class RuleAdmin(ReadOnly):
    """Rules are written on the pages of the surveys."""

    list_display = ("survey", "delay_hours", "every_days", "priority", "is_active")
    list_filter = ("survey", "is_active")
    list_select_related = ("survey",)
    search_fields = ("survey__code",)


@admin.register(ContactPolicy)
class ContactPolicyAdmin(ReadOnly):
    list_display = ("role", "cap", "days", "opens_hour", "closes_hour", "weekdays")
    search_fields = ("role",)


@admin.register(SurveyVersion)
class SurveyVersionAdmin(ReadOnly):
    list_display = ("survey", "number", "created_at", "by")
    list_filter = ("survey",)
    search_fields = ("survey__code", "by__email")
    list_select_related = ("survey", "by")


@admin.register(RatingCriterion)
class RatingCriterionAdmin(Kept, Traced):
    list_display = ("slot", "code", "name_en", "name_fr", "is_asked")
    list_filter = ("is_asked", "disciplines")
    search_fields = ("code", "name_en", "name_fr")
    filter_horizontal = ("disciplines",)

    def get_readonly_fields(self, request: Any, obj: Any = None) -> list[str]:
        """Answers are kept by slot: it does not change once there may be some."""
        return ["slot"] if obj else []


@admin.register(ReasonChip)
class ReasonChipAdmin(Kept, LabelAdmin):
    list_display = ("code", "name_en", "name_fr", "touchpoint", "is_offered")
    list_filter = ("touchpoint", "is_offered")


@admin.register(Theme)
class ThemeAdmin(ReadOnly, Traced):
    """Changed on the page of the themes, where each change moves the version and is noted."""

    list_display = ("code", "name_en", "name_fr", "is_used")
    list_filter = ("is_used",)
    search_fields = ("code", "name_en", "name_fr")


@admin.register(ThemeTerm)
class ThemeTermAdmin(ReadOnly):
    list_display = ("words", "theme", "language", "discipline", "stems")
    list_filter = ("language", "discipline", "theme")
    list_select_related = ("theme", "discipline")
    search_fields = ("words", "stems")


@admin.register(ThemeDictionary)
class ThemeDictionaryAdmin(ReadOnly):
    list_display = ("version", "changed_at")
    search_fields = ("=version",)


@admin.register(RatingTheme)
class RatingThemeAdmin(ReadOnly):
    list_display = ("rating", "theme", "by_hand", "is_on")
    list_filter = ("theme", "by_hand", "is_on")
    list_select_related = ("rating", "theme")
    search_fields = ("=rating__id", "theme__code")


@admin.register(Invitation)
class InvitationAdmin(ReadOnly):
    list_display = ("about", "client", "contact", "status", "skip_reason", "due_at", "sent_at")
    list_filter = ("about", "channel", "status", "skip_reason", "survey", "language")
    list_select_related = ("client", "contact")
    search_fields = ("intervention__external_id", "client__name", "contact__email")
    date_hierarchy = "due_at"
    fields = without("link_seed", "token_hash", "opt_out_hash", model=Invitation)


@admin.register(LinkOpening)
class LinkOpeningAdmin(ReadOnly):
    list_display = ("at", "invitation", "method", "suspicion")
    list_filter = ("method", "suspicion")
    list_select_related = ("invitation",)
    search_fields = ("=invitation__id", "suspicion")
    date_hierarchy = "at"


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly):
    list_display = ("invitation", "wave", "state", "due_at", "attempts", "sent_at", "error")
    list_filter = ("state", "wave")
    list_select_related = ("invitation",)
    search_fields = ("=invitation__id", "error", "invitation__contact__email")
    date_hierarchy = "due_at"


@admin.register(MailEvent)
class MailEventAdmin(ReadOnly):
    list_display = ("at", "kind", "provider", "delivery", "detail")
    list_filter = ("kind", "provider")
    list_select_related = ("delivery",)
    search_fields = ("event_id", "=delivery__invitation__id")
    date_hierarchy = "at"


@admin.register(Suppression)
class SuppressionAdmin(Paged):
    list_display = ("email", "survey", "reason", "at")
    list_filter = ("reason", "survey")
    list_select_related = ("survey",)
    search_fields = ("email",)
    date_hierarchy = "at"


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnly):
    list_display = ("name", "state", "is_dry_run", "by", "created_at", "rows_done", "rows_total")
    list_filter = ("state", "is_dry_run")
    list_select_related = ("by",)
    search_fields = ("name", "message", "by__email")
    date_hierarchy = "created_at"


@admin.register(Rating)
class RatingAdmin(ReadOnly):
    """An answer is the client's: a new version comes from the client, never from here."""

    list_display = ("score", "why_begins", "client", "partner", "answered_at", "is_current")
    list_filter = ("about", "is_current", "is_explained", "source", "confidentiality", "score")
    list_select_related = ("client", "partner")
    search_fields = ("why", "external_id", "client__name", "partner__name")
    date_hierarchy = "answered_at"
    fields = [*without("nonce_hash", "not_applicable", model=Rating), "reasons"]

    @admin.display(description=Rating._meta.get_field("why").verbose_name)
    def why_begins(self, rating: Rating) -> str:
        return rating.why[:80]
