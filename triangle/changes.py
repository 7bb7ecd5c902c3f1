"""What saving a row that another system names did to it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from django.db import models


class Change(StrEnum):
    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


def differing(row: models.Model, fields: Mapping[str, object]) -> dict[str, object]:
    """The fields whose value is not already that of the row; relations compare by their key."""
    return {name: value for name, value in fields.items() if not _same(row, name, value)}


def _same(row: models.Model, name: str, value: object) -> bool:
    field = row._meta.get_field(name)
    own: object = getattr(row, field.attname) if isinstance(field, models.Field) else None
    return own == (value.pk if isinstance(value, models.Model) else value)
