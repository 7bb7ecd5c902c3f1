"""All that is due at an instant, once: what worker and beat do with a clock."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from feedback import deliveries, invitations
from indicators.recount import drain_all

MAILS = 500  # of one round


def instant(text: str) -> datetime:
    """ISO, local to the company when without an offset."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else timezone.make_aware(found)


class Command(BaseCommand):
    help = "Do everything that is due: open and send invitations, close old ones, count."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--now", type=instant, metavar="ISO", help="instead of the clock")
        parser.add_argument("--json", action="store_true", help="one JSON document on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        now = options["now"] or timezone.now()
        done = {
            "now": now.isoformat(),
            "opened": _open_due(now),
            **_send_due(now),
            "expired": _expire(now),
            "counted": drain_all(now=now),
        }
        lines = (f"{kind}: {value}" for kind, value in done.items())
        self.stdout.write(json.dumps(done) if options["json"] else "\n".join(lines))


def _open_due(now: datetime) -> int:
    total = opened = invitations.open_due(now=now)
    while opened == invitations.BATCH:
        opened = invitations.open_due(now=now)
        total += opened
    return total


def _expire(now: datetime) -> int:
    total = expired = invitations.expire(now=now)
    while expired == invitations.BATCH:
        expired = invitations.expire(now=now)
        total += expired
    return total


def _send_due(now: datetime) -> dict[str, int]:
    """How many mails ended how; what is to be tried again is due later than now."""
    ends: Counter[str] = Counter(sent=0, retry=0, failed=0, uncertain=0, skipped=0)
    done = deliveries.send_due(now=now, limit=MAILS)
    ends.update(done)
    while done.total() >= MAILS:
        done = deliveries.send_due(now=now, limit=MAILS)
        ends.update(done)
    return dict(ends)
