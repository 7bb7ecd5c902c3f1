"""The production processes: what refuses to start, and what serves with a good environment."""

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.process.conftest import database_url, wait_for
from tests.process.environment import GOOD, production

pytestmark = pytest.mark.process

WEB = ("gunicorn", "--config", "python:triangle.server", "--bind", "127.0.0.1:0", "triangle.wsgi")
WORKER = ("celery", "--app", "triangle", "worker", "--queues", "mail")
DJANGO = {"DJANGO_SETTINGS_MODULE": "triangle.settings", "PYTHONPATH": os.curdir}
BEAT = ("celery", "--app", "triangle", "beat", "--pidfile=")


def start(*command, env):
    return subprocess.run(  # noqa: S603
        [sys.executable, "-m", *command], env=env, capture_output=True, text=True, timeout=120
    )


@pytest.mark.parametrize("command", [WEB, WORKER, BEAT], ids=["web", "worker", "beat"])
def test_a_weak_production_does_not_start(command):
    refused = start(*command, env=production(LINK_KEY=None, ALLOWED_HOSTS="*"))
    assert refused.returncode != 0
    assert "- LINK_KEY is missing" in refused.stderr
    assert "- ALLOWED_HOSTS allows every host" in refused.stderr


def test_the_in_memory_broker_is_refused_by_the_web_server():
    refused = start(*WEB, env=production(REDIS_URL=None))
    assert refused.returncode != 0
    assert "- REDIS_URL is missing" in refused.stderr


@contextmanager
def running(*command, env, log):
    with log.open("w") as output:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", *command], env=env, stderr=output, stdout=output
        )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


def ask(port, path):
    request = Request(
        f"http://127.0.0.1:{port}{path}",
        headers={"Host": GOOD["ALLOWED_HOSTS"], "X-Forwarded-Proto": "https"},
    )
    try:
        with urlopen(request, timeout=20) as answer:  # noqa: S310
            return answer.status, answer.read().decode(errors="replace"), answer.headers
    except HTTPError as refusal:
        return refusal.code, refusal.read().decode(), refusal.headers


@pytest.fixture
def good(transactional_db, tmp_path):
    """The test's own database, collected static files and the broker of the caller."""
    env = production(
        ALLOW_SQLITE="1",
        DATABASE_URL=database_url(),
        REDIS_URL=os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/9"),
        CACHE_URL=os.environ.get("CACHE_URL", "rediscache://127.0.0.1:6379/10"),
        MANIFEST_STATIC="1",
        STATIC_ROOT=str(tmp_path / "static"),
    )
    collected = start("django", "collectstatic", "--no-input", "-v0", env=env | DJANGO)
    assert collected.returncode == 0, collected.stderr
    return env


def test_web_worker_and_beat_become_ready_and_log_no_token(good, tmp_path):
    token = "q8Jx0vF3mC1kZ7tW5yB2nD4sLp9aQe6R"
    web_log = tmp_path / "web.log"
    with ExitStack() as processes:
        for name, command in (
            ("web", WEB),
            ("worker", (*WORKER[:-1], "indicators", "--concurrency", "1")),
            ("beat", BEAT),
        ):
            processes.enter_context(running(*command, env=good, log=tmp_path / f"{name}.log"))
        port = wait_for(lambda: re.search(r"127\.0\.0\.1:(\d+)", web_log.read_text()))[1]
        wait_for(lambda: ask(port, "/readyz")[0] == 200)
        parts = json.loads(ask(port, "/readyz")[1])["parts"]
        assert {part["ok"] for part in parts.values()} == {True}

        status, page, headers = ask(port, "/accounts/login/")
        assert (status, headers["Strict-Transport-Security"][:16]) == (200, "max-age=31536000")
        assert "__Host-csrf=" in headers["Set-Cookie"]
        files = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
        assert files
        assert {ask(port, file)[0] for file in files} == {200}

        ask(port, f"/r/{token}/9/")
    log = web_log.read_text()
    assert "/r/…/9/" in log
    assert token not in log
    assert "Traceback" not in log
    assert "gunicorn.access" not in log
