"""What the company expects: the versioned grid of criteria, and a partner held against it."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from partners.models.partner import Partner
from triangle.models import Discipline, Setting


class CriterionGridQuerySet(models.QuerySet["CriterionGrid"]):
    def in_force(self, discipline: Discipline, *, today: date) -> CriterionGrid | None:
        return (
            self.filter(discipline=discipline, valid_from__lte=today)
            .order_by("-valid_from", "-version")
            .first()
        )


class CriterionGrid(models.Model):
    discipline = models.ForeignKey(
        Discipline, models.PROTECT, related_name="grids", verbose_name=_("discipline")
    )
    setting = models.ForeignKey(
        Setting, models.PROTECT, null=True, blank=True, verbose_name=_("setting")
    )
    version = models.PositiveSmallIntegerField(_("version"))
    valid_from = models.DateField(_("valid from"))
    next_review_on = models.DateField(_("next review"), null=True, blank=True)
    history = HistoricalRecords()

    objects = CriterionGridQuerySet.as_manager()

    class Meta:
        verbose_name = _("grid")
        ordering = ["discipline", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["discipline", "setting", "version"], name="grid_version_unique"
            ),
            models.UniqueConstraint(
                fields=["discipline", "version"],
                condition=Q(setting=None),
                name="grid_version_unique_all_settings",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.discipline} v{self.version}"


class Criterion(models.Model):
    class Kind(models.TextChoices):
        EXPERIENCE = "experience", _("Experience")
        DIPLOMA = "diploma", _("Diploma level")
        ADAPTABILITY = "adaptability", _("Adaptability")
        VALUES = "values", _("Shared values")
        SKILL = "skill", _("Skill")

    grid = models.ForeignKey(
        CriterionGrid, models.CASCADE, related_name="criteria", verbose_name=_("grid")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    name_en = models.CharField(_("name in English"), max_length=120)
    name_fr = models.CharField(_("name in French"), max_length=120)
    weight_percent = models.PositiveSmallIntegerField(_("weight, %"), default=0)
    is_must_have = models.BooleanField(_("must-have"), default=False)
    asked = models.DecimalField(_("level asked"), max_digits=4, decimal_places=1)
    scale_max = models.PositiveSmallIntegerField(_("highest level"), default=5)
    evidence = models.CharField(_("evidence"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ["-is_must_have", "-weight_percent", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(weight_percent__range=(0, 100)), name="criterion_weight_0_to_100"
            ),
            models.CheckConstraint(
                condition=Q(asked__gte=0, asked__lte=F("scale_max")),
                name="criterion_asked_within_scale",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_fr if (get_language() or "").startswith("fr") else self.name_en


class Assessment(models.Model):
    partner = models.ForeignKey(
        Partner, models.CASCADE, related_name="assessments", verbose_name=_("partner")
    )
    grid = models.ForeignKey(CriterionGrid, models.PROTECT, verbose_name=_("grid"))
    assessor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name=_("assessor")
    )
    assessed_on = models.DateField(_("assessed on"))
    note = models.TextField(_("note"), blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("assessment")
        ordering = ["-assessed_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "grid", "assessor"], name="assessment_once_per_assessor"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner} · {self.grid}"


class AssessmentScore(models.Model):
    assessment = models.ForeignKey(
        Assessment, models.CASCADE, related_name="scores", verbose_name=_("assessment")
    )
    criterion = models.ForeignKey(Criterion, models.PROTECT, verbose_name=_("criterion"))
    held = models.DecimalField(_("level held"), max_digits=4, decimal_places=1)
    evidence = models.CharField(_("evidence"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("assessment score")
        verbose_name_plural = _("assessment scores")
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "criterion"], name="assessment_score_once_per_criterion"
            ),
            models.CheckConstraint(condition=Q(held__gte=0), name="assessment_score_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion} · {self.held}"
