"""The Celery application; the schedule stands in the settings."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "triangle.settings")

app = Celery("triangle")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
