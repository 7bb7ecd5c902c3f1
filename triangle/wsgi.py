"""Entry point of gunicorn: loading it is production, so a weak setting stops it here."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "triangle.settings")

application = get_wsgi_application()

from triangle.production import refuse_if_weak  # noqa: E402  # needs the settings of the line above

refuse_if_weak()
# Views and what they import are loaded now, once for all workers, not by the first visitor.
get_resolver().url_patterns  # noqa: B018
