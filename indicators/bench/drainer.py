"""A process that drains again and again, until its input ends."""

from __future__ import annotations

import select
import sys

from django.conf import settings
from django.utils import timezone

from indicators.tallies.recount import drain

LIMIT = 500  # touched rows of one batch: small, so that batches meet
NAP = 0.01  # seconds


def main() -> None:
    settings.DEBUG = False
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while not select.select([sys.stdin], [], [], NAP)[0]:
        drain(now=timezone.now(), limit=LIMIT)
