"""When somebody wants to hear of alerts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from indicators.models import AlertPreference, Sureness


def hours() -> list[tuple[int, str]]:
    pattern = "{} h" if (get_language() or "").startswith("fr") else "{:02}:00"
    return [(hour, pattern.format(hour)) for hour in range(24)]


class AlertPreferenceForm(forms.ModelForm):
    quiet_from = forms.TypedChoiceField(
        label=_("quiet from"), coerce=int, choices=hours, initial=20
    )
    quiet_until = forms.TypedChoiceField(
        label=_("quiet until"),
        coerce=int,
        choices=hours,
        initial=8,
        help_text=_("The mail leaves at 8, or when the quiet hours end if that is later."),
    )

    class Meta:
        model = AlertPreference
        fields = ["wants_digest", "quiet_from", "quiet_until"]

    @property
    def wish(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class SurenessForm(forms.Form):
    sureness = forms.TypedChoiceField(
        label=_("When is an alert raised?"),
        coerce=Sureness,
        choices=[
            (Sureness.MONTHS, _("Sooner: by chance alone at most once in twenty months")),
            (Sureness.YEARS, _("Surer: by chance alone at most once in twenty years")),
        ],
        widget=forms.RadioSelect,
    )
