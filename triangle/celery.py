"""The Celery application; the schedule stands in the settings."""

import os
from typing import Any

from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "triangle.settings")

app = Celery("triangle")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.setup_logging.connect
def keep_our_logging(**_signal: Any) -> None:
    """A receiver is enough: Celery then leaves alone what the settings say about logging."""


@signals.celeryd_init.connect
@signals.beat_init.connect
def refuse_weak_settings(**_signal: Any) -> None:
    from triangle.production import exit_if_weak

    exit_if_weak()
