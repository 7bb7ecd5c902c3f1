"""The benchmarks by name, in scratch databases."""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from indicators.bench import BENCHES, SHARING
from indicators.bench.scratch import scratch_database

SIZE = 200_000  # ratings


class Command(BaseCommand):
    help = "Measure, in a scratch database: medians of at least five runs, and ratios."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHES))
        parser.add_argument("--size", type=int, default=SIZE, help="ratings (default %(default)s)")
        parser.add_argument("--json", action="store_true", help="one JSON document on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        names = options["names"] or list(BENCHES)
        if unknown := [name for name in names if name not in BENCHES]:
            self.stderr.write(f"unknown benchmark: {', '.join(unknown)}")
            raise SystemExit(2)
        found: dict[str, Any] = {
            "database": connection.vendor,
            "python": platform.python_version(),
        }
        for together in _in_turns(names):
            with scratch_database():
                for name in together:
                    self.stderr.write(f"{name} ...")
                    found[name] = BENCHES[name](options["size"])
        self.stdout.write(json.dumps(found, indent=None if options["json"] else 2))


def _in_turns(names: Sequence[str]) -> list[list[str]]:
    """Which share a database, filled once, and then each that has one of its own."""
    sharing = [name for name in SHARING if name in names]
    alone = [[name] for name in dict.fromkeys(names) if name not in SHARING]
    return [sharing, *alone] if sharing else alone
