"""The dimensions by which facts are counted, kept on the fact as they were at the time."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from partners.models.partner import Partner
from triangle.models import NOT_KNOWN, Region, Segment, Service, Setting

SCOPE_FIELDS = ("service_id", "client_id", "partner_id", "setting_id", "segment_id", "region_id")


class Scoped(models.Model):
    """What a fact has even where it is about no intervention, service or client."""

    partner = models.ForeignKey(
        Partner,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="%(class)ss",
        verbose_name=_("partner"),
    )
    setting = models.ForeignKey(
        Setting, models.PROTECT, default=NOT_KNOWN, related_name="+", verbose_name=_("setting")
    )
    segment = models.ForeignKey(
        Segment, models.PROTECT, default=NOT_KNOWN, related_name="+", verbose_name=_("segment")
    )
    region = models.ForeignKey(
        Region, models.PROTECT, default=NOT_KNOWN, related_name="+", verbose_name=_("region")
    )

    class Meta:
        abstract = True

    def scope(self) -> dict[str, int | None]:
        """The keys another fact about the same matter inherits."""
        return {name: getattr(self, name) for name in SCOPE_FIELDS}


class ScopedFact(Scoped):
    """A fact of an intervention, or the intervention itself."""

    service = models.ForeignKey(
        Service, models.PROTECT, related_name="+", verbose_name=_("service")
    )
    client = models.ForeignKey(
        Client, models.PROTECT, related_name="%(class)ss", verbose_name=_("client")
    )

    class Meta:
        abstract = True
