from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate


def take_time(*, using: str = "default", **_signal: Any) -> None:
    """A migration of a large table may take longer than the statement of a page."""
    if connections[using].vendor == "postgresql":
        with connections[using].cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")


class TriangleConfig(AppConfig):
    name = "triangle"

    def ready(self) -> None:
        from triangle import production, reference  # noqa: F401  # registers the deploy check

        pre_migrate.connect(take_time, sender=self)
        post_migrate.connect(reference.ensure, sender=self)
