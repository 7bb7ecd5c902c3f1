"""Closing months by hand: what the nightly job does."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from indicators.closing import close_due
from indicators.late_answers import late_counts
from indicators.management.commands.run_due import instant
from indicators.models import ClosedMonth
from triangle.errors import Refused


class Command(BaseCommand):
    help = "Freeze each month that ended 72 hours ago; twice does nothing more."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--now", type=instant, metavar="ISO", help="instead of the clock")
        parser.add_argument("--json", action="store_true", help="one JSON document on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            closed = close_due(now=options["now"] or timezone.now())
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        late = late_counts(list(ClosedMonth.objects.latest_first()))
        result = {
            "closed": [_shown(one) for one in closed],
            "late_answers": {f"{month:%Y-%m}": n for month, n in late.items() if n},
        }
        if options["json"]:
            self.stdout.write(json.dumps(result))
        else:
            self.stdout.write("\n".join(f"closed {one}" for one in closed) or "nothing to close")


def _shown(closed: ClosedMonth) -> dict[str, str]:
    return {
        "month": str(closed),
        "input_hash": closed.input_hash,
        "figures_hash": closed.figures_hash,
    }
