"""The journal of the satisfaction mapping: which criterion moved to which zone, in which month."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from feedback.models import RatingCriterion
from triangle.models import Discipline


class ZoneChangeQuerySet(models.QuerySet["ZoneChange"]):
    def of(self, discipline: int | None, *, until: date) -> ZoneChangeQuerySet:
        """Of one discipline, or of all taken together; the latest first."""
        found = self.filter(discipline=discipline, month__lte=until)
        return found.select_related("criterion").order_by("-month", "criterion__slot")


class ZoneChange(models.Model):
    """Between a closed month and the last one before it in which the criterion had a zone.

    Derived from tallies, and written anew by each run. `decided` when no interval crossed a cut,
    neither before nor after.
    """

    class Zone(models.TextChoices):
        STRENGTH = "strength", pgettext_lazy("zone", "Strengths")
        ACT_NOW = "act_now", pgettext_lazy("zone", "Act now")
        WATCH = "watch", pgettext_lazy("zone", "Watch for over-quality")
        MEDIUM_TERM = "medium_term", pgettext_lazy("zone", "Medium-term plan")

    month = models.DateField(_("month"))
    criterion = models.ForeignKey(
        RatingCriterion, models.CASCADE, related_name="+", verbose_name=_("criterion")
    )
    discipline = models.ForeignKey(
        Discipline,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("discipline"),
    )
    from_zone = models.CharField(_("from zone"), max_length=20, choices=Zone)
    to_zone = models.CharField(_("to zone"), max_length=20, choices=Zone)
    decided = models.BooleanField(_("decided"))

    objects = ZoneChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("zone change")
        verbose_name_plural = _("zone changes")
        constraints = [
            models.UniqueConstraint(
                "month", "criterion", Coalesce("discipline", 0), name="zonechange_once_a_month"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="zonechange_month_is_a_first"),
            models.CheckConstraint(
                condition=~Q(from_zone=F("to_zone")), name="zonechange_goes_somewhere"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} · {self.criterion_id} · {self.from_zone} → {self.to_zone}"
