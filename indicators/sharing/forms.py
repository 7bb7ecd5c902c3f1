"""What is typed about a saved view, a link that shows it, and the mails that carry it."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from indicators.fact_rows import BEHIND
from indicators.models import SavedView, ViewSchedule, may_steer
from indicators.sharing.shared_links import LONGEST_DAYS, SHORTEST_DAYS, USUAL_DAYS
from triangle.models import User

LONGEST_QUERY = 40_000  # characters: every dimension with as many choices as a filter takes


class NameForm(forms.Form):
    name = forms.CharField(label=pgettext_lazy("of a view", "Name"), max_length=80)
    is_shared = forms.BooleanField(label=_("Shared with the team"), required=False)


class ViewForm(NameForm):
    """The page and its query come from the page itself, and are read again like an address."""

    page = forms.ChoiceField(choices=SavedView.Page.choices, widget=forms.HiddenInput)
    rows = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    query = forms.CharField(required=False, max_length=LONGEST_QUERY, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        is_of_rows = given.get("page") == SavedView.Page.ROWS
        rows = given.get("rows", "")
        if (is_of_rows and rows not in BEHIND) or (not is_of_rows and rows):
            raise forms.ValidationError(_("This page cannot be saved."))
        return given


class LinkForm(forms.Form):
    name = forms.CharField(label=pgettext_lazy("of a link", "Title the reader sees"), max_length=80)
    days = forms.IntegerField(
        label=_("Valid for, in days"),
        min_value=SHORTEST_DAYS,
        max_value=LONGEST_DAYS,
        initial=USUAL_DAYS,
    )
    shows_partners = forms.BooleanField(label=_("Show the names of partners"), required=False)
    query = forms.CharField(required=False, max_length=LONGEST_QUERY, widget=forms.HiddenInput)


class ScheduleForm(forms.Form):
    cadence = forms.ChoiceField(label=_("How often"), choices=ViewSchedule.Cadence.choices)
    weekday = forms.TypedChoiceField(
        label=_("Day of the week"), choices=list(WEEKDAYS.items()), coerce=int, initial=0
    )
    hour = forms.IntegerField(label=_("Hour"), min_value=0, max_value=23, initial=8)
    recipients = forms.ModelMultipleChoiceField(
        label=_("Recipients"), queryset=User.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(may_steer()).order_by("first_name", "last_name", "pk")
        cast(forms.ModelMultipleChoiceField, self.fields["recipients"]).queryset = people
