"""One mail of one wave of an invitation; its state decides who may send it, and only once."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from feedback.models.invitation import Invitation


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, *, now: datetime) -> DeliveryQuerySet:
        return self.filter(state__in=["queued", "retry"], due_at__lte=now).order_by("due_at", "id")

    def abandoned(self, *, now: datetime) -> DeliveryQuerySet:
        """Claimed by a worker whose lease ran out before the message left: safe to try again."""
        return self.filter(state="claimed", leased_until__lt=now)

    def cut(self, *, now: datetime) -> DeliveryQuerySet:
        """Handed over by a worker that did not live to say how it ended: never sent again."""
        return self.filter(state="data_started", leased_until__lt=now)

    def proved(self) -> DeliveryQuerySet:
        """In doubt, and answered through the link that stood in it."""
        return self.filter(state="uncertain", invitation__ratings__source="link").distinct()


class Delivery(models.Model):
    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        CLAIMED = "claimed", _("Claimed")
        DATA_STARTED = "data_started", _("Leaving")
        SENT = "sent", pgettext_lazy("mail", "Sent")
        RETRY = "retry", _("To be tried again")
        FAILED = "failed", _("Failed")
        UNCERTAIN = "uncertain", _("Uncertain")
        SKIPPED = "skipped", pgettext_lazy("mail", "Skipped")

    invitation = models.ForeignKey(
        Invitation, models.PROTECT, related_name="deliveries", verbose_name=_("invitation")
    )
    wave = models.PositiveSmallIntegerField(_("wave"), default=0)
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.QUEUED)
    due_at = models.DateTimeField(_("due at"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease = models.CharField(max_length=32, blank=True, default="", editable=False)
    leased_until = models.DateTimeField(_("leased until"), null=True, blank=True)
    data_started_at = models.DateTimeField(_("left at"), null=True, blank=True)
    sent_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=500, blank=True, default="")

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        indexes = [models.Index(fields=["state", "due_at"], name="delivery_due")]
        constraints = [
            models.UniqueConstraint(fields=["invitation", "wave"], name="delivery_once_per_wave"),
            models.CheckConstraint(
                condition=~Q(state__in=["claimed", "data_started"]) | Q(leased_until__isnull=False),
                name="delivery_claimed_has_a_lease",
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False),
                name="delivery_sent_has_an_instant",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invitation_id}.{self.wave} · {self.get_state_display()}"
