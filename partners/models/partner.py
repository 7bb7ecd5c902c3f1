"""The independents who intervene."""

from __future__ import annotations

from django.conf import settings as project
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from triangle.models import NOT_KNOWN, Discipline, Region, Setting, User, new_external_id


class PartnerQuerySet(models.QuerySet["Partner"]):
    def visible_to(self, user: User) -> PartnerQuerySet:
        """The network is everybody's in the back office; a partner sees the own record."""
        if user.is_superuser or user.is_back_office:
            return self
        return self.filter(account=user)

    def assignable(self) -> PartnerQuerySet:
        return self.filter(status=Partner.Status.ACTIVE)

    def matching(self, words: str) -> PartnerQuerySet:
        words = words.strip()
        if not words:
            return self
        return self.filter(
            models.Q(name__icontains=words)
            | models.Q(email__icontains=words)
            | models.Q(external_id=words)
        )

    def for_list(self) -> PartnerQuerySet:
        return (
            self.select_related("region")
            .prefetch_related("disciplines", "settings")
            .order_by("name", "id")
        )


class Partner(models.Model):
    class Status(models.TextChoices):
        APPLICANT = "applicant", _("Applicant")
        ONBOARDING = "onboarding", _("Onboarding")
        ACTIVE = "active", _("Active")
        PAUSED = "paused", _("Paused")
        LEFT = "left", _("Left")

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        COMPANY = "company", _("Company")

    external_id = models.CharField(
        _("external id"), max_length=100, unique=True, default=new_external_id
    )
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.PERSON)
    disciplines = models.ManyToManyField(
        Discipline, blank=True, related_name="partners", verbose_name=_("disciplines")
    )
    settings = models.ManyToManyField(
        Setting, blank=True, related_name="partners", verbose_name=_("settings")
    )
    region = models.ForeignKey(Region, models.PROTECT, default=NOT_KNOWN, verbose_name=_("region"))
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=8, default="fr")
    account = models.OneToOneField(
        project.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="partner",
        verbose_name=_("account"),
    )
    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.ACTIVE)
    joined_on = models.DateField(_("joined on"), null=True, blank=True)
    history = HistoricalRecords(m2m_fields=[disciplines, settings])

    objects = PartnerQuerySet.as_manager()

    class Meta:
        verbose_name = _("partner")
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    status__in=["applicant", "onboarding", "active", "paused", "left"]
                ),
                name="partner_status_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def first_name(self) -> str:
        """What a person is called by on the phone."""
        return self.name.split()[0] if self.name.strip() else ""
