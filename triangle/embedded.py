"""Web, worker and beat in one process, over the in-memory broker: what `manage.py demo` serves.

The queue dies with the process. That loses nothing: due work is a row, and the first sweep after
the next start takes it up.
"""

from __future__ import annotations

import signal
import threading
from dataclasses import dataclass, field
from typing import Any

from celery.beat import Scheduler, Service
from celery.worker import WorkController
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from triangle.celery import app

HOST = "127.0.0.1"
THREADS = 3  # one for each queue; SQLite has one writer at a time
LONGEST_NAP = 0.5  # seconds beat sleeps at most, so that it stops soon after it is told to


class QuietHandler(WSGIRequestHandler):
    """Requests are not logged: personal links are in their paths."""

    def log_message(self, format: str, *args: Any) -> None:
        pass


@dataclass
class Jobs:
    """A real worker and a real beat, each in a thread of this process."""

    worker: WorkController = field(
        default_factory=lambda: WorkController(
            app=app,
            pool="threads",
            concurrency=THREADS,
            queues=["mail", "indicators", "imports"],
            without_heartbeat=True,
            without_mingle=True,
            without_gossip=True,
        )
    )
    beat: Service = field(
        default_factory=lambda: Service(app, max_interval=LONGEST_NAP, scheduler_cls=Scheduler)
    )

    def start(self) -> None:
        for name, job in (("worker", self.worker), ("beat", self.beat)):
            threading.Thread(target=job.start, name=name, daemon=True).start()
        # Not after beat's first interval: the pages ask at once whether a worker is alive.
        app.send_task("triangle.tasks.heartbeat")

    def stop(self) -> None:
        self.beat.stop(wait=True)
        self.worker.stop()


def listen(port: int) -> ThreadedWSGIServer:
    """Take the port (0 takes a free one); raises OSError when another program has it."""
    server = ThreadedWSGIServer((HOST, port), QuietHandler)
    server.set_app(get_wsgi_application())
    get_resolver().url_patterns  # noqa: B018  # loads the views now, not for the first visitor
    return server


def serve(port: int) -> None:
    """Serve until Ctrl-C or SIGTERM, with jobs running; work in progress is finished first."""
    server = listen(port)
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, signal.default_int_handler)
    jobs = Jobs()
    jobs.start()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
        jobs.stop()
