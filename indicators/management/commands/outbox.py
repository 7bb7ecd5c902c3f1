"""What waits, and since when: mails, imports, cells to count."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from indicators.outbox import outbox


class Command(BaseCommand):
    help = "Print mails and jobs by state, with the oldest age in seconds."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON document on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        found = outbox(now=timezone.now())
        self.stdout.write(json.dumps(found, indent=None if options["json"] else 2))
