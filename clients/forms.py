"""What a manager types about a client, and how the list is narrowed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.clients import ClientFields, ContactFields
from clients.models import Client, ClientQuerySet
from triangle.models import Region, Role, Segment, Setting, User


class ClientForm(forms.ModelForm):
    """The contract sheet and the main contact, on one page."""

    language = forms.ChoiceField(label=_("language"), choices=settings.LANGUAGES)
    contact_name = forms.CharField(label=_("main contact"), max_length=200, required=False)
    contact_email = forms.EmailField(label=_("e-mail of the contact"), required=False)
    contact_phone = forms.CharField(label=_("phone of the contact"), max_length=40, required=False)

    class Meta:
        model = Client
        fields = [
            "name",
            "kind",
            "setting",
            "segment",
            "region",
            "language",
            "manager",
            "salesperson",
            "requirements",
        ]
        widgets = {"requirements": forms.Textarea(attrs={"rows": 5, "maxlength": 5000})}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        managers = User.objects.filter(role=Role.MANAGER, is_active=True)
        if not user.sees_everything:
            # A manager cannot give a client away, nor lose sight of it.
            managers = managers.filter(pk=user.pk)
        self.fields["manager"].queryset = managers.order_by("last_name", "email")  # type: ignore[attr-defined]
        contact = self.instance.contacts.filter(is_main=True).first() if self.instance.pk else None
        for name in ("name", "email", "phone"):
            self.initial.setdefault(f"contact_{name}", getattr(contact, name, ""))

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        if typed.get("contact_email") and not typed.get("contact_name"):
            self.add_error("contact_name", _("Who is it that we write to?"))
        return typed

    @property
    def client_fields(self) -> ClientFields:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}  # type: ignore[return-value]

    @property
    def contact_fields(self) -> ContactFields | None:
        """None when nothing was typed about the contact."""
        typed = self.cleaned_data
        contact: ContactFields = {
            "name": typed["contact_name"],
            "email": typed["contact_email"],
            "phone": typed["contact_phone"],
        }
        return {**contact, "language": typed["language"]} if any(contact.values()) else None


class ClientFilter(forms.Form):
    """What the address of the list asks for; anything unknown in it is as if not asked."""

    q = forms.CharField(label=pgettext_lazy("filter", "Name"), max_length=100, required=False)
    segment = forms.ModelChoiceField(
        Segment.objects.all(), label=_("segment"), required=False, empty_label=_("all")
    )
    setting = forms.ModelChoiceField(
        Setting.objects.all(), label=_("setting"), required=False, empty_label=_("all")
    )
    region = forms.ModelChoiceField(
        Region.objects.all(), label=_("region"), required=False, empty_label=_("all")
    )
    manager = forms.ModelChoiceField(
        User.objects.filter(role=Role.MANAGER),
        label=_("manager"),
        required=False,
        empty_label=_("all"),
    )

    def narrow(self, clients: ClientQuerySet) -> ClientQuerySet:
        self.is_valid()
        wanted = {name: value for name, value in self.cleaned_data.items() if value}
        clients = clients.matching(wanted.pop("q", ""))
        return clients.filter(**wanted)

    @property
    def is_on(self) -> bool:
        return any(self.cleaned_data.values())
