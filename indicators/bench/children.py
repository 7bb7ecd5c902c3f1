"""Processes of the product beside a benchmark, in its scratch database."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings

from indicators.bench import scratch

NOT_THEIRS = ("REDIS_URL", "CACHE_URL", "DATABASE_URL")  # nothing real is touched
CODE = "import django; django.setup(); from indicators.bench import {0}; {0}.main({1})"

Child = subprocess.Popen  # with text on its standard streams


def environment(**own: str) -> dict[str, str]:
    given = {name: value for name, value in os.environ.items() if name not in NOT_THEIRS}
    module = {"DJANGO_SETTINGS_MODULE": "triangle.settings", "TRIANGLE_NO_BOOTSTRAP": "1"}
    return {**module, **given, "DATABASE_URL": scratch.url(), **own}


@contextmanager
def child(*command: str, talks: bool = True, redis_url: str = "") -> Iterator[Child[str]]:
    """A Python process; it is killed in the end."""
    pipe = subprocess.PIPE if talks else subprocess.DEVNULL
    with subprocess.Popen(  # noqa: S603 - our own code
        [sys.executable, *command],
        cwd=settings.BASE_DIR,
        env=environment(**({"REDIS_URL": redis_url} if redis_url else {})),
        stdin=pipe,
        stdout=pipe,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def hear(process: Child[str]) -> str:
    """Its next line, waited for; raises RuntimeError when it has ended without."""
    line = process.stdout.readline() if process.stdout else ""
    if not line:
        raise RuntimeError(f"a child ended with {process.wait()}")
    return line


def tell(process: Child[str], line: str = "go") -> None:
    if process.stdin:
        process.stdin.write(f"{line}\n")
        process.stdin.flush()


def running(module: str, *arguments: Any) -> tuple[str, str]:
    """The command that runs the main function of a benchmark's module."""
    return "-c", CODE.format(module, ", ".join(map(repr, arguments)))


@contextmanager
def redis() -> Iterator[str]:
    """The address of a Redis of our own; empty when there is no such program."""
    program = shutil.which("redis-server")
    if program is None:
        yield ""
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:  # noqa: S603
        try:
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()
