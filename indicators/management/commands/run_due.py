"""All that is due at an instant, once: what worker and beat do with a clock."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from typing import Any, Protocol

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from feedback import invitations
from feedback.answering import drafts
from feedback.sending import deliveries, reminders
from feedback.themes import themes
from indicators import closing
from indicators.alerts import alerts, digests
from indicators.sharing import schedules
from indicators.tallies.recount import drain_all

ROUND = 500  # rows in one call, far below what memory holds


class Verb(Protocol):
    def __call__(self, *, now: datetime, limit: int) -> int: ...


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
        done = do_all(now=options["now"] or timezone.now())
        lines = (f"{kind}: {value}" for kind, value in done.items())
        self.stdout.write(json.dumps(done) if options["json"] else "\n".join(lines))


def do_all(*, now: datetime) -> dict[str, str | int]:
    """The answers first, then the figures made of them."""
    return {
        "now": now.isoformat(),
        **ask(now=now),
        "labelled": _until_done(themes.label_due, now),
        "counted": drain_all(now=now),
        "months_closed": len(closing.close_due(now=now)),
        "alerts_raised": len(alerts.raise_due(now=now)),
        "alerts_mailed": digests.send_due(now=now),
        "views_mailed": schedules.send_due(now=now),
    }


def ask(*, now: datetime) -> dict[str, int]:
    """What did not come to pass is withdrawn before anything is sent."""
    return {
        "withdrawn": _until_done(invitations.withdraw, now),
        "opened": _until_done(invitations.open_due, now),
        "debriefs_closed": _until_done(invitations.close_debriefs, now),
        "reminders_stopped": _until_done(reminders.stop, now),
        **_send_due(now),
        "expired": _until_done(invitations.expire, now),
        "drafts_ended": _until_done(drafts.conclude, now),
    }


def _until_done(verb: Verb, now: datetime) -> int:
    total = done = verb(now=now, limit=ROUND)
    while done >= ROUND:
        done = verb(now=now, limit=ROUND)
        total += done
    return total


def _send_due(now: datetime) -> dict[str, int]:
    """How many mails ended how; what is to be tried again is due later than now."""
    names = ("sent", "retry", "failed", "uncertain", "skipped", "postponed")
    ends: Counter[str] = Counter(dict.fromkeys(names, 0))
    done = deliveries.send_due(now=now, limit=ROUND)
    ends.update(done)
    while done.total() >= ROUND:
        done = deliveries.send_due(now=now, limit=ROUND)
        ends.update(done)
    return dict(ends)
