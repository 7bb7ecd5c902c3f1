"""Who buys, and the person there whom we write to."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from triangle.models import NOT_KNOWN, Region, Segment, Setting, User, new_external_id


class ClientQuerySet(models.QuerySet["Client"]):
    def visible_to(self, user: User) -> ClientQuerySet:
        """A manager sees the own portfolio and what nobody owns yet."""
        if user.sees_everything:
            return self
        if user.role == "manager":
            return self.filter(models.Q(manager=user) | models.Q(manager=None))
        return self.none()

    def matching(self, words: str) -> ClientQuerySet:
        """By name, external id, or the name or address of a contact."""
        words = words.strip()
        if not words:
            return self
        contacts = Contact.objects.filter(
            models.Q(name__icontains=words) | models.Q(email__icontains=words)
        )
        return self.filter(
            models.Q(name__icontains=words)
            | models.Q(external_id=words)
            | models.Q(pk__in=contacts.values("client"))
        )

    def for_list(self) -> ClientQuerySet:
        main = models.Prefetch(
            "contacts", Contact.objects.filter(is_main=True), to_attr="main_contacts"
        )
        return (
            self.select_related("manager", "segment", "setting", "region")
            .prefetch_related(main)
            .order_by("name", "id")
        )


class Client(models.Model):
    class Kind(models.TextChoices):
        COMPANY = "company", _("Company")
        INDIVIDUAL = "individual", _("Individual")

    external_id = models.CharField(
        _("external id"), max_length=100, unique=True, default=new_external_id
    )
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.COMPANY)
    setting = models.ForeignKey(
        Setting, models.PROTECT, default=NOT_KNOWN, verbose_name=_("setting")
    )
    segment = models.ForeignKey(
        Segment, models.PROTECT, default=NOT_KNOWN, verbose_name=_("segment")
    )
    region = models.ForeignKey(Region, models.PROTECT, default=NOT_KNOWN, verbose_name=_("region"))
    language = models.CharField(_("language"), max_length=8, default="fr")
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="portfolio",
        verbose_name=_("manager"),
    )
    salesperson = models.CharField(_("salesperson"), max_length=120, blank=True)
    requirements = models.TextField(_("requirements sheet"), blank=True)
    onboarded_at = models.DateTimeField(_("onboarded at"), null=True, blank=True)
    history = HistoricalRecords()

    objects = ClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("client")
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["company", "individual"]), name="client_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Contact(models.Model):
    client = models.ForeignKey(
        Client, models.CASCADE, related_name="contacts", verbose_name=_("client")
    )
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=8, default="fr")
    time_zone = models.CharField(_("time zone"), max_length=40, default="Europe/Paris")
    is_main = models.BooleanField(_("main contact"), default=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("contact")
        ordering = ["-is_main", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["client"],
                condition=models.Q(is_main=True),
                name="contact_one_main_per_client",
            ),
        ]

    def __str__(self) -> str:
        return self.name
