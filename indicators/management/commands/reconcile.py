"""The proof that tallies equal facts, by hand."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from indicators.tallies.reconcile import Drift, reconcile
from indicators.tallies.recount import recount_all


class Command(BaseCommand):
    help = "Recount facts against tallies; exit 1 when a cell differs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
        parser.add_argument(
            "--repair", action="store_true", help="count every cell again when one differs"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = reconcile(now=timezone.now())
        repaired = bool(found.drift and options["repair"])
        if repaired:
            recount_all(now=timezone.now(), progress=lambda name: self.stderr.write(name))
        result = {**_ordered(found), "repaired": repaired}
        if options["json"]:
            self.stdout.write(json.dumps(result))
        else:
            self.stdout.write(
                f"{found.drift} of {found.cells} cells differ, {found.pending} wait to be counted"
            )
        if found.drift and not repaired:
            sys.exit(1)


def _ordered(found: Drift) -> dict[str, Any]:
    """The number that matters comes first."""
    return {"drift": found.drift, "cells": found.cells, **asdict(found)}
