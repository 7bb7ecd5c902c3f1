"""One request for an answer, with its personal link."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client, Contact
from feedback.models.survey import OF_INTERVENTION, OF_PARTNER, About, Rule, Survey, SurveyVersion
from partners.models import Intervention, Scoped
from triangle import links
from triangle.models import Service, User


def purpose(about: str) -> links.Purpose:
    """Of the token in the link."""
    return "partner" if about in OF_PARTNER else "client"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, user: User) -> InvitationQuerySet:
        """Never a partner: the client's link is not theirs. Pulses are nobody's to follow."""
        if user.sees_everything:
            return self
        if user.role == "manager":
            mine = Q(client__manager=user) | Q(client__manager=None)
            return self.filter(mine, client__isnull=False)
        return self.none()

    def about(self, *abouts: About) -> InvitationQuerySet:
        return self.filter(about__in=abouts)

    def with_token(self, token: str) -> InvitationQuerySet:
        return self.filter(token_hash=links.token_hash(token))

    def with_opt_out_token(self, token: str) -> InvitationQuerySet:
        return self.filter(opt_out_hash=links.token_hash(token))

    def for_answer(self) -> InvitationQuerySet:
        return self.select_related(
            "contact",
            "client",
            "partner",
            "survey",
            "version",
            "service__discipline",
            "intervention",
        )

    def for_mail(self) -> InvitationQuerySet:
        return self.select_related(
            "contact",
            "client__manager",
            "partner",
            "survey",
            "version",
            "service",
            "intervention__debrief_request",
        )

    def asking_contact(self) -> InvitationQuerySet:
        """Who came too late to answer and waits for a call."""
        return self.filter(contact_asked_at__isnull=False, contacted_at=None)

    def for_list(self) -> InvitationQuerySet:
        return self.select_related("contact", "client", "partner", "service").order_by(
            "-due_at", "-id"
        )


class Invitation(Scoped):
    """The first of its channel to a person about a matter; a matter is asked about once."""

    class Channel(models.TextChoices):
        MAIL = "mail", _("mail")
        ON_SITE = "on_site", _("shown on site")

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
        FATIGUE = "fatigue", _("asked too recently")
        GAVE_WAY = "gave_way", _("gives way to another survey")
        BY_HAND = "by_hand", _("left out by hand")

    class HandReason(models.TextChoices):
        """Why somebody chose not to ask; counted, so that a choice cannot embellish a score."""

        SPOKEN = "spoken", _("we spoke with the client already")
        DISPUTE = "dispute", _("a dispute is open")
        DELICATE = "delicate", _("delicate moment for the client")
        MISTAKE = "mistake", _("the intervention did not take place as noted")

    about = models.CharField(
        _("asked about"),
        max_length=20,
        choices=About,
        default=About.INTERVENTION,
        db_default=About.INTERVENTION,
    )
    channel = models.CharField(
        _("channel"),
        max_length=10,
        choices=Channel,
        default=Channel.MAIL,
        db_default=Channel.MAIL,
    )
    intervention = models.ForeignKey(
        Intervention,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="invitations",
        verbose_name=_("intervention"),
    )
    service = models.ForeignKey(
        Service, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("service")
    )
    client = models.ForeignKey(
        Client,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="invitations",
        verbose_name=_("client"),
    )
    occasion = models.CharField(
        _("occasion"), max_length=20, blank=True, default="", db_default=""
    )  # of what is asked now and then: the day it fell due
    rule = models.ForeignKey(
        Rule, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("rule")
    )
    version = models.ForeignKey(
        SurveyVersion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("version"),
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
    next_eligible_on = models.DateField(_("may be asked again on"), null=True, blank=True)
    hand_reason = models.CharField(
        _("why it was left out"),
        max_length=20,
        choices=HandReason,
        blank=True,
        default="",
        db_default="",
    )
    skipped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("left out by"),
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
            models.Index(fields=["contact", "due_at"], name="invitation_contact_due"),
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
                fields=["intervention", "about", "channel"],
                name="invitation_once_per_intervention",
            ),
            models.UniqueConstraint(
                fields=["client", "about", "occasion"],
                condition=Q(intervention=None),
                name="invitation_once_per_client_and_occasion",
            ),
            models.UniqueConstraint(
                fields=["partner", "about", "occasion"],
                condition=Q(intervention=None, client=None),
                name="invitation_once_per_partner_and_occasion",
            ),
            models.CheckConstraint(
                condition=(
                    Q(about__in=OF_INTERVENTION)
                    & Q(intervention__isnull=False, client__isnull=False, service__isnull=False)
                )
                | (
                    Q(about__in=[About.ONBOARDING, About.RELATION], intervention=None)
                    & Q(client__isnull=False)
                )
                | Q(about=About.PULSE, intervention=None, client=None, partner__isnull=False),
                name="invitation_has_what_it_is_about",
            ),
            models.CheckConstraint(
                condition=Q(channel="mail") | Q(about=About.INTERVENTION),
                name="invitation_on_site_is_about_an_intervention",
            ),
            models.CheckConstraint(
                condition=(Q(skip_reason="by_hand") & ~Q(hand_reason=""))
                | (~Q(skip_reason="by_hand") & Q(hand_reason="")),
                name="invitation_left_out_by_hand_has_a_reason",
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
        matter = self.intervention_id or self.occasion
        return f"{self.get_about_display()} · {matter} · {self.get_status_display()}"

    @property
    def token(self) -> str:
        """What opens a client's page opens no partner's page, and the other way round."""
        return links.token_for(purpose(self.about), self.link_seed)

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
