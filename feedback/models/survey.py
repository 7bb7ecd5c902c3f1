"""What we ask: the survey, the criteria of its grid and the one-tap reasons."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from triangle.models import Discipline
from triangle.models.catalogue import Label

SLOTS = 16  # how many criteria a company can have over all its disciplines


class Survey(Label):
    class Event(models.TextChoices):
        COMPLETED = "completed", _("Intervention completed")
        CANCELLED = "cancelled", _("Intervention cancelled")

    event = models.CharField(_("event"), max_length=20, choices=Event)
    delay_hours = models.PositiveSmallIntegerField(_("delay, hours"), default=2)
    expires_days = models.PositiveSmallIntegerField(_("link valid, days"), default=14)
    is_active = models.BooleanField(_("active"), default=True)
    history = HistoricalRecords()

    class Meta(Label.Meta):
        verbose_name = _("survey")
        constraints = [
            models.UniqueConstraint(
                fields=["event"], condition=Q(is_active=True), name="survey_one_active_per_event"
            ),
        ]


class RatingCriterion(Label):
    """One row of the grid; its slot says which columns of a rating hold its answers."""

    slot = models.PositiveSmallIntegerField(
        _("slot"), unique=True, validators=[MinValueValidator(1), MaxValueValidator(SLOTS)]
    )
    disciplines = models.ManyToManyField(
        Discipline,
        blank=True,
        related_name="rating_criteria",
        verbose_name=_("disciplines"),
        help_text=_("asked about these; about all when none is chosen"),
    )
    is_asked = models.BooleanField(_("asked"), default=True)
    history = HistoricalRecords()

    class Meta(Label.Meta):
        verbose_name = _("rating criterion")
        verbose_name_plural = _("rating criteria")
        ordering = ["slot"]
        constraints = [
            models.CheckConstraint(
                condition=Q(slot__range=(1, SLOTS)), name="rating_criterion_slot_in_range"
            ),
        ]


class ReasonChip(Label):
    """A one-tap reason; the touchpoint says on which interventions it can be offered."""

    class Touchpoint(models.TextChoices):
        INTRODUCTION = "introduction", _("Introduction")
        PREPARATION = "preparation", _("Preparation")
        PUNCTUALITY = "punctuality", _("Punctuality")
        ACT = "act", _("The intervention itself")
        FOLLOW_UP = "follow_up", _("Follow-up")
        OTHER = "other", _("Other")

    touchpoint = models.CharField(
        _("touchpoint"), max_length=20, choices=Touchpoint, default=Touchpoint.OTHER
    )
    is_offered = models.BooleanField(_("offered"), default=True)

    class Meta(Label.Meta):
        verbose_name = _("reason chip")
