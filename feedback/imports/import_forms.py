"""The upload of a bundle: one zip, or several CSV files at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        one = super().clean
        files = data if isinstance(data, Sequence) else [data]
        return [one(file, initial) for file in files] or [one(None, initial)]


class BundleForm(forms.Form):
    bundle = ManyFilesField(
        label=_("Files of the bundle"),
        help_text=_(
            "A zip, or one or more of services, partners, clients, interventions, ratings."
        ),
        max_length=200,
        widget=ManyFilesInput(attrs={"accept": ".zip,.csv,text/csv,application/zip"}),
        error_messages={"required": _("Choose a zip file or the CSV files of a bundle.")},
    )
