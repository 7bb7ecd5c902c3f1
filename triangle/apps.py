from django.apps import AppConfig
from django.db.models.signals import post_migrate


class TriangleConfig(AppConfig):
    name = "triangle"

    def ready(self) -> None:
        from triangle import reference

        post_migrate.connect(reference.ensure, sender=self)
