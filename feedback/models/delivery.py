"""One mail of one wave of an invitation; its state decides who may send it, and only once."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from feedback.models.invitation import Invitation


class Recipient(models.Model):
    """An address we wrote to, known by its hash alone: what is counted and locked per person."""

    address_hash = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name = _("recipient")

    def __str__(self) -> str:
        return self.address_hash[:12]


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, *, now: datetime) -> DeliveryQuerySet:
        return self.filter(state__in=["queued", "retry"], due_at__lte=now).order_by("due_at", "id")

    def reminders_ahead(self, *, now: datetime) -> DeliveryQuerySet:
        return self.filter(wave__gt=0, state="queued", due_at__gt=now)

    def postponed(self, *, now: datetime) -> DeliveryQuerySet:
        """Taken up once, and put back until an hour that suits."""
        return self.filter(state="queued", due_at__gt=now, error="").exclude(lease="")

    def abandoned(self, *, now: datetime) -> DeliveryQuerySet:
        """Claimed by a worker whose lease ran out before the message left: safe to try again."""
        return self.filter(state="claimed", leased_until__lt=now)

    def cut(self, *, now: datetime) -> DeliveryQuerySet:
        """Handed over by a worker that did not live to say how it ended: never sent again."""
        return self.filter(state="data_started", leased_until__lt=now)

    def proved(self) -> DeliveryQuerySet:
        """In doubt, and answered through the link that stood in it, or named by its provider."""
        proof = Q(invitation__ratings__source="link") | Q(events__isnull=False)
        return self.filter(proof, state="uncertain").distinct()


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
    recipient = models.ForeignKey(
        Recipient, models.PROTECT, null=True, blank=True, related_name="deliveries"
    )
    domain = models.CharField(_("domain"), max_length=253, blank=True, default="", db_default="")
    provider_id = models.CharField(
        _("id at the provider"), max_length=255, blank=True, default="", db_default=""
    )
    delivered_at = models.DateTimeField(_("in the mailbox at"), null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        indexes = [
            models.Index(fields=["state", "due_at"], name="delivery_due"),
            models.Index(fields=["recipient", "data_started_at"], name="delivery_recipient"),
            models.Index(fields=["domain", "data_started_at"], name="delivery_domain"),
            models.Index(
                fields=["provider_id"], condition=~Q(provider_id=""), name="delivery_provider_id"
            ),
        ]
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


class MailEventQuerySet(models.QuerySet["MailEvent"]):
    def by_kind(self, *, since: datetime) -> dict[str, int]:
        """How many of each kind were told since then; every kind is there."""
        rows = self.filter(received_at__gte=since).order_by().values_list("kind")
        return dict.fromkeys(MailEvent.Kind.values, 0) | dict(rows.annotate(models.Count("pk")))


class MailEvent(models.Model):
    """What the mail provider told about a mail: kept as it came, once, in whatever order."""

    class Kind(models.TextChoices):
        DELIVERED = "delivered", _("In the mailbox")
        SOFT_BOUNCE = "soft_bounce", _("Refused for now")
        HARD_BOUNCE = "hard_bounce", _("Refused for good")
        COMPLAINT = "complaint", _("Marked as spam")
        OPT_OUT = "opt_out", _("Opted out at the provider")

    provider = models.CharField(_("provider"), max_length=40)
    event_id = models.CharField(_("event"), max_length=255)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    at = models.DateTimeField(_("at"))
    received_at = models.DateTimeField(_("received at"))
    delivery = models.ForeignKey(
        Delivery, models.PROTECT, null=True, related_name="events", verbose_name=_("delivery")
    )
    recipient = models.ForeignKey(
        Recipient, models.PROTECT, null=True, related_name="events", verbose_name=_("recipient")
    )
    detail = models.CharField(_("detail"), max_length=500, blank=True, default="")

    objects = MailEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail event")
        verbose_name_plural = _("mail events")
        indexes = [
            models.Index(fields=["recipient", "kind", "at"], name="mail_event_recipient"),
            models.Index(fields=["received_at"], name="mail_event_received"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["provider", "event_id"], name="mail_event_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.at}"
