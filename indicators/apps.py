from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class IndicatorsConfig(AppConfig):
    name = "indicators"
    verbose_name = _("Indicators")

    def ready(self) -> None:
        from indicators.tallies import amendments, recount, triggers

        pre_migrate.connect(triggers.remove_from_sqlite, sender=self)
        pre_migrate.connect(amendments.remove_from_sqlite, sender=self)
        post_migrate.connect(triggers.install, sender=self)
        post_migrate.connect(amendments.install, sender=self)
        post_migrate.connect(recount.follow_lattice, sender=self)
