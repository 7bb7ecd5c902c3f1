"""Real processes beside a test: they share its database, a mail server, a broker of its own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pytest
from django.db import connection

from tests.process.environment import environment
from tests.process.smtp_sink import Sink

Found = TypeVar("Found")

SENDER = """
import django, time; django.setup()
from feedback import tasks
while True: tasks.send(); time.sleep(0.1)
"""


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def wait_for(condition: Callable[[], Found], seconds: float = 120) -> Found:
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
    return found


def database_url() -> str:
    """The test's own database, as a child process names it."""
    at = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{at['NAME']}"
    return f"postgres://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"


@dataclass
class Processes:
    """Starts children in groups of their own and lets none of them outlive the test."""

    given: dict[str, str]
    logs: Path
    running: list[subprocess.Popen] = field(default_factory=list)

    def start(self, *command: str, stdin: int | None = None, **own: str) -> subprocess.Popen:
        log = (self.logs / f"{len(self.running)}.log").open("wb")
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, *command],
            env=environment(**self.given, **own),
            stdin=stdin,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.running.append(process)
        return process

    def sender(self) -> subprocess.Popen:
        """A worker's `send` again and again, without a broker around it."""
        return self.start("-c", SENDER)

    def worker(self, **own: str) -> subprocess.Popen:
        queues = "mail,indicators,imports"
        command = ("-m", "celery", "-A", "triangle", "worker", "-Q", queues, "-c", "1")
        return self.start(*command, **own)

    def beat(self, **own: str) -> subprocess.Popen:
        schedule = str(self.logs / "beat")
        return self.start("-m", "celery", "-A", "triangle", "beat", "-s", schedule, **own)

    def web(self, port: int, **own: str) -> subprocess.Popen:
        bind = f"127.0.0.1:{port}"
        command = ("-m", "gunicorn", "--bind", bind, "--no-control-socket", "triangle.wsgi")
        return self.start(*command, **own)

    def kill(self, process: subprocess.Popen) -> None:
        """As the kernel does when memory ends: no last word."""
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture
def sink() -> Iterator[Sink]:
    sink = Sink()
    yield sink
    sink.close()


@pytest.fixture
def processes(transactional_db, sink, tmp_path) -> Iterator[Processes]:
    processes = Processes(
        given={
            "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
            "DATABASE_URL": database_url(),
            "EMAIL_URL": sink.url,
            "DELIVERY_LEASE_SECONDS": "2",
        },
        logs=tmp_path,
    )
    yield processes
    for process in processes.running:
        processes.kill(process)
    for log in sorted(tmp_path.glob("*.log")):
        sys.stdout.write(log.read_text(errors="replace")[-4000:])


@dataclass
class Broker:
    """A Redis of the test's own, to be stopped and started again."""

    port: int
    folder: Path
    process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        program = shutil.which("redis-server")
        assert program, "redis-server is missing"
        self.process = subprocess.Popen(  # noqa: S603
            [program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
             "--dir", str(self.folder), "--appendonly", "yes"],
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        wait_for(self.answers)

    def answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()


@pytest.fixture
def broker(tmp_path) -> Iterator[Broker]:
    broker = Broker(free_port(), tmp_path)
    broker.start()
    yield broker
    broker.stop()
