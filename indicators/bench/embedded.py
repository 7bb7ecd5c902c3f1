"""What one machine with SQLite does: reads of the dashboard, answers, one recount."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.db import connection

from indicators.bench import answering, children, dashboards, market, touching


def run(size: int) -> dict[str, Any]:
    """Beside another database the same benchmark runs in a process of its own, on a file."""
    if connection.vendor != "sqlite":
        return _in_a_file(size)
    market.fill(size)
    market.ask(1)
    touching.new_ones(1)  # nothing is measured cold
    one = touching.new_ones(1)
    return {
        "ratings": size,
        "reads": dashboards.reads(),
        "recount_one_ms": one["recount_ms"],
        "answer": answering.run(size),
    }


def _in_a_file(size: int) -> dict[str, Any]:
    with TemporaryDirectory() as folder:
        file = f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
        done = subprocess.run(  # noqa: S603 - our own code
            [sys.executable, "manage.py", "bench", "embedded", "--size", str(size), "--json"],
            cwd=settings.BASE_DIR,
            env=children.environment(DATABASE_URL=file),
            stdout=subprocess.PIPE,
            check=True,
        )
    found: dict[str, Any] = json.loads(done.stdout)["embedded"]
    return found
