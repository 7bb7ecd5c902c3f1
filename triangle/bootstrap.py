"""Makes .venv from the hashed lock and starts the command again inside it; imports no package."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "lock.sha256"  # written last: an interrupted installation is done again
OFF = "TRIANGLE_NO_BOOTSTRAP"
OLDEST = (3, 11)
NEWER = ("python3.13", "python3.12", "python3.11", "python3.14")
DJANGO = "5.2."
TO_RUN = ("celery", "allauth", "structlog")
TO_TEST = ("pytest", "xdist", "factory", "hypothesis")


def enter(arguments: list[str]) -> None:
    """Return when this interpreter can run the command; otherwise replace the process."""
    if os.environ.get(OFF):
        return
    tests = arguments[1:2] == ["test"]
    at_home = Path(sys.prefix).resolve() == VENV.resolve()
    if not at_home and _has_packages(tests):
        return
    lock = _lock(tests)
    if not PYTHON.exists() or _stamp() != _digest(lock):
        _install(lock)
    elif at_home:
        return
    os.environ[OFF] = "1"  # the second start must never come back here
    os.execv(PYTHON, [str(PYTHON), *arguments])  # noqa: S606


def _has_packages(tests: bool) -> bool:
    names = (*TO_RUN, *TO_TEST) if tests else TO_RUN
    try:
        own = importlib.metadata.version("django").startswith(DJANGO)
    except importlib.metadata.PackageNotFoundError:
        return False
    return own and all(importlib.util.find_spec(name) for name in names)


def _lock(tests: bool) -> Path:
    """The lock for tests holds everything; an environment that has it keeps it."""
    everything = ROOT / "requirements" / "dev.txt"
    if tests or _stamp().startswith(everything.name):
        return everything
    return ROOT / "requirements" / "base.txt"


def _digest(lock: Path) -> str:
    return f"{lock.name} {hashlib.sha256(lock.read_bytes()).hexdigest()}"


def _stamp() -> str:
    return STAMP.read_text() if STAMP.exists() else ""


def _install(lock: Path) -> None:
    _say(f"Installing requirements/{lock.name} into .venv (once, a minute or two) ...")
    STAMP.unlink(missing_ok=True)
    python = _new_enough()
    uv = shutil.which("uv")
    # uv and pip read different settings: where uv finds no index, pip may.
    if not (uv and _install_with_uv(uv, python, lock)) and not _install_with_pip(python, lock):
        sys.exit("The packages could not be installed; the lines above say why.")
    STAMP.write_text(_digest(lock))


def _install_with_uv(uv: str, python: str, lock: Path) -> bool:
    if not PYTHON.exists() and not _run(uv, "venv", "--quiet", "--python", python, str(VENV)):
        return False
    pip = (uv, "pip", "install", "--quiet", "--python", str(PYTHON))
    return _run(*pip, "--require-hashes", "-r", str(lock))


def _install_with_pip(python: str, lock: Path) -> bool:
    pip = (str(PYTHON), "-m", "pip")
    if not PYTHON.exists() or not _run(*pip, "--version"):
        shutil.rmtree(VENV, ignore_errors=True)
        if not _run(python, "-m", "venv", str(VENV)):
            _say("On Debian and Ubuntu: apt install python3-venv")
            return False
    return _run(*pip, "install", "--quiet", "--require-hashes", "-r", str(lock))


def _new_enough() -> str:
    if sys.version_info >= OLDEST:
        return sys.executable
    for name in NEWER:
        if found := shutil.which(name):
            return found
    sys.exit("Python 3.11 or newer is needed; this is {}.{}.".format(*sys.version_info))


def _run(*command: str) -> bool:
    # Standard output belongs to the command that follows, which may print JSON.
    return subprocess.run(command, stdout=sys.stderr, check=False).returncode == 0  # noqa: S603


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201
