"""What happened, in order: one entry for each change of state, written in its transaction."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class JournalEntryQuerySet(models.QuerySet["JournalEntry"]):
    def about(self, subject: models.Model) -> JournalEntryQuerySet:
        return self.filter(
            subject_type=subject._meta.model_name, subject_id=subject.pk
        ).select_related("actor")


class JournalEntry(models.Model):
    at = models.DateTimeField(_("at"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name=_("actor")
    )
    kind = models.CharField(_("kind"), max_length=60)
    subject_type = models.CharField(_("subject type"), max_length=40)
    subject_id = models.BigIntegerField(_("subject id"))
    data = models.JSONField(_("details"), default=dict, blank=True)

    objects = JournalEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "-at"], name="journal_subject")
        ]

    def __str__(self) -> str:
        return f"{self.kind} · {self.subject_type} {self.subject_id}"
