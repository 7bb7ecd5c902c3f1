"""The admin's pages of partners, grids, interventions and debriefs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from import_export.fields import Field

from partners import interventions, partners
from partners.models import (
    Assessment,
    AssessmentScore,
    CancelledBy,
    Criterion,
    CriterionGrid,
    Debrief,
    DebriefRequest,
    Intervention,
    Partner,
)
from triangle.admin_bases import ByVerb, Kept, Paged, ReadOnly, Traced
from triangle.changes import Change
from triangle.errors import Refused
from triangle.models import Discipline, Region, Setting
from triangle.sheets import Coded, CodedList, Sheet, Sheets

STEPS = (
    "status",
    "requested_at",
    "proposed_at",
    "confirmed_at",
    "introduced_at",
    "brief_refined_at",
    "started_at",
    "completed_at",
    "cancelled_at",
    "cancelled_by",
    "cancel_reason",
    "is_disputed",
    "segment",
    "region",
    "expected_percent",
    "delivered_percent",
)


class PartnerSheet(Sheet):
    disciplines = Field("disciplines", "disciplines", CodedList(Discipline))
    settings = Field("settings", "settings", CodedList(Setting))
    region = Field("region", "region", Coded(Region))

    class Meta(Sheet.Meta):
        model = Partner
        fields = (
            "external_id",
            "name",
            "kind",
            "disciplines",
            "settings",
            "region",
            "email",
            "phone",
            "language",
            "status",
            "joined_on",
        )

    def save_with_verb(self, **fields: Any) -> tuple[Partner, Change]:
        return partners.save(**fields)


@admin.register(Partner)
class PartnerAdmin(Sheets, ByVerb):
    resource_classes = [PartnerSheet]
    list_display = ("name", "status", "region", "email", "joined_on", "external_id")
    list_filter = ("status", "disciplines", "settings", "region", "kind")
    list_select_related = ("region",)
    search_fields = ("name", "external_id", "email")
    raw_id_fields = ("account",)
    filter_horizontal = ("disciplines", "settings")

    def save_with_verb(self, **fields: Any) -> tuple[Partner, Change]:
        return partners.save(**fields)


class InterventionForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        start, end = values.get("scheduled_at"), values.get("scheduled_end_at")
        if end and (start is None or end <= start):
            self.add_error("scheduled_end_at", _("The end must come after the start."))
        contact = values.get("contact")
        if contact and contact.client != values.get("client"):
            self.add_error("contact", _("This contact belongs to another client."))
        return values


class StepForm(ActionForm):
    """What a cancellation needs; the other actions do not look at it."""

    side = forms.ChoiceField(
        label=gettext_lazy("Cancelled by"),
        choices=[("", "---------"), *CancelledBy.choices],
        required=False,
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500, required=False)


@admin.register(Intervention)
class InterventionAdmin(ByVerb):
    """Statuses move by actions only."""

    form = InterventionForm
    action_form = StepForm
    actions = ["complete", "cancel"]
    list_display = ("service", "client", "partner", "status", "scheduled_at", "external_id")
    list_filter = ("status", "setting", "cancelled_by", "is_disputed")
    list_select_related = ("service", "client", "partner")
    search_fields = ("external_id", "client__name", "partner__name")
    date_hierarchy = "scheduled_at"
    raw_id_fields = ("client", "contact", "partner", "service")
    fieldsets = (
        (None, {"fields": ("external_id", "service", "client", "contact", "partner", "setting")}),
        (gettext_lazy("Plan"), {"fields": ("scheduled_at", "scheduled_end_at", "place", "brief")}),
        (gettext_lazy("Price"), {"fields": ("amount", "currency")}),
        (gettext_lazy("Steps"), {"fields": STEPS}),
    )
    readonly_fields = STEPS

    def save_with_verb(self, **fields: Any) -> tuple[Intervention, Change]:
        """The verb keeps days and scope true; the history notes that a hand was here."""
        intervention, change = interventions.save_from_platform(**fields)
        if change is not Change.UNCHANGED:
            intervention.save()
        return intervention, change

    @admin.action(description=gettext_lazy("Complete the chosen interventions"))
    def complete(self, request: HttpRequest, queryset: QuerySet[Intervention]) -> None:
        self.step(request, queryset, interventions.complete)

    @admin.action(description=gettext_lazy("Cancel the chosen interventions"))
    def cancel(self, request: HttpRequest, queryset: QuerySet[Intervention]) -> None:
        side, reason = request.POST.get("side", ""), request.POST.get("reason", "")
        self.step(request, queryset, interventions.cancel, side=side, reason=reason)

    def step(
        self, request: HttpRequest, queryset: QuerySet[Intervention], verb: Any, **details: str
    ) -> None:
        done, now = 0, timezone.now()
        for intervention in queryset.select_related("client", "service"):
            try:
                verb(intervention, now=now, by=request.user, **details)
                done += 1
            except Refused as refusal:
                messages.error(request, f"{intervention}: {refusal.message}")
        if done:
            text = ngettext("%(n)s intervention is done.", "%(n)s interventions are done.", done)
            messages.success(request, text % {"n": done})


@admin.register(Debrief)
class DebriefAdmin(Traced, ReadOnly):
    list_display = ("intervention", "partner", "score", "answered_at")
    list_filter = ("score",)
    list_select_related = ("intervention__service", "intervention__client", "partner")
    search_fields = ("why", "suggestion", "partner__name", "intervention__external_id")
    date_hierarchy = "answered_at"


@admin.register(DebriefRequest)
class DebriefRequestAdmin(ReadOnly):
    """Without the seed of the partner's link."""

    list_display = ("intervention", "asked_at", "expires_at")
    list_select_related = ("intervention__service", "intervention__client")
    search_fields = ("intervention__external_id", "intervention__partner__name")
    date_hierarchy = "asked_at"
    fields = ("intervention", "asked_at", "expires_at")


class CriterionInline(admin.TabularInline):
    model = Criterion
    extra = 0


@admin.register(CriterionGrid)
class CriterionGridAdmin(Kept, Traced):
    inlines = [CriterionInline]
    list_display = ("discipline", "setting", "version", "valid_from", "next_review_on")
    list_filter = ("discipline", "setting")
    list_select_related = ("discipline", "setting")
    search_fields = ("discipline__code", "discipline__name_en", "discipline__name_fr")
    date_hierarchy = "valid_from"


@admin.register(Criterion)
class CriterionAdmin(Paged):
    list_display = ("__str__", "grid", "kind", "weight_percent", "is_must_have", "asked")
    list_filter = ("kind", "is_must_have", "grid__discipline")
    list_select_related = ("grid__discipline",)
    search_fields = ("name_en", "name_fr")


class AssessmentScoreInline(admin.TabularInline):
    model = AssessmentScore
    extra = 0
    raw_id_fields = ("criterion",)


@admin.register(Assessment)
class AssessmentAdmin(Kept, Traced):
    inlines = [AssessmentScoreInline]
    list_display = ("partner", "grid", "assessor", "assessed_on")
    list_filter = ("grid__discipline",)
    list_select_related = ("partner", "grid__discipline", "assessor")
    search_fields = ("partner__name", "note")
    date_hierarchy = "assessed_on"
    raw_id_fields = ("partner", "grid", "assessor")


@admin.register(AssessmentScore)
class AssessmentScoreAdmin(ReadOnly):
    """Written on the page of its assessment."""

    list_display = ("assessment", "criterion", "held", "evidence")
    list_select_related = ("assessment__partner", "assessment__grid__discipline", "criterion")
    search_fields = ("assessment__partner__name", "evidence")
