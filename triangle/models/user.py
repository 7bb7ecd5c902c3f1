"""People with an account, each with one role."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


class Role(models.TextChoices):
    ADMIN = "admin", _("Administrator")
    QUALITY_LEAD = "quality_lead", _("Quality lead")
    MANAGER = "manager", _("Customer Success manager")
    RECRUITER = "recruiter", _("Recruiter")
    PARTNER = "partner", _("Partner")


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        staff = {"is_staff": True, "is_superuser": True, "role": Role.ADMIN}
        return self.create_user(email, password, **staff, **fields)


class User(AbstractUser):
    username = None  # type: ignore[assignment]  # people sign in with their address
    email = models.EmailField(_("e-mail"), unique=True)
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.MANAGER)
    language = models.CharField(
        _("language"),
        max_length=2,
        choices=[("en", _("English")), ("fr", _("French"))],
        default="fr",
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]
    history = HistoricalRecords(excluded_fields=["password", "last_login"])

    class Meta:
        verbose_name = _("user")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique"),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="user_role_known"
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in str(self).split()[:2]).upper()

    @property
    def sees_everything(self) -> bool:
        return self.is_superuser or self.role in {Role.ADMIN, Role.QUALITY_LEAD}

    @property
    def is_back_office(self) -> bool:
        return self.role != Role.PARTNER
