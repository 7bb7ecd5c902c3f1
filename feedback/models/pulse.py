"""What a partner said of working with us: without a name, an invitation or an hour."""

from __future__ import annotations

from uuid import uuid4

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from feedback.models.survey import Survey


class PulseAnswer(models.Model):
    """Nothing leads from here to a person: not the key, which is random, and not the instant."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    survey = models.ForeignKey(
        Survey, models.PROTECT, related_name="pulses", verbose_name=_("survey")
    )
    month = models.DateField(_("month"))
    score = models.PositiveSmallIntegerField(
        _("score"), validators=[MinValueValidator(0), MaxValueValidator(10)]
    )
    why = models.TextField(_("why"))
    language = models.CharField(_("language"), max_length=8, blank=True, default="")

    class Meta:
        verbose_name = _("pulse answer")
        verbose_name_plural = _("pulse answers")
        indexes = [models.Index(fields=["survey", "month"], name="pulse_month")]
        constraints = [
            models.CheckConstraint(condition=Q(score__range=(0, 10)), name="pulse_score_0_to_10"),
            models.CheckConstraint(condition=~Q(why=""), name="pulse_why_not_empty"),
            models.CheckConstraint(condition=Q(month__day=1), name="pulse_month_is_a_first"),
        ]

    def __str__(self) -> str:
        return f"{self.score} · {self.month}"
