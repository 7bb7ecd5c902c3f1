from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class IndicatorsConfig(AppConfig):
    name = "indicators"

    def ready(self) -> None:
        from indicators import triggers

        pre_migrate.connect(triggers.remove_from_sqlite, sender=self)
        post_migrate.connect(triggers.install, sender=self)
