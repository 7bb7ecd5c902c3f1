"""The admin's pages of what is counted and kept; tallies, whose key has many parts, have none."""

from __future__ import annotations

from django.contrib import admin

from indicators.models import (
    Action,
    Alert,
    AlertDigest,
    AlertPolicy,
    AlertPreference,
    Amendment,
    Benchmark,
    ClosedMonth,
    Handover,
    JobRun,
    SavedView,
    SharedLink,
    TallyState,
    Target,
    Touched,
    ViewSchedule,
    ZoneChange,
)
from indicators.tallies.drained import SCOPE
from triangle.admin_bases import Kept, ReadOnly, Traced


@admin.register(Touched)
class TouchedAdmin(ReadOnly):
    list_display = ("day", "family", *SCOPE)
    list_filter = ("family",)
    search_fields = ("=service_id", "=partner_id")
    date_hierarchy = "day"


@admin.register(Handover)
class HandoverAdmin(ReadOnly):
    list_display = ("client_id", "manager_id")
    search_fields = ("=client_id", "=manager_id")


@admin.register(Amendment)
class AmendmentAdmin(ReadOnly):
    list_display = ("what",)
    search_fields = ("what",)


@admin.register(TallyState)
class TallyStateAdmin(ReadOnly):
    list_display = ("version", "counted_at", "reconciled_at", "drift")
    search_fields = ("=version",)


@admin.register(ZoneChange)
class ZoneChangeAdmin(ReadOnly):
    list_display = ("month", "criterion", "discipline", "from_zone", "to_zone", "decided")
    list_filter = ("discipline", "decided")
    list_select_related = ("criterion", "discipline")
    search_fields = ("=criterion__code",)
    date_hierarchy = "month"


@admin.register(Benchmark)
class BenchmarkAdmin(Traced):
    list_display = ("name", "discipline", "value", "measured_on", "source")
    list_filter = ("discipline",)
    list_select_related = ("discipline",)
    search_fields = ("name", "source")
    date_hierarchy = "measured_on"


@admin.register(ClosedMonth)
class ClosedMonthAdmin(ReadOnly):
    list_display = ("month", "closed_at", "formulas", "verdict", "verified_at")
    list_filter = ("verdict",)
    search_fields = ("input_hash", "figures_hash")
    date_hierarchy = "month"


@admin.register(Target)
class TargetAdmin(ReadOnly):
    list_display = ("indicator", "year", "discipline", "setting", "value", "by")
    list_filter = ("year", "indicator")
    list_select_related = ("discipline", "setting", "by")
    search_fields = ("=year",)


@admin.register(Alert)
class AlertAdmin(ReadOnly):
    list_display = ("key", "raised_at", "before", "after", "p", "sureness", "state", "seen_by")
    list_filter = ("state", "sureness")
    list_select_related = ("seen_by",)
    search_fields = ("key",)
    date_hierarchy = "raised_at"


@admin.register(AlertPolicy)
class AlertPolicyAdmin(ReadOnly):
    """Chosen on the page of alerts, where it is told what each choice costs."""

    list_display = ("sureness", "saved_at", "by")
    list_select_related = ("by",)
    search_fields = ("by__email",)


@admin.register(AlertPreference)
class AlertPreferenceAdmin(ReadOnly):
    list_display = ("user", "wants_digest", "quiet_from", "quiet_until")
    list_filter = ("wants_digest",)
    list_select_related = ("user",)
    search_fields = ("user__email",)


@admin.register(AlertDigest)
class AlertDigestAdmin(ReadOnly):
    list_display = ("user", "day", "alerts", "sent_at", "error")
    list_select_related = ("user",)
    search_fields = ("user__email",)
    date_hierarchy = "day"


@admin.register(JobRun)
class JobRunAdmin(ReadOnly):
    list_display = ("name", "started_at", "ended_at", "rows", "requested_by", "error")
    list_filter = ("name",)
    list_select_related = ("requested_by",)
    search_fields = ("name", "error")
    date_hierarchy = "started_at"


@admin.register(Action)
class ActionAdmin(Kept, Traced):
    list_display = ("title_en", "title_fr", "discipline", "owner", "done_on")
    list_filter = ("discipline",)
    list_select_related = ("discipline", "owner")
    search_fields = ("title_en", "title_fr")
    date_hierarchy = "done_on"
    raw_id_fields = ("owner",)


@admin.register(SavedView)
class SavedViewAdmin(ReadOnly):
    list_display = ("name", "owner", "page", "is_shared_with_team", "created_at", "removed_at")
    list_filter = ("page", "is_shared_with_team")
    list_select_related = ("owner",)
    search_fields = ("name", "owner__email")
    date_hierarchy = "created_at"


@admin.register(SharedLink)
class SharedLinkAdmin(ReadOnly):
    """Who lets whom read what without an account; disabling the maker ends the links."""

    list_display = ("name", "made_by", "expires_at", "revoked_at", "opened_count", "opened_at")
    list_select_related = ("made_by",)
    search_fields = ("name", "made_by__email")
    date_hierarchy = "created_at"
    exclude = ("token_hash",)


@admin.register(ViewSchedule)
class ViewScheduleAdmin(ReadOnly):
    list_display = ("view", "cadence", "next_due_at", "is_paused", "ended_at", "sent", "error")
    list_filter = ("cadence", "is_paused")
    list_select_related = ("view",)
    search_fields = ("view__name", "view__owner__email")
    date_hierarchy = "next_due_at"
