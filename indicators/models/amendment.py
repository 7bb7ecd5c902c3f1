from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Amendment(models.Model):
    """Something shown beside the tallies changed: left by the database, cleared by a drain."""

    what = models.CharField(max_length=63)  # a table

    class Meta:
        verbose_name = _("amendment")
        verbose_name_plural = _("amendments")

    def __str__(self) -> str:
        return self.what
