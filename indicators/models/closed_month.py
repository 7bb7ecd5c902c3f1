"""A month whose figures no longer move, with what is needed to compute them again to the byte."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ClosedMonthQuerySet(models.QuerySet["ClosedMonth"]):
    def latest_first(self) -> ClosedMonthQuerySet:
        return self.order_by("-month")

    def before(self, month: date) -> ClosedMonth | None:
        """The run before that of a month."""
        return self.filter(month__lt=month).order_by("-month").first()


class ClosedMonth(models.Model):
    """Written once when the month is closed; only what a verification found may change later.

    `frame` holds what the closing took for granted: the highest id of each family of facts, the
    criteria by slot and the services of each discipline. `figures` is canonical JSON.
    """

    class Verdict(models.TextChoices):
        SAME = "same", _("same")
        DIFFERS = "differs", _("differs")
        OTHER_FORMULAS = "formulas", _("same facts, newer formulas")

    month = models.DateField(_("month"), unique=True)
    closed_at = models.DateTimeField(_("closed at"))
    formulas = models.PositiveSmallIntegerField(_("version of the formulas"))
    frame = models.JSONField(_("frame"))
    input_hash = models.CharField(_("hash of the facts"), max_length=64)
    figures = models.TextField(_("figures"))
    figures_hash = models.CharField(_("hash of the figures"), max_length=64)
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True)
    verdict = models.CharField(
        _("verdict"), max_length=10, choices=Verdict, blank=True, default="", db_default=""
    )
    differences = models.JSONField(_("differences"), default=list, blank=True)

    objects = ClosedMonthQuerySet.as_manager()

    class Meta:
        verbose_name = _("closed month")
        verbose_name_plural = _("closed months")
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict="", verified_at=None)
                | Q(verdict__in=["same", "differs", "formulas"], verified_at__isnull=False),
                name="closedmonth_verdict_has_an_instant",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
