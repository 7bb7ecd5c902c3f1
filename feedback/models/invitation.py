"""One request for an answer, with its personal link."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models import Contact
from feedback.models.survey import Survey
from partners.models import Intervention, ScopedFact
from triangle import links
from triangle.models import User


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, user: User) -> InvitationQuerySet:
        """Never a partner: the client's link is not theirs to see."""
        if user.sees_everything:
            return self
        if user.role == "manager":
            return self.filter(Q(client__manager=user) | Q(client__manager=None))
        return self.none()

    def with_token(self, token: str) -> InvitationQuerySet:
        return self.filter(token_hash=links.token_hash(token))

    def with_opt_out_token(self, token: str) -> InvitationQuerySet:
        return self.filter(opt_out_hash=links.token_hash(token))

    def for_answer(self) -> InvitationQuerySet:
        return self.select_related(
            "contact", "client", "partner", "survey", "service__discipline", "intervention"
        )

    def for_mail(self) -> InvitationQuerySet:
        return self.select_related(
            "contact", "client__manager", "partner", "survey", "service", "intervention"
        )

    def asking_contact(self) -> InvitationQuerySet:
        """Who came too late to answer and waits for a call."""
        return self.filter(contact_asked_at__isnull=False, contacted_at=None)

    def for_list(self) -> InvitationQuerySet:
        return self.select_related("contact", "client", "partner", "service").order_by(
            "-due_at", "-id"
        )


class Invitation(ScopedFact):
    class Status(models.TextChoices):
        SCHEDULED = "scheduled", _("Scheduled")
        SENT = "sent", _("Sent")
        ANSWERED = "answered", _("Answered")
        EXPIRED = "expired", _("Expired")
        SKIPPED = "skipped", _("Skipped")
        UNCERTAIN = "uncertain", _("Uncertain")
        FAILED = "failed", _("Failed")

    class Skip(models.TextChoices):
        NO_ADDRESS = "no_address", _("no address")
        OPTED_OUT = "opted_out", _("opted out")
        BOUNCED = "bounced", _("address bounced")
        CANCELLED = "cancelled", _("intervention cancelled")
        TOO_LATE = "too_late", _("too late to ask")
        ANSWERED = "answered", _("already answered")

    intervention = models.ForeignKey(
        Intervention, models.PROTECT, related_name="invitations", verbose_name=_("intervention")
    )
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="+", verbose_name=_("survey"))
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, verbose_name=_("contact")
    )
    language = models.CharField(_("language"), max_length=8, default="fr")
    link_seed = models.CharField(max_length=32, default=links.new_seed, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    opt_out_hash = models.CharField(max_length=64, unique=True, null=True, editable=False)
    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.SCHEDULED)
    skip_reason = models.CharField(
        _("reason of the skip"), max_length=20, choices=Skip, blank=True, default=""
    )
    due_at = models.DateTimeField(_("due at"))
    expires_at = models.DateTimeField(_("expires at"))
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    bounced_at = models.DateTimeField(_("bounced at"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    is_explained = models.BooleanField(_("answered with a why"), default=False)
    contact_asked_at = models.DateTimeField(_("asked to be called at"), null=True, blank=True)
    contact_when = models.CharField(_("when to call"), max_length=120, blank=True, default="")
    contacted_at = models.DateTimeField(_("called at"), null=True, blank=True)
    counted_on = models.DateField(_("day sent or skipped"), null=True, blank=True, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        indexes = [
            models.Index(fields=["status", "due_at"], name="invitation_due"),
            models.Index(fields=["counted_on", "service", "segment"], name="invitation_day"),
            models.Index(fields=["partner", "counted_on"], name="invitation_partner_day"),
            models.Index(fields=["client", "counted_on"], name="invitation_client_day"),
            models.Index(fields=["-due_at", "-id"], name="invitation_latest"),
            models.Index(
                fields=["contact_asked_at"],
                condition=Q(contact_asked_at__isnull=False, contacted_at=None),
                name="invitation_asks_contact",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["intervention", "survey"], name="invitation_once_per_intervention"
            ),
            models.CheckConstraint(
                condition=(Q(status="skipped") & ~Q(skip_reason=""))
                | (~Q(status="skipped") & Q(skip_reason="")),
                name="invitation_skipped_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["sent"]) | Q(sent_at__isnull=False),
                name="invitation_sent_has_an_instant",
            ),
            models.CheckConstraint(
                condition=~Q(status="answered") | Q(answered_at__isnull=False),
                name="invitation_answered_has_an_instant",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.intervention_id} · {self.get_status_display()}"

    @property
    def token(self) -> str:
        return links.token_for("client", self.link_seed)

    @property
    def opt_out_token(self) -> str:
        return links.token_for("unsubscribe", self.link_seed)

    def is_expired(self, *, now: datetime) -> bool:
        return now >= self.expires_at


class LinkOpening(models.Model):
    """Append-only log of who opened a personal link; addresses are hashed and kept 30 days."""

    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="openings")
    at = models.DateTimeField(_("at"), db_index=True)
    method = models.CharField(_("method"), max_length=10)
    address_hash = models.CharField(max_length=64)
    suspicion = models.CharField(_("suspected automatic"), max_length=60, blank=True, default="")

    class Meta:
        verbose_name = _("link opening")
        verbose_name_plural = _("link openings")

    def __str__(self) -> str:
        return f"{self.method} · {self.at}"


class Suppression(models.Model):
    """An address we do not write to, for one survey or for all."""

    class Reason(models.TextChoices):
        OPT_OUT = "opt_out", _("Opted out")
        HARD_BOUNCE = "hard_bounce", _("Address does not exist")
        COMPLAINT = "complaint", _("Marked as spam")

    email = models.EmailField(_("e-mail"))
    survey = models.ForeignKey(
        Survey, models.CASCADE, null=True, blank=True, verbose_name=_("survey, empty for all")
    )
    reason = models.CharField(_("reason"), max_length=20, choices=Reason)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("suppression")
        verbose_name_plural = _("suppressions")
        constraints = [
            models.UniqueConstraint(fields=["email", "survey"], name="suppression_once_per_survey"),
            models.UniqueConstraint(
                fields=["email"], condition=Q(survey=None), name="suppression_once_for_all"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} · {self.get_reason_display()}"
