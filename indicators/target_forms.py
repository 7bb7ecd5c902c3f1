"""What a quality lead types about a target."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from indicators.models import Target
from triangle.models import Discipline, Setting


class PlainDecimalField(forms.DecimalField):
    """Python takes the digits of every script for a number; a person who reads them would not."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and not value.strip().isascii():
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class ValueForm(forms.Form):
    """A number as it is written in the reader's language."""

    value = PlainDecimalField(label=_("target"), max_digits=6, decimal_places=2, localize=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"].widget = forms.TextInput(
            attrs={"inputmode": "decimal", "autocomplete": "off", "class": "control"}
        )


class TargetForm(ValueForm):
    indicator = forms.ChoiceField(label=_("indicator"), choices=Target.Indicator.choices)
    discipline = forms.ModelChoiceField(
        Discipline.objects.all(), label=_("discipline"), required=False, empty_label=_("all")
    )
    setting = forms.ModelChoiceField(
        Setting.objects.all(), label=_("setting"), required=False, empty_label=_("all")
    )

    field_order = ("indicator", "discipline", "setting", "value")
