"""A process that answers at an even pace, as a web server's does; beside it the jobs, if asked."""

from __future__ import annotations

import sys
from time import monotonic, sleep

from django.utils import timezone

from feedback import ratings
from feedback.models import Invitation
from indicators.bench import market
from triangle.embedded import Jobs

WHY = "On time, kind and well prepared."


def main(skipped: int, many: int, per_second: int, with_jobs: bool) -> None:
    """Say "ready", wait for a line, answer; then print when each answer was committed."""
    jobs = Jobs() if with_jobs else None
    if jobs:
        jobs.start()
    first = market.EXTRA + skipped + 1
    asked = list(Invitation.objects.filter(pk__range=(first, first + many - 1)).order_by("pk"))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    start = monotonic()
    committed = []
    for place, invitation in enumerate(asked):
        sleep(max(0, start + place / per_second - monotonic()))
        ratings.answer(invitation, score=9, why=WHY, now=timezone.now())
        committed.append(monotonic())
    sys.stdout.write(" ".join(map(str, committed)) + "\n")
    sys.stdout.flush()
    sys.stdin.readline()  # jobs go on until the reader has seen everything
    if jobs:
        jobs.stop()
