"""What an API token may do, beside the row in which Knox keeps its digest."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from knox.models import AuthToken

from triangle.models.user import Role, User


class Scope(models.TextChoices):
    READ = "read", _("Read services, clients, partners and interventions")
    WRITE = "write", _("Write services, clients, partners and interventions")
    RATINGS = "ratings:read", _("Read ratings")
    INDICATORS = "indicators:read", _("Read indicators")


SCOPES_OF_ROLE: dict[str, tuple[Scope, ...]] = {
    Role.ADMIN: tuple(Scope),
    Role.QUALITY_LEAD: tuple(Scope),
    Role.MANAGER: tuple(Scope),
    Role.RECRUITER: (Scope.READ,),
}


def scopes_open_to(user: User) -> tuple[Scope, ...]:
    return tuple(Scope) if user.is_superuser else SCOPES_OF_ROLE.get(user.role, ())


class TokenScopeQuerySet(models.QuerySet["TokenScope"]):
    def of(self, user: User) -> TokenScopeQuerySet:
        return self.filter(token__user=user).select_related("token").order_by("-token__created")


class TokenScope(models.Model):
    token = models.OneToOneField(
        AuthToken, models.CASCADE, related_name="scope", verbose_name=_("token")
    )
    name = models.CharField(pgettext_lazy("of a token", "name"), max_length=80)
    scopes = models.JSONField(_("scopes"), default=list)
    last_used_on = models.DateField(_("last used on"), null=True, blank=True)

    objects = TokenScopeQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="tokenscope_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def allows(self, scope: str) -> bool:
        """A token never outlives what its user's role may do."""
        return scope in self.scopes and scope in scopes_open_to(self.token.user)

    def scope_labels(self) -> list[str]:
        return [str(scope.label) for scope in Scope if scope in self.scopes]
