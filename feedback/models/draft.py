"""What a client has typed and not sent: begun with the first letter, which no machine types."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from feedback.models.invitation import Invitation


class Draft(models.Model):
    invitation = models.OneToOneField(
        Invitation, models.CASCADE, related_name="draft", verbose_name=_("invitation")
    )
    answer = models.JSONField(_("typed so far"), default=dict)  # fields of the form, as they stood
    begun_at = models.DateTimeField(_("begun at"))
    saved_at = models.DateTimeField(_("saved at"))

    class Meta:
        verbose_name = _("draft")

    def __str__(self) -> str:
        return f"{self.invitation_id} · {self.saved_at}"
