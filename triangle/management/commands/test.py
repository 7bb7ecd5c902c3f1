"""`manage.py test [pytest arguments]`: pytest in a process of its own, on both cores."""

from __future__ import annotations

import os
import subprocess
import sys

from django.core.management.base import BaseCommand

QUICK = "not browser and not process and not year"  # those take long, or servers: see .ci/run
SLOW_FOLDERS = ("tests/browser", "tests/process")
ONE_PROCESS = (
    "-n",
    "--numprocesses",
    "-p",
    "--pdb",
    "-s",
    "--capture=no",
    "--help",
    "-h",
    "--version",
)


class Command(BaseCommand):
    help = "Run the tests; every argument goes to pytest."

    def run_from_argv(self, argv: list[str]) -> None:
        # An exported settings module would win over the one pyproject names for pytest.
        environment = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
        command = [sys.executable, "-m", "pytest", *defaults(argv[2:]), *argv[2:]]
        sys.exit(subprocess.run(command, env=environment, check=False).returncode)  # noqa: S603


def defaults(arguments: list[str]) -> list[str]:
    """What to add before the caller's own arguments: both cores, and only the quick tests."""
    added = []
    if not any(argument.startswith(ONE_PROCESS) for argument in arguments):
        added += ["-n", "auto"]
    if not any(argument.startswith(("-m", *SLOW_FOLDERS)) for argument in arguments):
        added += ["-m", QUICK]
    return added
