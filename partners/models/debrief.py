"""The partner's answer about one intervention."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from partners.models.intervention import Intervention
from partners.models.scoped import ScopedFact
from triangle import links
from triangle.models import User

CONDITIONS = ("brief_accuracy", "access", "client_readiness", "company_support")
CONDITION_SCALE = [MinValueValidator(0), MaxValueValidator(5)]


class DebriefRequest(models.Model):
    """A debrief asked of the partner, with the personal link that opens it without a login."""

    intervention = models.OneToOneField(
        Intervention,
        models.CASCADE,
        related_name="debrief_request",
        verbose_name=_("intervention"),
    )
    link_seed = models.CharField(max_length=32, default=links.new_seed, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    asked_at = models.DateTimeField(_("asked at"))
    expires_at = models.DateTimeField(_("expires at"))

    class Meta:
        verbose_name = _("debrief request")
        verbose_name_plural = _("debrief requests")
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("asked_at")), name="debrief_request_ends_after_asking"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.intervention_id} · {self.asked_at}"

    @property
    def token(self) -> str:
        return links.token_for("partner", self.link_seed)


class DebriefQuerySet(models.QuerySet["Debrief"]):
    def visible_to(self, user: User) -> DebriefQuerySet:
        return self.filter(intervention__in=Intervention.objects.visible_to(user))


class Debrief(ScopedFact):
    intervention = models.OneToOneField(
        Intervention, models.PROTECT, related_name="debrief", verbose_name=_("intervention")
    )
    score = models.PositiveSmallIntegerField(
        _("score"), validators=[MinValueValidator(0), MaxValueValidator(10)]
    )
    why = models.TextField(_("why"))
    brief_accuracy = models.SmallIntegerField(
        _("Accurate brief"), null=True, blank=True, validators=CONDITION_SCALE
    )
    access = models.SmallIntegerField(
        _("Access to the place"), null=True, blank=True, validators=CONDITION_SCALE
    )
    client_readiness = models.SmallIntegerField(
        _("Client ready"), null=True, blank=True, validators=CONDITION_SCALE
    )
    company_support = models.SmallIntegerField(
        _("Our support"), null=True, blank=True, validators=CONDITION_SCALE
    )
    suggestion = models.TextField(_("suggestion"), blank=True, default="")
    answered_at = models.DateTimeField(_("answered at"))
    answered_on = models.DateField(_("answered on"), editable=False)
    history = HistoricalRecords()

    objects = DebriefQuerySet.as_manager()

    class Meta:
        verbose_name = _("debrief")
        verbose_name_plural = _("debriefs")
        indexes = [
            models.Index(fields=["answered_on", "service", "segment"], name="debrief_day"),
            models.Index(fields=["partner", "answered_on"], name="debrief_partner_day"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(score__range=(0, 10)), name="debrief_score_0_to_10"),
            models.CheckConstraint(condition=~Q(why=""), name="debrief_why_not_empty"),
            *[
                models.CheckConstraint(
                    condition=Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__range": (0, 5)}),
                    name=f"debrief_{name}_0_to_5",
                )
                for name in CONDITIONS
            ],
        ]

    def __str__(self) -> str:
        return f"{self.intervention} · {self.score}"
