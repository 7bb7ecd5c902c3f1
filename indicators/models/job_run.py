"""When a job ran, for how long, on how many rows, and how it ended."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class JobRunQuerySet(models.QuerySet["JobRun"]):
    def requested(self) -> JobRunQuerySet:
        """Asked for by hand, and not begun."""
        return self.filter(started_at=None).order_by("pk")

    def begun(self) -> JobRunQuerySet:
        return self.filter(started_at__isnull=False)

    def failed_since(self, since: datetime) -> JobRunQuerySet:
        return self.filter(~Q(error=""), started_at__gte=since)


class JobRun(models.Model):
    """One run, or a stretch of short ones; a run that was killed has no end."""

    name = models.CharField(_("name"), max_length=60)
    requested_at = models.DateTimeField(_("asked for at"), null=True, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("asked for by"),
    )
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    rows = models.PositiveBigIntegerField(_("rows"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=500, blank=True, default="")

    objects = JobRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("run of a job")
        verbose_name_plural = _("runs of jobs")
        indexes = [models.Index(fields=["name", "-started_at"], name="jobrun_latest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(started_at__isnull=False) | Q(requested_at__isnull=False),
                name="jobrun_began_or_was_asked_for",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(started_at__isnull=False),
                name="jobrun_ended_after_it_began",
            ),
            models.UniqueConstraint(
                fields=["name"], condition=Q(started_at=None), name="jobrun_asked_for_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.started_at or self.requested_at}"

    @property
    def duration(self) -> timedelta | None:
        if self.started_at is None or self.ended_at is None:
            return None
        return self.ended_at - self.started_at
