"""How the page of invitations is narrowed; an unknown value in the address counts as none."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from feedback.models import Invitation

DEFAULT_DAYS = 90
PERIODS = [("30", _("30 days")), ("90", _("90 days")), ("365", _("12 months"))]
ANY = ("", _("all"))


class InvitationFilter(forms.Form):
    days = forms.ChoiceField(label=_("last"), choices=PERIODS, required=False)
    status = forms.ChoiceField(
        label=_("status"), choices=[ANY, *Invitation.Status.choices], required=False
    )
    reason = forms.ChoiceField(
        label=_("reason of the skip"), choices=[ANY, *Invitation.Skip.choices], required=False
    )
    client = forms.CharField(label=_("client"), max_length=100, required=False)

    @classmethod
    def read(cls, query: Any) -> InvitationFilter:
        """Bound to the address, with the default period filled in."""
        form = cls({"days": str(DEFAULT_DAYS), **{name: query[name] for name in query}})
        form.is_valid()
        return form

    @property
    def period_days(self) -> int:
        return int(self.cleaned_data.get("days") or DEFAULT_DAYS)

    @property
    def is_on(self) -> bool:
        return any(self.cleaned_data.get(name) for name in ("status", "reason", "client"))
