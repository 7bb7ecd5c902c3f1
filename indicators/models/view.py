"""A filter kept under a name, the links that show it to others, and the mails that carry it."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from triangle.models import Role, User

STEERING = (Role.ADMIN, Role.QUALITY_LEAD, Role.MANAGER)
ADDRESSES = {
    "dashboard": "dashboard",
    "partners": "partner-board",
    "participation": "participation",
    "gaps": "gaps",
}


def may_steer(prefix: str = "") -> Q:
    """Accounts, or what `prefix` leads to them from, that may open pages of figures now."""
    allowed = Q(**{f"{prefix}role__in": STEERING}) | Q(**{f"{prefix}is_superuser": True})
    return allowed & Q(**{f"{prefix}is_active": True})


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def kept(self) -> SavedViewQuerySet:
        return self.filter(removed_at=None)

    def of(self, user: User) -> SavedViewQuerySet:
        return self.filter(owner=user)

    def visible_to(self, user: User) -> SavedViewQuerySet:
        """One's own, and what colleagues share; what it shows depends on who opens it."""
        shared = Q(is_shared_with_team=True) & may_steer("owner__")
        return self.kept().filter(Q(owner=user) | shared)

    def for_list(self) -> SavedViewQuerySet:
        return self.select_related("owner").order_by("name", "pk")


class SavedView(models.Model):
    """The page and its normalised query; row scope is that of who opens it, never stored."""

    class Page(models.TextChoices):
        DASHBOARD = "dashboard", _("Dashboard")
        ROWS = "rows", pgettext_lazy("chart", "Rows")
        PARTNERS = "partners", _("Partners by band")
        PARTICIPATION = "participation", pgettext_lazy("navigation", "Participation")
        GAPS = "gaps", _("Where the gaps are")

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="+",
        verbose_name=_("owner"),
    )
    name = models.CharField(pgettext_lazy("of a view", "name"), max_length=80)
    page = models.CharField(_("page"), max_length=20, choices=Page)
    rows = models.SlugField(_("number whose rows are shown"), max_length=40, blank=True)
    query = models.TextField(_("filter"), blank=True)
    is_shared_with_team = models.BooleanField(_("shared with the team"), default=False)
    created_at = models.DateTimeField(_("created at"))
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                condition=Q(removed_at=None),
                name="savedview_name_unique_for_owner",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="savedview_has_a_name"),
            models.CheckConstraint(
                condition=(Q(page="rows") & ~Q(rows="")) | (~Q(page="rows") & Q(rows="")),
                name="savedview_rows_only_of_a_number",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_mailed(self) -> bool:
        """Whether it can be: lists of clients and their words stay in the house."""
        return self.page in {self.Page.DASHBOARD, self.Page.PARTNERS, self.Page.GAPS}

    @property
    def path(self) -> str:
        if self.page == self.Page.ROWS:
            return reverse("rows", args=[self.rows])
        return reverse(ADDRESSES[self.page])

    @property
    def address(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path


class SharedLinkQuerySet(models.QuerySet["SharedLink"]):
    def of(self, user: User) -> SharedLinkQuerySet:
        return self.filter(made_by=user).order_by("-created_at", "-pk")

    def alive(self, *, now: datetime) -> SharedLinkQuerySet:
        """Valid, and whoever made it still has the account and the role they had."""
        return self.filter(
            may_steer("made_by__"),
            revoked_at=None,
            expires_at__gt=now,
            made_by__role=models.F("role"),
            made_by__is_superuser=models.F("is_superuser"),
        )


class SharedLink(models.Model):
    """A dashboard to read without an account; only the hash of its token is known here."""

    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("made by")
    )
    role = models.CharField(_("role when it was made"), max_length=20, choices=Role)
    is_superuser = models.BooleanField(_("saw everything when it was made"), default=False)
    name = models.CharField(pgettext_lazy("of a link", "name"), max_length=80)
    query = models.TextField(_("filter"), blank=True)
    shows_partners = models.BooleanField(_("names partners"), default=False)
    token_hash = models.CharField(_("hash of the token"), max_length=64, unique=True)
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("expires at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    opened_count = models.PositiveIntegerField(_("times opened"), default=0)
    opened_at = models.DateTimeField(_("last opened at"), null=True, blank=True)

    objects = SharedLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("shared link")
        verbose_name_plural = _("shared links")
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("created_at")),
                name="sharedlink_expires_after_it_was_made",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_valid(self, *, now: datetime) -> bool:
        return self.revoked_at is None and self.expires_at > now


class ViewScheduleQuerySet(models.QuerySet["ViewSchedule"]):
    def of(self, user: User) -> ViewScheduleQuerySet:
        return self.filter(view__owner=user, view__removed_at=None)

    def for_list(self) -> ViewScheduleQuerySet:
        return self.select_related("view").prefetch_related("recipients").order_by("view__name")

    def due(self, *, now: datetime) -> ViewScheduleQuerySet:
        """What is to be mailed; nothing of people who left or may no longer see figures."""
        return self.filter(
            may_steer("view__owner__"),
            view__removed_at=None,
            is_paused=False,
            next_due_at__lte=now,
        ).order_by("next_due_at", "pk")


class ViewSchedule(models.Model):
    """When a saved view is mailed, to whom, and how the last mailing ended."""

    class Cadence(models.TextChoices):
        WEEKLY = "weekly", _("every week")
        MONTHLY = "monthly", _("first working day of the month")

    view = models.ForeignKey(
        SavedView, models.CASCADE, related_name="schedules", verbose_name=_("saved view")
    )
    cadence = models.CharField(_("how often"), max_length=10, choices=Cadence)
    weekday = models.PositiveSmallIntegerField(_("day of the week"), default=0)  # Monday is 0
    hour = models.PositiveSmallIntegerField(_("hour"), default=8)
    recipients = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="+", verbose_name=_("recipients")
    )
    next_due_at = models.DateTimeField(_("next due at"))
    is_paused = models.BooleanField(_("paused"), default=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    started_at = models.DateTimeField(_("last started at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("last ended at"), null=True, blank=True)
    sent = models.PositiveSmallIntegerField(_("mails of the last time"), default=0)
    error = models.TextField(_("last error"), blank=True)

    objects = ViewScheduleQuerySet.as_manager()

    class Meta:
        verbose_name = _("scheduled mail of a view")
        verbose_name_plural = _("scheduled mails of views")
        constraints = [
            models.CheckConstraint(
                condition=Q(hour__range=(0, 23)), name="viewschedule_hour_of_a_day"
            ),
            models.CheckConstraint(
                condition=Q(weekday__range=(0, 6)), name="viewschedule_day_of_a_week"
            ),
        ]
        indexes = [models.Index(fields=["is_paused", "next_due_at"], name="viewschedule_due")]

    def __str__(self) -> str:
        return f"{self.view} · {self.get_cadence_display()}"
