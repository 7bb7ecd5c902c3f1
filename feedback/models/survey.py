"""What we ask and whom: surveys with their versions, rules, criteria and one-tap reasons."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from triangle.models import Discipline, Segment, Setting
from triangle.models.catalogue import Label

SLOTS = 16  # how many criteria a company can have over all its disciplines


class About(models.TextChoices):
    """What happened, or is due, that we ask about; it says where the answer is counted."""

    INTERVENTION = "intervention", _("Intervention completed")
    CANCELLATION = "cancellation", _("Intervention cancelled")
    ONBOARDING = "onboarding", _("Client onboarded")
    RELATION = "relation", _("Relation with the client, now and then")
    DEBRIEF = "debrief", _("Debrief of a partner")
    PULSE = "pulse", _("Pulse of the partners, now and then")


OF_INTERVENTION = (About.INTERVENTION, About.CANCELLATION, About.DEBRIEF)
OF_CLIENT = (About.INTERVENTION, About.CANCELLATION, About.ONBOARDING, About.RELATION)
OF_PARTNER = (About.DEBRIEF, About.PULSE)
PERIODIC = (About.RELATION, About.PULSE)


class Survey(Label):
    about = models.CharField(_("asked about"), max_length=20, choices=About)
    expires_days = models.PositiveSmallIntegerField(_("link valid, days"), default=14)
    is_active = models.BooleanField(_("active"), default=True)
    history = HistoricalRecords()

    class Meta(Label.Meta):
        verbose_name = _("survey")

    @property
    def is_periodic(self) -> bool:
        return self.about in PERIODIC

    @property
    def asks_partner(self) -> bool:
        return self.about in OF_PARTNER


class SurveyVersion(models.Model):
    """What a survey said and asked from one day on; never changed, so each mail can be seen again.

    `content` is what `feedback.surveys.wording.Content` reads and writes.
    """

    survey = models.ForeignKey(
        Survey, models.PROTECT, related_name="versions", verbose_name=_("survey")
    )
    number = models.PositiveIntegerField(_("version"))
    content = models.JSONField(_("texts and questions"))
    created_at = models.DateTimeField(_("saved at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )

    class Meta:
        verbose_name = _("survey version")
        verbose_name_plural = _("survey versions")
        ordering = ["survey", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "number"], name="survey_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.survey_id} · {self.number}"


class RuleQuerySet(models.QuerySet["Rule"]):
    def active(self, *abouts: About) -> RuleQuerySet:
        """The most important first: the first that fits an event asks about it."""
        return (
            self.filter(is_active=True, survey__is_active=True, survey__about__in=abouts)
            .select_related("survey")
            .prefetch_related("disciplines", "settings", "segments")
            .order_by("priority", "pk")
        )


class Rule(models.Model):
    """Who is asked which survey, and when; an empty audience is everybody."""

    survey = models.ForeignKey(
        Survey, models.CASCADE, related_name="rules", verbose_name=_("survey")
    )
    delay_hours = models.PositiveSmallIntegerField(
        _("delay, hours"), default=2, validators=[MaxValueValidator(24 * 30)]
    )
    every_days = models.PositiveSmallIntegerField(
        _("every, days"),
        null=True,
        blank=True,
        validators=[MinValueValidator(7), MaxValueValidator(730)],
    )
    first_reminder_days = models.PositiveSmallIntegerField(
        _("first reminder after, days"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(30)],
    )
    second_reminder_days = models.PositiveSmallIntegerField(
        _("second reminder after, days"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    priority = models.PositiveSmallIntegerField(
        _("priority, 1 goes first"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(9)],
    )
    disciplines = models.ManyToManyField(
        Discipline, blank=True, related_name="+", verbose_name=_("disciplines")
    )
    settings = models.ManyToManyField(
        Setting, blank=True, related_name="+", verbose_name=_("settings")
    )
    segments = models.ManyToManyField(
        Segment, blank=True, related_name="+", verbose_name=_("segments")
    )
    is_active = models.BooleanField(_("active"), default=True)
    history = HistoricalRecords(m2m_fields=[disciplines, settings, segments])

    objects = RuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule")
        ordering = ["survey", "priority", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(priority__range=(1, 9)), name="rule_priority_1_to_9"
            ),
            models.CheckConstraint(
                condition=Q(second_reminder_days=None)
                | Q(second_reminder_days__gt=models.F("first_reminder_days")),
                name="rule_second_reminder_after_the_first",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.survey} · {self.priority}"

    @property
    def reminder_days(self) -> tuple[int, ...]:
        """Days after the first mail, one for each reminder."""
        return tuple(days for days in (self.first_reminder_days, self.second_reminder_days) if days)


class ContactPolicy(models.Model):
    """How often, and when, one person may be written to; one row for clients, one for partners."""

    class Role(models.TextChoices):
        CLIENT = "client", _("Clients")
        PARTNER = "partner", _("Partners")

    role = models.CharField(_("role"), max_length=10, choices=Role, unique=True)
    cap = models.PositiveSmallIntegerField(
        _("at most, surveys"), default=1, validators=[MinValueValidator(1)]
    )
    days = models.PositiveSmallIntegerField(
        _("within, days"), default=14, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    opens_hour = models.PositiveSmallIntegerField(_("from, hour"), default=9)
    closes_hour = models.PositiveSmallIntegerField(_("until, hour"), default=19)
    weekdays = models.CharField(_("days of the week"), max_length=7, default="12345")
    on_holidays = models.BooleanField(_("on public holidays too"), default=False)
    domain_per_hour = models.PositiveIntegerField(
        _("mails an hour to one domain"), default=500, validators=[MinValueValidator(1)]
    )
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("contact policy")
        verbose_name_plural = _("contact policies")
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_hour__lt=models.F("closes_hour"), closes_hour__lte=24),
                name="contact_policy_opens_before_it_closes",
            ),
            models.CheckConstraint(
                condition=~Q(weekdays="") & Q(weekdays__regex=r"^[1-7]+$"),
                name="contact_policy_has_a_day",
            ),
            models.CheckConstraint(
                condition=Q(cap__gte=1, days__gte=1, domain_per_hour__gte=1),
                name="contact_policy_lets_somebody_through",
            ),
        ]

    def __str__(self) -> str:
        return self.get_role_display()


class RatingCriterion(Label):
    """One row of the grid; its slot says which columns of a rating hold its answers."""

    slot = models.PositiveSmallIntegerField(
        _("slot"), unique=True, validators=[MinValueValidator(1), MaxValueValidator(SLOTS)]
    )
    disciplines = models.ManyToManyField(
        Discipline,
        blank=True,
        related_name="rating_criteria",
        verbose_name=_("disciplines"),
        help_text=_("asked about these; about all when none is chosen"),
    )
    is_asked = models.BooleanField(_("asked"), default=True)
    history = HistoricalRecords()

    class Meta(Label.Meta):
        verbose_name = _("rating criterion")
        verbose_name_plural = _("rating criteria")
        ordering = ["slot"]
        constraints = [
            models.CheckConstraint(
                condition=Q(slot__range=(1, SLOTS)), name="rating_criterion_slot_in_range"
            ),
        ]


class ReasonChip(Label):
    """A one-tap reason; the touchpoint says on which interventions it can be offered."""

    class Touchpoint(models.TextChoices):
        INTRODUCTION = "introduction", _("Introduction")
        PREPARATION = "preparation", _("Preparation")
        PUNCTUALITY = "punctuality", _("Punctuality")
        ACT = "act", _("The intervention itself")
        FOLLOW_UP = "follow_up", _("Follow-up")
        OTHER = "other", _("Other")

    touchpoint = models.CharField(
        _("touchpoint"), max_length=20, choices=Touchpoint, default=Touchpoint.OTHER
    )
    is_offered = models.BooleanField(_("offered"), default=True)

    class Meta(Label.Meta):
        verbose_name = _("reason chip")
