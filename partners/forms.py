"""What managers and partners type about partners, interventions and debriefs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple, cast
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.models import Client, Contact
from partners import debriefs, interventions
from partners.debriefs import Conditions
from partners.models import (
    CONDITIONS,
    CancelledBy,
    Debrief,
    Intervention,
    Partner,
    Status,
)
from partners.models.intervention import InterventionQuerySet
from partners.models.partner import PartnerQuerySet
from partners.partners import PartnerFields
from triangle import whys
from triangle.models import Discipline, Region, Service, Setting, User

NOT_APPLICABLE = "na"
MOST_CHOICES = 500  # partners or contacts in one list


def _instant(**kwargs: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        **kwargs,
    )


class PartnerFilter(forms.Form):
    """What the address of the list asks for; anything unknown in it is as if not asked."""

    q = forms.CharField(label=pgettext_lazy("filter", "Name"), max_length=100, required=False)
    disciplines = forms.ModelChoiceField(
        Discipline.objects.all(), label=_("discipline"), required=False, empty_label=_("all")
    )
    settings = forms.ModelChoiceField(
        Setting.objects.all(), label=_("setting"), required=False, empty_label=_("all")
    )
    region = forms.ModelChoiceField(
        Region.objects.all(), label=_("region"), required=False, empty_label=_("all")
    )
    status = forms.ChoiceField(
        label=_("status"), choices=[("", _("all")), *Partner.Status.choices], required=False
    )

    def narrow(self, partners: PartnerQuerySet) -> PartnerQuerySet:
        self.is_valid()
        wanted = {name: value for name, value in self.cleaned_data.items() if value}
        return partners.matching(wanted.pop("q", "")).filter(**wanted)

    @property
    def is_on(self) -> bool:
        return any(self.cleaned_data.values())


class PartnerForm(forms.ModelForm):
    language = forms.ChoiceField(label=_("language"), choices=settings.LANGUAGES)

    class Meta:
        model = Partner
        fields = [
            "name",
            "kind",
            "disciplines",
            "settings",
            "region",
            "email",
            "phone",
            "language",
            "status",
            "joined_on",
        ]
        widgets = {
            "disciplines": forms.CheckboxSelectMultiple,
            "settings": forms.CheckboxSelectMultiple,
            "joined_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    @property
    def partner_fields(self) -> PartnerFields:
        plain = set(self.Meta.fields) - {"disciplines", "settings"}
        return {name: self.cleaned_data[name] for name in plain}  # type: ignore[return-value]


class InterventionFilter(forms.Form):
    """The part of the list's address that is not the scope or the period."""

    WITHOUT_PARTNER, LATE, NOT_INTRODUCED, DISPUTED = (
        "no_partner",
        "late",
        "to_introduce",
        "disputed",
    )

    q = forms.CharField(label=pgettext_lazy("filter", "Search"), max_length=100, required=False)
    status = forms.MultipleChoiceField(
        label=_("status"),
        choices=Status.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    cancelled_by = forms.ChoiceField(
        label=_("cancelled by"), choices=[("", _("all")), *CancelledBy.choices], required=False
    )
    only = forms.ChoiceField(
        label=pgettext_lazy("filter", "Only"),
        choices=[
            ("", _("all")),
            (WITHOUT_PARTNER, _("without partner")),
            (LATE, _("completed late")),
            (NOT_INTRODUCED, _("confirmed, not introduced")),
            (DISPUTED, _("disputed cancellations")),
        ],
        required=False,
    )

    def narrow(self, rows: InterventionQuerySet) -> InterventionQuerySet:
        self.is_valid()
        typed = self.cleaned_data
        rows = rows.matching(typed.get("q", ""))
        if typed.get("status"):
            rows = rows.filter(status__in=typed["status"])
        if typed.get("cancelled_by"):
            rows = rows.filter(cancelled_by=typed["cancelled_by"], is_disputed=False)
        return self._only(rows, typed.get("only", ""))

    def labels(self) -> list[str]:
        """What is chosen, in words."""
        words = [self.cleaned_data.get("q", "")]
        for name in ("status", "cancelled_by", "only"):
            field = cast(forms.ChoiceField, self.fields[name])
            choices = cast(Iterable[tuple[str, Any]], field.choices)
            names = {value: str(label) for value, label in choices if value}
            chosen = self.cleaned_data.get(name) or []
            words += [names[value] for value in ([chosen] if isinstance(chosen, str) else chosen)]
        return [word for word in words if word]

    def as_query(self) -> str:
        chosen = {name: value for name, value in self.cleaned_data.items() if value}
        return urlencode(chosen, doseq=True)

    def _only(self, rows: InterventionQuerySet, which: str) -> InterventionQuerySet:
        if which == self.WITHOUT_PARTNER:
            return rows.without_partner()
        if which == self.LATE:
            return rows.late()
        if which == self.NOT_INTRODUCED:
            return rows.filter(status=Status.CONFIRMED, introduced_at=None)
        if which == self.DISPUTED:
            return rows.filter(is_disputed=True)
        return rows

    @property
    def is_on(self) -> bool:
        return any(self.cleaned_data.values())


class RequestForm(forms.Form):
    """A new intervention at one client."""

    service = forms.ModelChoiceField(Service.objects.filter(is_published=True), label=_("service"))
    contact = forms.ModelChoiceField(Contact.objects.none(), label=_("contact"), required=False)
    setting = forms.ModelChoiceField(Setting.objects.all(), label=_("setting"))
    scheduled_at = _instant(label=_("scheduled start"), required=False)
    scheduled_end_at = _instant(label=_("scheduled end"), required=False)
    place = forms.CharField(label=_("place"), max_length=200, required=False)
    brief = forms.CharField(
        label=_("brief"), max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, client: Client, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.client = client
        contacts = client.contacts.all()
        self.fields["contact"].queryset = contacts  # type: ignore[attr-defined]
        main = next((contact for contact in contacts if contact.is_main), None)
        self.initial.update({"setting": client.setting_id, "contact": main})

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        start, end = typed.get("scheduled_at"), typed.get("scheduled_end_at")
        if end and (start is None or end <= start):
            self.add_error("scheduled_end_at", _("The end must come after the start."))
        return typed

    def take(self, *, now: datetime, by: User) -> Intervention:
        return interventions.request(client=self.client, now=now, by=by, **self.cleaned_data)


class ActForm(forms.Form):
    """A step of an intervention: what has to be typed for it, and the verb it calls."""

    verb: Callable[..., Intervention]
    opener: Any = ""  # what opens the form, when it is not the words of its button
    button: Any = ""
    done: Any = ""
    is_destructive = False

    def __init__(self, data: Any = None, *, intervention: Intervention) -> None:
        super().__init__(data, auto_id=f"id_{type(self).__name__}_%s")
        self.intervention = intervention

    def take(self, *, now: datetime, by: User | None) -> Intervention:
        """May raise `interventions.NotAllowed`."""
        return type(self).verb(self.intervention, now=now, by=by, **self.cleaned_data)


class ProposeForm(ActForm):
    verb = staticmethod(interventions.propose)
    button, done = _("Proposed to the client"), _("Noted as proposed.")


class AssignForm(ActForm):
    button, done = _("Assign"), _("The partner is assigned.")
    partner = forms.ModelChoiceField(Partner.objects.none(), label=_("partner"))

    def __init__(self, data: Any = None, *, intervention: Intervention) -> None:
        super().__init__(data, intervention=intervention)
        network = Partner.objects.assignable().filter(disciplines__services=intervention.service_id)
        self.fields["partner"].queryset = network.order_by("name")  # type: ignore[attr-defined]
        self.initial["partner"] = intervention.partner_id

    def take(self, *, now: datetime, by: User | None) -> Intervention:
        return interventions.assign(self.intervention, self.cleaned_data["partner"], now=now, by=by)


class RescheduleForm(ActForm):
    verb = staticmethod(interventions.reschedule)
    button, done = _("Change the date"), _("The date is changed.")
    scheduled_at = _instant(label=_("scheduled start"))
    scheduled_end_at = _instant(label=_("scheduled end"), required=False)

    def __init__(self, data: Any = None, *, intervention: Intervention) -> None:
        super().__init__(data, intervention=intervention)
        self.initial["scheduled_at"] = intervention.scheduled_at
        self.initial["scheduled_end_at"] = intervention.scheduled_end_at


class ConfirmForm(ActForm):
    verb = staticmethod(interventions.confirm)
    button, done = _("Confirm"), _("The intervention is confirmed.")


class IntroduceForm(ActForm):
    verb = staticmethod(interventions.introduce)
    button, done = _("Mark as introduced"), _("Client and partner are introduced.")


class RefineBriefForm(ActForm):
    verb = staticmethod(interventions.refine_brief)
    opener = _("Refine the brief")
    button, done = _("Save the brief"), _("The brief is refined.")
    brief = forms.CharField(
        label=_("brief"), max_length=5000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, data: Any = None, *, intervention: Intervention) -> None:
        super().__init__(data, intervention=intervention)
        self.initial["brief"] = intervention.brief


class StartForm(ActForm):
    verb = staticmethod(interventions.start)
    button, done = _("Start"), _("The intervention is under way.")


class CompleteForm(ActForm):
    verb = staticmethod(interventions.complete)
    button, done = _("Complete"), _("The intervention is completed.")


class NoShowForm(ActForm):
    verb = staticmethod(interventions.mark_no_show)
    button, done = pgettext_lazy("act", "No-show"), _("Noted as no-show.")
    is_destructive = True


class CancelForm(ActForm):
    verb = staticmethod(interventions.cancel)
    button, done = _("Cancel the intervention"), _("The intervention is cancelled.")
    is_destructive = True
    side = forms.ChoiceField(
        label=_("Which side cancels?"), choices=CancelledBy.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("reason"),
        max_length=interventions.CANCEL_REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean_reason(self) -> str:
        return _explained(self.cleaned_data["reason"])


class DisputeForm(ActForm):
    verb = staticmethod(interventions.dispute_cancellation)
    button, done = _("Dispute the side"), _("The cancellation is disputed.")
    reason = forms.CharField(
        label=_("reason"),
        max_length=interventions.CANCEL_REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean_reason(self) -> str:
        return _explained(self.cleaned_data["reason"])


class Act(NamedTuple):
    step: str  # its line in `interventions.ALLOWED`
    form: type[ActForm]


ACTS = {  # by address
    "assign": Act("assigned", AssignForm),
    "reschedule": Act("rescheduled", RescheduleForm),
    "propose": Act("proposed", ProposeForm),
    "confirm": Act("confirmed", ConfirmForm),
    "introduce": Act("introduced", IntroduceForm),
    "refine-brief": Act("brief_refined", RefineBriefForm),
    "start": Act("started", StartForm),
    "complete": Act("completed", CompleteForm),
    "no-show": Act("no_show", NoShowForm),
    "cancel": Act("cancelled", CancelForm),
    "dispute": Act("cancellation_disputed", DisputeForm),
}
PARTNER_ACTS = ("introduce", "refine-brief", "start", "complete")


class DebriefForm(forms.Form):
    """Sixty seconds on a phone: nothing is chosen beforehand, the why is mandatory."""

    score = forms.TypedChoiceField(
        choices=[(str(score), str(score)) for score in range(11)],
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a score from 0 to 10."),
            "invalid_choice": _("Choose a score from 0 to 10."),
        },
    )
    why = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False, strip=False)
    suggestion = forms.CharField(
        widget=forms.Textarea(
            attrs={"rows": 2, "placeholder": _("Tell the reception my name the day before…")}
        ),
        required=False,
        max_length=whys.MAX_LENGTH,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        columns = {field.name: field for field in Debrief._meta.concrete_fields}
        choices = [*((str(n), str(n)) for n in range(6)), (NOT_APPLICABLE, _("n/a"))]
        for name in CONDITIONS:
            self.fields[name] = forms.ChoiceField(
                label=columns[name].verbose_name,
                choices=choices,
                required=False,
                widget=forms.RadioSelect,
            )

    def clean_why(self) -> str:
        return _explained(self.cleaned_data["why"], not_these=debriefs.labels())

    def clean_suggestion(self) -> str:
        return whys.clean(self.cleaned_data["suggestion"])

    @property
    def conditions(self) -> Conditions:
        """What was answered; not applicable is kept as nothing, like what was left open."""
        answered = {name: self.cleaned_data.get(name, "") for name in CONDITIONS}
        return {name: int(value) for name, value in answered.items() if value.isdecimal()}  # type: ignore[return-value]

    @property
    def has_field_errors(self) -> bool:
        return any(name != "__all__" for name in self.errors)

    def condition_rows(self) -> Iterator[forms.BoundField]:
        return (self[name] for name in CONDITIONS)


def _explained(text: str, *, not_these: list[str] | None = None) -> str:
    try:
        return whys.explanation(text, not_these=not_these or [])
    except whys.Unexplained as error:
        raise forms.ValidationError(error.message) from error
