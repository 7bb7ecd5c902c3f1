"""Lines of the quality action plan, whose effect the figures show."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from triangle.models import Discipline


class Action(models.Model):
    """A line of the quality action plan; once done it is a marker on the charts."""

    title_en = models.CharField(_("title in English"), max_length=120)
    title_fr = models.CharField(_("title in French"), max_length=120)
    discipline = models.ForeignKey(
        Discipline, models.PROTECT, null=True, blank=True, verbose_name=_("discipline")
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, verbose_name=_("owner")
    )
    done_on = models.DateField(_("done on"), null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("action")
        ordering = ["-done_on", "-id"]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return self.title_fr if (get_language() or "").startswith("fr") else self.title_en
