"""One run of the marketplace import: a check that writes nothing, or the import itself."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from triangle.models import User

ENDED = ("done", "refused", "failed")


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    def visible_to(self, user: User) -> ImportRunQuerySet:
        """The rows set aside show names and addresses: a manager reads the own imports only."""
        if user.sees_everything:
            return self
        if user.role == "manager":
            return self.filter(by=user)
        return self.none()

    def for_list(self) -> ImportRunQuerySet:
        return self.select_related("by").defer("report").order_by("-created_at", "-id")

    def for_page(self) -> ImportRunQuerySet:
        return self.select_related("by", "preview", "import_run")

    def waiting(self, *, now: datetime) -> ImportRunQuerySet:
        """Queued, or left by a worker whose lease ran out."""
        return self.filter(Q(state="queued") | Q(state="running", leased_until__lt=now)).order_by(
            "id"
        )


class ImportRun(models.Model):
    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        REFUSED = "refused", _("Refused")
        FAILED = "failed", _("Failed")

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, verbose_name=_("by")
    )
    file = models.FileField(_("file"), upload_to="imports/")
    name = models.CharField(_("name"), max_length=200)
    is_dry_run = models.BooleanField(_("check only"), default=True)
    preview = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="import_run",
        verbose_name=_("checked before in"),
    )
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.QUEUED)
    created_at = models.DateTimeField(_("created at"))
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    rows_done = models.PositiveIntegerField(_("rows read"), default=0)
    rows_total = models.PositiveIntegerField(_("rows in all"), default=0)
    step = models.CharField(_("step"), max_length=60, blank=True, default="")
    report = models.JSONField(_("report"), default=dict, blank=True)
    message = models.CharField(_("message"), max_length=1000, blank=True, default="")

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="running") | Q(leased_until__isnull=False),
                name="import_running_has_a_lease",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=ENDED) | Q(ended_at__isnull=False),
                name="import_ended_has_an_instant",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.get_state_display()}"

    @property
    def is_ended(self) -> bool:
        return self.state in ENDED

    @property
    def changes(self) -> int:
        return int(self.report.get("changes", 0))

    @property
    def error_count(self) -> int:
        return int(self.report.get("error_count", 0))

    @property
    def errors_path(self) -> Path:
        """All rows set aside, as CSV; under the media root, which is never served."""
        return Path(settings.MEDIA_ROOT) / "imports" / f"set_aside_{self.pk}.csv"

    def is_interrupted(self, *, now: datetime) -> bool:
        return self.state == self.State.RUNNING and bool(
            self.leased_until and self.leased_until < now
        )
