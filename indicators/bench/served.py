"""The product behind gunicorn as in production, with clients that ask it at the same time."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from http.client import HTTPConnection
from time import monotonic, perf_counter, sleep
from urllib.parse import urlencode

from django.conf import settings

from indicators.bench import scratch

APPLICATION = "django.core.wsgi:get_wsgi_application()"
CLIENTS = 8
PATIENCE = 120  # seconds until the server answers
HEADERS = {
    "Host": "localhost",
    "Content-Type": "application/x-www-form-urlencoded",
    "X-Forwarded-Proto": "https",  # as the proxy in front says
}
Post = tuple[str, dict[str, str]]


@contextmanager
def server() -> Iterator[int]:
    """The port on which the product answers, with the scratch database."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    command = ["-m", "gunicorn", "--config", "python:triangle.server", "--bind"]
    started = subprocess.Popen(  # noqa: S603
        [sys.executable, *command, f"127.0.0.1:{port}", APPLICATION],
        env={**os.environ, **_environment()},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port)
        yield port
    finally:
        started.terminate()
        started.wait()


def together(port: int, posts: Sequence[Post]) -> tuple[float, list[float]]:
    """How long all posts took, and each of them, in milliseconds; 8 at the same time."""
    start = perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        each = list(clients.map(partial(_post, port), posts))
    return (perf_counter() - start) * 1000, each


def _post(port: int, post: Post) -> float:
    path, data = post
    start = perf_counter()
    client = HTTPConnection("127.0.0.1", port)
    client.request("POST", path, urlencode(data), HEADERS)
    status = client.getresponse().status
    client.close()
    if status != 302:
        raise RuntimeError(f"{path} answered {status}")
    return (perf_counter() - start) * 1000


def _environment() -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "indicators.bench_settings",
        "DATABASE_URL": scratch.url(),
        "DEBUG": "false",
        "ALLOWED_HOSTS": "localhost",
        "NUM_PROXIES": "1",
        "SECRET_KEY": settings.SECRET_KEY,
        "LINK_KEY": settings.LINK_KEY,
    }


def _wait_for(port: int) -> None:
    deadline = monotonic() + PATIENCE
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            if monotonic() > deadline:
                raise
            sleep(0.05)
