"""What an indicator should reach in a year: in all, in a discipline, in a setting, or in both."""

from __future__ import annotations

from decimal import Decimal
from functools import reduce
from operator import or_

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from triangle.models import Discipline, Setting

YEARS = (2000, 2099)
SCALES = {  # of each indicator, in the unit of its tile
    "nps": (-100, 100),
    "company": (0, 5),
    "partner": (0, 5),
    "cancellations": (0, 100),
    "response": (0, 100),
    "returns": (0, 100),
    "punctuality": (0, 100),
}
SHARES = ("cancellations", "response", "returns", "punctuality")  # in percent


class TargetQuerySet(models.QuerySet["Target"]):
    def for_list(self) -> TargetQuerySet:
        """By indicator, the widest first."""
        return self.select_related("discipline", "setting", "by").order_by(
            "indicator", models.F("discipline").asc(nulls_first=True), "setting_id", "pk"
        )


class Target(models.Model):
    """In the unit of the tile: points, marks out of 5, or percent.

    Volume has none: a count is nothing to aim at before its period is as long as the year.
    """

    class Indicator(models.TextChoices):
        """The keys of the tiles that can have one."""

        NPS = "nps", _("NPS")
        COMPANY = "company", _("Company service")
        PARTNER = "partner", _("Partner satisfaction")
        CANCELLATIONS = "cancellations", _("Cancellations")
        RESPONSE = "response", _("Response rate")
        RETURNS = "returns", _("Positive returns")
        PUNCTUALITY = "punctuality", _("On the planned day")

    indicator = models.CharField(_("indicator"), max_length=20, choices=Indicator)
    year = models.PositiveSmallIntegerField(_("year"))
    discipline = models.ForeignKey(
        Discipline, models.PROTECT, null=True, blank=True, verbose_name=_("discipline")
    )
    setting = models.ForeignKey(
        Setting, models.PROTECT, null=True, blank=True, verbose_name=_("setting")
    )
    value = models.DecimalField(_("target"), max_digits=6, decimal_places=2)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("set by"),
    )
    history = HistoricalRecords()

    objects = TargetQuerySet.as_manager()

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        constraints = [
            models.UniqueConstraint(
                "indicator",
                "year",
                Coalesce("discipline", 0),
                Coalesce("setting", 0),
                name="target_once_per_scope_and_year",
            ),
            models.CheckConstraint(
                condition=reduce(
                    or_, (Q(indicator=key, value__range=ends) for key, ends in SCALES.items())
                ),
                name="target_within_the_scale_of_its_indicator",
            ),
            models.CheckConstraint(condition=Q(year__range=YEARS), name="target_year_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_indicator_display()} {self.year}"

    @property
    def is_share(self) -> bool:
        return self.indicator in SHARES

    @property
    def scope_name(self) -> str:
        named = [str(one) for one in (self.discipline, self.setting) if one]
        return " · ".join(named) or gettext("everybody")

    def is_met(self, value: float | None) -> bool | None:
        """By a value in the unit of the target; None when there is none yet.

        Compared to nine places: 29 of 40 is 72.5 %, whatever binary fractions make of it.
        """
        if value is None:
            return None
        rounded = round(Decimal(value), 9)
        less_is_better = self.indicator == self.Indicator.CANCELLATIONS
        return rounded <= self.value if less_is_better else rounded >= self.value
