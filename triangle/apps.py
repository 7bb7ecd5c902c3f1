from django.apps import AppConfig
from django.db.models.signals import post_migrate


class TriangleConfig(AppConfig):
    name = "triangle"

    def ready(self) -> None:
        from triangle import production, reference  # noqa: F401  # registers the deploy check

        post_migrate.connect(reference.ensure, sender=self)
