"""What people type about themes and their words."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from feedback.models import Theme
from triangle.models import Discipline

LONGEST_WHY = 5000
LONGEST_LIST = 2000


class ThemeForm(forms.Form):
    name_fr = forms.CharField(label=_("name in French"), max_length=120)
    name_en = forms.CharField(label=_("name in English"), max_length=120)

    @classmethod
    def of(cls, theme: Theme) -> ThemeForm:
        return cls(initial={"name_fr": theme.name_fr, "name_en": theme.name_en})


class TryForm(forms.Form):
    """A why, and where it would come from."""

    LANGUAGES = [("", pgettext_lazy("language", "guess it")), *settings.LANGUAGES]

    why = forms.CharField(
        label=_("A why"),
        max_length=LONGEST_WHY,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write or paste a why.")},
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=LANGUAGES,
        required=False,
    )
    discipline = forms.ModelChoiceField(
        Discipline.objects.all(), label=_("Discipline"), required=False, empty_label="–"
    )


class TermsForm(forms.Form):
    listed = forms.CharField(
        label=_("Words or short phrases"),
        max_length=LONGEST_LIST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Commas between them. Accents, plurals and most endings do not matter."),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=settings.LANGUAGES,
        initial=lambda: (get_language() or "en")[:2],
    )
    discipline = forms.ModelChoiceField(
        Discipline.objects.all(),
        label=_("Discipline"),
        required=False,
        empty_label=pgettext_lazy("discipline", "every discipline"),
    )
