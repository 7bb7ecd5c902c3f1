"""One delivery by a partner at a client."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from clients.models import Contact
from partners.models.scoped import ScopedFact
from partners.scoring import Moments
from triangle.models import User, new_external_id


class Status(models.TextChoices):
    REQUESTED = "requested", _("Requested")
    PROPOSED = "proposed", _("Proposed")
    CONFIRMED = "confirmed", _("Confirmed")
    IN_PROGRESS = "in_progress", _("In progress")
    COMPLETED = "completed", _("Completed")
    CANCELLED = "cancelled", _("Cancelled")
    NO_SHOW = "no_show", _("No-show")


OPEN = (Status.REQUESTED, Status.PROPOSED, Status.CONFIRMED, Status.IN_PROGRESS)
PLANNED = (
    Status.CONFIRMED,
    Status.IN_PROGRESS,
    Status.COMPLETED,
    Status.CANCELLED,
    Status.NO_SHOW,
)


class CancelledBy(models.TextChoices):
    CLIENT = "client", _("Client")
    PARTNER = "partner", _("Partner")
    COMPANY = "company", pgettext_lazy("side", "Company")
    EXTERNAL = "external", _("External")
    NOT_KNOWN = "not_known", _("Not known")


class InterventionQuerySet(models.QuerySet["Intervention"]):
    def visible_to(self, user: User) -> InterventionQuerySet:
        if user.sees_everything:
            return self
        if user.role == "manager":
            return self.filter(Q(client__manager=user) | Q(client__manager=None))
        if user.role == "partner":
            return self.filter(partner__account=user)
        return self.none()

    def for_list(self) -> InterventionQuerySet:
        return self.select_related("client", "partner", "service__discipline").order_by(
            F("scheduled_at").desc(nulls_first=True), "-id"
        )

    def for_page(self) -> InterventionQuerySet:
        return self.select_related(
            "client__manager", "contact", "partner", "service__discipline", "setting", "region"
        )

    def matching(self, words: str) -> InterventionQuerySet:
        """By external id, or the name of client, partner or service."""
        words = words.strip()
        if not words:
            return self
        return self.filter(
            Q(external_id=words)
            | Q(client__name__icontains=words)
            | Q(partner__name__icontains=words)
            | Q(service__name__icontains=words)
        )

    def late(self) -> InterventionQuerySet:
        """Completed after the scheduled local day."""
        return self.completed().filter(completed_on__gt=F("scheduled_on"))

    def recent(self, *, since: date) -> InterventionQuerySet:
        """Scheduled since then, however far ahead, or not scheduled yet."""
        return self.filter(Q(scheduled_on__gte=since) | Q(scheduled_on=None, status__in=OPEN))

    def ahead(self, *, today: date) -> InterventionQuerySet:
        """Open, from today on or not scheduled yet; the next one first."""
        rows = self.filter(Q(scheduled_on__gte=today) | Q(scheduled_on=None), status__in=OPEN)
        return rows.order_by(F("scheduled_at").asc(nulls_last=True), "id")

    def behind(self, *, today: date) -> InterventionQuerySet:
        """Ended, or left open after its day."""
        return self.filter(~Q(status__in=OPEN) | Q(scheduled_on__lt=today))

    def completed(self) -> InterventionQuerySet:
        return self.filter(status=Status.COMPLETED)

    def without_partner(self) -> InterventionQuerySet:
        return self.filter(partner=None, status__in=OPEN)

    def to_introduce(self, *, now: datetime, until: datetime) -> InterventionQuerySet:
        return self.filter(
            status=Status.CONFIRMED,
            introduced_at=None,
            scheduled_at__gte=now,
            scheduled_at__lt=until,
        ).order_by("scheduled_at")

    def awaiting_debrief(self) -> InterventionQuerySet:
        return self.completed().filter(debrief=None).order_by("-completed_at")


class Intervention(ScopedFact):
    external_id = models.CharField(
        _("external id"), max_length=100, unique=True, default=new_external_id
    )
    contact = models.ForeignKey(
        Contact,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="interventions",
        verbose_name=_("contact"),
    )
    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.REQUESTED)
    scheduled_at = models.DateTimeField(_("scheduled start"), null=True, blank=True)
    scheduled_end_at = models.DateTimeField(_("scheduled end"), null=True, blank=True)
    scheduled_on = models.DateField(_("scheduled day"), null=True, blank=True, editable=False)
    requested_at = models.DateTimeField(_("requested at"), null=True, blank=True)
    proposed_at = models.DateTimeField(_("proposed at"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    introduced_at = models.DateTimeField(_("introduced at"), null=True, blank=True)
    brief_refined_at = models.DateTimeField(_("brief refined at"), null=True, blank=True)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    completed_at = models.DateTimeField(_("completed at"), null=True, blank=True)
    completed_on = models.DateField(_("completed day"), null=True, blank=True, editable=False)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    cancelled_by = models.CharField(
        _("cancelled by"), max_length=20, choices=CancelledBy, blank=True, default=""
    )
    cancel_reason = models.CharField(_("reason"), max_length=500, blank=True, default="")
    is_disputed = models.BooleanField(_("cancellation disputed"), default=False)
    place = models.CharField(_("place"), max_length=200, blank=True, default="")
    brief = models.TextField(_("brief"), blank=True, default="")
    expected_percent = models.PositiveSmallIntegerField(
        _("expected, % of the grid held by the partner when assigned"),
        null=True,
        blank=True,
        editable=False,
    )
    delivered_percent = models.PositiveSmallIntegerField(
        _("delivered, % of the steps kept"), null=True, blank=True, editable=False
    )
    amount = models.DecimalField(
        _("amount"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
    history = HistoricalRecords()

    objects = InterventionQuerySet.as_manager()

    class Meta:
        verbose_name = _("intervention")
        indexes = [
            models.Index(fields=["scheduled_on", "service", "segment"], name="intervention_day"),
            models.Index(fields=["partner", "scheduled_on"], name="intervention_partner_day"),
            models.Index(fields=["client", "scheduled_on"], name="intervention_client_day"),
            models.Index(fields=["status", "completed_at"], name="intervention_completed"),
            models.Index(fields=["-scheduled_at", "-id"], name="intervention_latest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="intervention_status_known"
            ),
            models.CheckConstraint(
                condition=(Q(status="cancelled") & Q(cancelled_by__in=CancelledBy.values))
                | (~Q(status="cancelled") & Q(cancelled_by="")),
                name="intervention_cancelled_has_a_side",
            ),
            models.CheckConstraint(
                condition=~Q(status="completed") | Q(completed_at__isnull=False),
                name="intervention_completed_has_an_instant",
            ),
            models.CheckConstraint(
                condition=Q(scheduled_at__isnull=True, scheduled_on__isnull=True)
                | Q(scheduled_at__isnull=False, scheduled_on__isnull=False),
                name="intervention_scheduled_day_follows",
            ),
            *[
                models.CheckConstraint(
                    condition=Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__range": (0, 100)}),
                    name=f"intervention_{name}_0_to_100",
                )
                for name in ("expected_percent", "delivered_percent")
            ],
            models.CheckConstraint(
                condition=Q(is_disputed=False) | Q(status="cancelled"),
                name="intervention_only_cancelled_is_disputed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service} · {self.client}"

    @property
    def moments(self) -> Moments:
        """What happened when, for the score of the delivery."""
        return Moments(**{field.name: getattr(self, field.name) for field in fields(Moments)})

    @property
    def brief_fulfilled(self) -> int | None:
        """0 to 5 by the debrief; None when there is none, or it does not say. May ask a query."""
        debrief = getattr(self, "debrief", None)
        return None if debrief is None else debrief.brief_accuracy

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def is_late(self) -> bool:
        """Completed after the scheduled local day."""
        return bool(
            self.completed_on and self.scheduled_on and self.completed_on > self.scheduled_on
        )
