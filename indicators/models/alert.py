"""A figure that moved more than chance explains, whom it was told, and when they want to know."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from triangle.models import Discipline, User

HOUR = [MaxValueValidator(23)]


class Sureness(models.TextChoices):
    """How often chance alone may raise an alert of one scope that is looked at every night."""

    MONTHS = "months", _("at most once in twenty months")
    YEARS = "years", _("at most once in twenty years")


class AlertQuerySet(models.QuerySet["Alert"]):
    def visible_to(self, user: User) -> AlertQuerySet:
        """All of them, or that of one's own portfolio."""
        if user.sees_everything:
            return self
        if user.role == "manager":
            return self.filter(manager=user)
        return self.none()

    def open(self) -> AlertQuerySet:
        return self.filter(state="open")

    def for_list(self) -> AlertQuerySet:
        return self.select_related("discipline", "manager").order_by("-raised_at", "-pk")


class Alert(models.Model):
    """Raised once per shift: `key` names the indicator, the scope and the last day seen.

    `before` and `after` are points of a score, or shares of the interventions.
    """

    class Indicator(models.TextChoices):
        NPS = "nps", _("NPS")
        CANCELLATIONS = "cancellations", _("Cancelled by us")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("alert", "open")
        SEEN = "seen", pgettext_lazy("alert", "seen")
        CLOSED = "closed", pgettext_lazy("alert", "closed")

    key = models.CharField(_("key"), max_length=80, unique=True)
    indicator = models.CharField(_("indicator"), max_length=20, choices=Indicator)
    discipline = models.ForeignKey(
        Discipline, models.PROTECT, null=True, blank=True, verbose_name=_("discipline")
    )
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("manager"),
    )
    raised_at = models.DateTimeField(_("raised at"))
    first = models.DateField(_("from"))
    last = models.DateField(_("to"))
    before = models.FloatField(pgettext_lazy("value", "before"))
    before_n = models.PositiveIntegerField(_("answers before"))
    after = models.FloatField(pgettext_lazy("value", "after"))
    after_n = models.PositiveIntegerField(_("answers after"))
    p = models.FloatField("p")
    # Of those that were raised before there was a choice.
    sureness = models.CharField(
        _("by chance alone"), max_length=10, choices=Sureness, db_default=Sureness.YEARS
    )
    limit_z = models.FloatField(_("limit of z"), db_default=3.55)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    seen_at = models.DateTimeField(_("seen at"), null=True, blank=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("seen by"),
    )

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        indexes = [models.Index(fields=["state", "-raised_at"], name="alert_open")]
        constraints = [
            models.CheckConstraint(
                condition=Q(discipline=None) | Q(manager=None), name="alert_has_one_scope"
            ),
            models.CheckConstraint(
                condition=Q(last__gte=models.F("first")), name="alert_ends_after_its_start"
            ),
            models.CheckConstraint(
                condition=~Q(state="seen") | Q(seen_at__isnull=False),
                name="alert_seen_has_an_instant",
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def is_fall(self) -> bool:
        return self.after < self.before

    @property
    def is_score(self) -> bool:
        return self.indicator == self.Indicator.NPS

    @property
    def is_worse(self) -> bool:
        return self.is_fall == self.is_score

    @property
    def scope_name(self) -> str:
        if self.discipline:
            return str(self.discipline)
        if self.manager:
            return _("Clients of %(name)s") % {"name": self.manager}
        return str(_("All clients"))

    @property
    def address(self) -> str:
        """The dashboard of the days and the scope that moved."""
        query = {"from": self.first.isoformat(), "to": self.last.isoformat()}
        if self.discipline_id:
            query["discipline"] = str(self.discipline_id)
        if self.manager_id:
            query["manager"] = str(self.manager_id)
        return f"{reverse('dashboard')}?{urlencode(query)}"


class AlertPolicyManager(models.Manager["AlertPolicy"]):
    def current(self) -> AlertPolicy:
        """The usual one where none is stored."""
        return self.select_related("by").first() or AlertPolicy()


class AlertPolicy(models.Model):
    """One row: how sure the company wants to be before anybody is told."""

    sureness = models.CharField(
        _("sureness"), max_length=10, choices=Sureness, default=Sureness.MONTHS
    )
    saved_at = models.DateTimeField(_("saved at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )

    objects = AlertPolicyManager()

    class Meta:
        verbose_name = _("alert policy")
        verbose_name_plural = _("alert policies")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="alertpolicy_single_row"),
        ]

    def __str__(self) -> str:
        return str(self.get_sureness_display())


class AlertPreference(models.Model):
    """Who wants the daily mail, and the hours in which nothing may come; none when both agree."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="alert_preference",
        verbose_name=_("user"),
    )
    wants_digest = models.BooleanField(_("one mail a day with new alerts"), default=False)
    quiet_from = models.PositiveSmallIntegerField(
        _("quiet from, hour"), default=20, validators=HOUR
    )
    quiet_until = models.PositiveSmallIntegerField(
        _("quiet until, hour"), default=8, validators=HOUR
    )

    class Meta:
        verbose_name = _("wish for alerts")
        verbose_name_plural = _("wishes for alerts")
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from__range=(0, 23), quiet_until__range=(0, 23)),
                name="alertpreference_hours_of_a_day",
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)


class AlertDigest(models.Model):
    """One mail of one day: the row is written before the mail leaves, and never sent again."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("user")
    )
    day = models.DateField(_("day"))
    claimed_at = models.DateTimeField(_("claimed at"))
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    alerts = models.PositiveSmallIntegerField(_("alerts"), default=0)
    error = models.CharField(_("error"), max_length=500, blank=True, default="")

    class Meta:
        verbose_name = _("alert mail")
        verbose_name_plural = _("alert mails")
        constraints = [
            models.UniqueConstraint(fields=["user", "day"], name="alertdigest_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.day}"
