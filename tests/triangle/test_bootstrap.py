"""The rules of the bootstrap; that it installs is proven by `.ci/run`, which begins with it."""

import hashlib
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def bootstrap(tmp_path):
    """The file by its path, as manage.py runs it, with its .venv elsewhere."""
    names = runpy.run_path(str(ROOT / "triangle" / "bootstrap.py"))
    own = names["_stamp"].__globals__
    own["STAMP"] = tmp_path / "lock.sha256"
    own["_run"] = lambda *command: pytest.fail(f"a test installs: {command}")
    return names


@pytest.fixture
def stamp(tmp_path):
    return tmp_path / "lock.sha256"


def test_an_interpreter_that_has_the_packages_is_used(bootstrap, stamp, monkeypatch):
    monkeypatch.delenv("TRIANGLE_NO_BOOTSTRAP", raising=False)
    stamp.write_text(bootstrap["_digest"](bootstrap["_lock"](True)))
    assert bootstrap["enter"](["manage.py", "test"]) is None


def test_the_switch_keeps_the_interpreter(bootstrap, monkeypatch):
    monkeypatch.setenv("TRIANGLE_NO_BOOTSTRAP", "1")
    assert bootstrap["enter"](["manage.py", "demo"]) is None


def test_tests_need_the_bigger_lock_and_the_rest_the_smaller(bootstrap):
    assert bootstrap["_lock"](True).name == "dev.txt"
    assert bootstrap["_lock"](False).name == "base.txt"


def test_an_environment_that_has_everything_keeps_it(bootstrap, tmp_path):
    (tmp_path / "lock.sha256").write_text("dev.txt 0123")
    assert bootstrap["_lock"](False).name == "dev.txt"


def test_the_stamp_changes_with_the_lock(bootstrap, tmp_path):
    lock = tmp_path / "base.txt"
    lock.write_text("django==5.2.1")
    first = bootstrap["_digest"](lock)
    lock.write_text("django==5.2.2")
    assert first == f"base.txt {hashlib.sha256(b'django==5.2.1').hexdigest()}"
    assert bootstrap["_digest"](lock) != first
