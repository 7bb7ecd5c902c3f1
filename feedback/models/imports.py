"""One run of the marketplace import."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


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

    class Meta:
        verbose_name = _("import")
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.name} · {self.get_state_display()}"
