"""How the page of invitations is narrowed; an unknown value in the address counts as none."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from feedback.models import Invitation, Survey

DEFAULT_DAYS = 90
PERIODS = [("30", _("last 30 days")), ("90", _("last 90 days")), ("365", _("last 12 months"))]
ANY = ("", pgettext_lazy("filter", "all"))


class InvitationFilter(forms.Form):
    days = forms.ChoiceField(label=_("Period"), choices=PERIODS, required=False)
    status = forms.ChoiceField(
        label=_("Status"), choices=[ANY, *Invitation.Status.choices], required=False
    )
    reason = forms.ChoiceField(
        label=_("Why skipped"), choices=[ANY, *Invitation.Skip.choices], required=False
    )
    survey = forms.ModelChoiceField(
        Survey.objects.all(), label=_("Survey"), required=False, empty_label=ANY[1]
    )
    client = forms.CharField(label=_("Client"), max_length=100, required=False)

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
        return any(self.cleaned_data.get(name) for name in ("status", "reason", "survey", "client"))


class AheadFilter(forms.Form):
    survey = forms.ModelChoiceField(
        Survey.objects.all(), label=_("Survey"), required=False, empty_label=ANY[1]
    )

    @property
    def chosen(self) -> Survey | None:
        self.is_valid()
        return self.cleaned_data.get("survey")
