"""The labels every installation starts with; written again after each migrate, never changed."""

from __future__ import annotations

from typing import Any

from django.db import connections

from triangle.models import NOT_KNOWN, Label, Region, Segment, Setting

SETTINGS = {
    "company": ("Companies", "Entreprises"),
    "private": ("Homes", "Particuliers"),
    "school": ("Schools", "Écoles"),
    "public": ("Public bodies", "Organismes publics"),
    "event": ("Events", "Événements"),
}


def ensure(*, using: str = "default", **_signal: Any) -> None:
    for model in (Segment, Region, Setting):
        _ensure_not_known(model, using)
    for code, (name_en, name_fr) in SETTINGS.items():
        Setting.objects.using(using).get_or_create(
            code=code, defaults={"name_en": name_en, "name_fr": name_fr}
        )


def _ensure_not_known(model: type[Label], using: str) -> None:
    labels = model._default_manager.using(using)
    if labels.filter(pk=NOT_KNOWN).exists():
        return
    labels.create(  # type: ignore[misc]  # labels of each kind have a key, their base has none
        pk=NOT_KNOWN, code="not_known", name_en="Not known", name_fr="Non renseigné"
    )
    if connections[using].vendor == "postgresql":
        # A key given by hand leaves the sequence behind it.
        table = model._meta.db_table
        with connections[using].cursor() as cursor:
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, NOT_KNOWN]
            )
