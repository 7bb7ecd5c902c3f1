"""Small sheets of the admin: rows by external id, saved by verbs, cells that no program runs."""

from __future__ import annotations

from typing import Any
from zipfile import BadZipFile, ZipFile

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _
from import_export.admin import ImportExportMixin
from import_export.formats.base_formats import CSV, XLSX
from import_export.forms import ExportForm, ImportForm
from import_export.resources import ModelResource
from import_export.widgets import CharWidget, ForeignKeyWidget, ManyToManyWidget

from triangle.changes import Change

LARGEST_SHEET = 2_000_000  # bytes
LARGEST_UNPACKED = 20_000_000  # bytes
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class SafeText(CharWidget):
    """Text that a spreadsheet takes for a formula gets an apostrophe, and loses it coming back."""

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        text = str(super().render(value, obj, **kwargs))
        return f"'{text}" if text.startswith(STARTS_A_FORMULA) else text

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = str(super().clean(value, row, **kwargs))
        if "\0" in text:
            raise ValueError(_("Null characters are not allowed."))
        return text[1:] if text[:1] == "'" and text[1:].startswith(STARTS_A_FORMULA) else text


class Coded(ForeignKeyWidget):
    """A label by its code; an empty cell stands for "not known"."""

    def __init__(self, model: Any, **kwargs: Any) -> None:
        super().__init__(model, field="code", **kwargs)

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        return super().clean(value or "not_known", row, **kwargs)


class CodedList(ManyToManyWidget):
    def __init__(self, model: Any) -> None:
        super().__init__(model, separator="|", field="code")


class Sheet(ModelResource):
    """Columns in any order and any subset; what has no column stays."""

    class Meta:
        import_id_fields = ("external_id",)
        skip_unchanged = True
        report_skipped = True
        use_transactions = True
        clean_model_instances = True

    @classmethod
    def widget_from_django_field(cls, f: Any, default: Any = CharWidget) -> Any:
        widget = super().widget_from_django_field(f, default)
        return SafeText if widget is CharWidget else widget

    def save_with_verb(self, **fields: Any) -> tuple[Any, Change]:
        raise NotImplementedError

    def save_instance(self, instance: Any, is_create: bool, row: Any, **kwargs: Any) -> None:
        fields = {
            field.attribute: field.clean(row)
            for field in self.get_import_fields()
            if field.column_name in row and field.attribute != "external_id"
        }
        saved, _change = self.save_with_verb(
            external_id=instance.external_id,
            now=timezone.now(),
            by=kwargs.get("user"),
            **fields,
        )
        instance.pk, instance._state.adding = saved.pk, False


class SheetForm(ImportForm):
    def clean_import_file(self) -> UploadedFile:
        """Sizes are looked at before anything is parsed."""
        file: UploadedFile = self.cleaned_data["import_file"]
        if (file.size or 0) > LARGEST_SHEET or _unpacked_size(file) > LARGEST_UNPACKED:
            raise forms.ValidationError(_("The file is too large: use the import page."))
        return file


class Sheets(ImportExportMixin):
    formats = (CSV, XLSX)
    import_form_class = SheetForm
    export_form_class = ExportForm  # the other one needs an inline script


def _unpacked_size(file: UploadedFile) -> int:
    if not str(file.name).lower().endswith(".xlsx"):
        return 0
    try:
        with ZipFile(file) as parts:
            return sum(part.file_size for part in parts.infolist())
    except BadZipFile as error:
        raise forms.ValidationError(_("This is not a spreadsheet.")) from error
    finally:
        file.seek(0)
