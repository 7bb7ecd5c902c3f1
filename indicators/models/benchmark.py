"""A score published by others, to stand beside ours: never without its day and its source."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from triangle.models import Discipline


class BenchmarkQuerySet(models.QuerySet["Benchmark"]):
    def beside(self, disciplines: tuple[int, ...], *, until: date) -> Benchmark | None:
        """The latest of the discipline asked for; of all trades when none or several are."""
        asked = disciplines[0] if len(disciplines) == 1 else None
        found = self.filter(Q(discipline=asked) | Q(discipline=None), measured_on__lte=until)
        own_first = F("discipline").asc(nulls_last=True)
        return found.order_by(own_first, "-measured_on", "-pk").first()


class Benchmark(models.Model):
    """An NPS in points; `source` says where a reader finds it."""

    name = models.CharField(_("whose"), max_length=80)
    discipline = models.ForeignKey(
        Discipline, models.PROTECT, null=True, blank=True, verbose_name=_("discipline")
    )
    value = models.DecimalField(_("NPS, points"), max_digits=4, decimal_places=1)
    measured_on = models.DateField(_("measured on"))
    source = models.CharField(_("source"), max_length=300)
    history = HistoricalRecords()

    objects = BenchmarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("external benchmark")
        verbose_name_plural = _("external benchmarks")
        ordering = ["-measured_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(value__range=(-100, 100)),
                name="benchmark_value_is_an_nps",
                violation_error_message=_("An NPS goes from -100 to 100."),
            ),
            models.CheckConstraint(
                condition=~Q(source=""),
                name="benchmark_has_a_source",
                violation_error_message=_("A benchmark needs a source that can be looked up."),
            ),
            models.CheckConstraint(condition=~Q(name=""), name="benchmark_has_a_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.measured_on}"
