"""How gunicorn serves: `gunicorn --config python:triangle.server triangle.wsgi`."""

import os

from triangle import logs

bind = "0.0.0.0:8000"  # inside a container; the proxy stands in front
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 60  # seconds
graceful_timeout = 20  # seconds
preload_app = True  # weak settings stop the server, not one worker after the other
control_socket_disable = True
accesslog = None  # requests are logged by django_structlog, with personal links masked
logconfig_dict = logs.configuration(production=True) | {
    "root": {"handlers": ["stderr"], "level": "INFO"},
}
logconfig_dict["loggers"] |= {
    "gunicorn.error": {"handlers": [], "level": "INFO", "propagate": True},
    "gunicorn.access": {"handlers": [], "level": "CRITICAL", "propagate": False},
}
