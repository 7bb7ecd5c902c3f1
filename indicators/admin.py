"""The admin's pages of tallies, to look at: they are always recounted from the facts."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin

from indicators.models import (
    Action,
    CriterionTally,
    DebriefTally,
    InterventionTally,
    InvitationTally,
    RatingTally,
    TallyState,
    Touched,
)
from triangle.admin_bases import Kept, ReadOnly, Traced

CELL = ("starts_on", "grain", "service_id", "segment_id", "partner_id")


class TallyAdmin(ReadOnly):
    list_display: tuple[str, ...] = CELL
    list_filter: ClassVar[tuple[str, ...]] = ("grain",)
    search_fields = ("=service_id", "=segment_id", "=partner_id")
    date_hierarchy = "starts_on"
    ordering = ("-starts_on", "grain", "service_id", "segment_id", "partner_id")


admin.site.register([RatingTally, DebriefTally], TallyAdmin)


@admin.register(CriterionTally)
class CriterionTallyAdmin(TallyAdmin):
    list_display = (*CELL, "slot", "n", "sum")
    list_filter = ("grain", "slot")


@admin.register(InterventionTally)
class InterventionTallyAdmin(TallyAdmin):
    list_display = (*CELL, "planned", "completed", "late", "no_show", "disputed")


@admin.register(InvitationTally)
class InvitationTallyAdmin(TallyAdmin):
    list_display = (*CELL, "eligible", "invited", "delivered", "answered", "explained")


@admin.register(Touched)
class TouchedAdmin(ReadOnly):
    list_display = ("day", "family", "service_id", "segment_id", "partner_id")
    list_filter = ("family",)
    search_fields = ("=service_id", "=partner_id")
    date_hierarchy = "day"


@admin.register(TallyState)
class TallyStateAdmin(ReadOnly):
    list_display = ("version", "counted_at", "reconciled_at", "drift")
    search_fields = ("=version",)


@admin.register(Action)
class ActionAdmin(Kept, Traced):
    list_display = ("title_en", "title_fr", "discipline", "owner", "done_on")
    list_filter = ("discipline",)
    list_select_related = ("discipline", "owner")
    search_fields = ("title_en", "title_fr")
    date_hierarchy = "done_on"
    raw_id_fields = ("owner",)
