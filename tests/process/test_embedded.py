"""The one-process default, as a process: pages answer, jobs run, Ctrl-C ends it cleanly."""

import json
import signal
import subprocess
import sys
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.process.conftest import free_port, wait_for
from tests.process.environment import environment

SERVE = """
import django; django.setup()
from django.core.management import call_command; call_command("migrate", verbosity=0)
from triangle.embedded import serve; serve({port})
"""

pytestmark = pytest.mark.process


def ask(address):
    try:
        with urlopen(address, timeout=5) as answer:  # noqa: S310
            return json.load(answer)
    except HTTPError as refusal:
        return json.load(refusal)
    except OSError:
        return None


def alive(process):
    assert process.poll() is None, process.communicate()[1]
    return True


def test_serves_pages_and_jobs_and_stops_on_a_signal(tmp_path):
    port = free_port()
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", SERVE.format(port=port)],
        env=environment(
            DATABASE_URL=f"sqlite:///{tmp_path}/db.sqlite3",
            DJANGO_SETTINGS_MODULE="triangle.settings",
        ),
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        assert wait_for(lambda: alive(process) and ask(f"{address}/healthz")) == {"status": "ok"}

        def ready():
            answer = ask(f"{address}/readyz")
            return answer if answer and answer["status"] == "ok" else None

        assert wait_for(ready)["parts"]["broker"]["detail"] == "in this process"
    finally:
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 0, errors
    assert "Traceback" not in errors
