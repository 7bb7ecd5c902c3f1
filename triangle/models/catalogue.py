"""What the company sells, and the labels by which everything is grouped."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

NOT_KNOWN = 1  # primary key of the label "not known", so that no grouping key is ever null


def new_external_id() -> str:
    return uuid4().hex


class Label(models.Model):
    """A short word with a name in both languages."""

    code = models.CharField(_("code"), max_length=80, unique=True)
    name_en = models.CharField(_("name in English"), max_length=120)
    name_fr = models.CharField(_("name in French"), max_length=120)

    class Meta:
        abstract = True
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_fr if (get_language() or "").startswith("fr") else self.name_en


class Discipline(Label):
    class Meta(Label.Meta):
        verbose_name = _("discipline")


class Setting(Label):
    class Meta(Label.Meta):
        verbose_name = _("setting")
        verbose_name_plural = _("settings")


class Segment(Label):
    class Meta(Label.Meta):
        verbose_name = _("segment")


class Region(Label):
    class Meta(Label.Meta):
        verbose_name = _("region")


class Service(models.Model):
    external_id = models.CharField(
        _("external id"), max_length=100, unique=True, default=new_external_id
    )
    name = models.CharField(_("name"), max_length=200)
    discipline = models.ForeignKey(
        Discipline, models.PROTECT, related_name="services", verbose_name=_("discipline")
    )
    promise = models.TextField(_("promise"), blank=True)
    is_published = models.BooleanField(_("published"), default=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("service")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
