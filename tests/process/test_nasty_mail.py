"""Two thousand mails, a mail server that does everything wrong, workers killed in between.

Nobody gets a mail twice, no mail is lost silently, and what is in doubt is exactly what was cut off
or was leaving when a worker was killed.
"""

import os
import random
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest
from django.utils import timezone

from feedback.models import Delivery, Invitation, Suppression
from indicators.bench import market, sending
from tests.process.conftest import wait_for
from tests.process.smtp_sink import NastySink

pytestmark = pytest.mark.process

WAITING = ("queued", "claimed", "data_started", "retry")
WORKER = """
import os, sys
import django; django.setup()
from feedback import tasks
from feedback.sending import deliveries
from feedback.sending import delivery_steps as steps
{before}
while sys.stdin.readline():  # each line asks for another worker, made at once
    if (child := os.fork()) == 0:
        while True: tasks.send(); __import__("time").sleep(0.05)
    print(child, flush=True)
    os.waitpid(child, 0)
"""
NOTED_AFTERWARDS = """
sent = steps.sent
steps.start = lambda some, *, now: list(some)
steps.sent = lambda some, *, sources, **how: sent(some, sources=["claimed"], **how)
"""


class Workers:
    """One after the other, each a process of its own, killed as the kernel kills."""

    def __init__(self, processes, before=""):
        program = WORKER.format(before=before)
        self.parent = processes.start("-c", program, stdin=subprocess.PIPE)
        self.log = processes.logs / "0.log"
        self.made = 0
        self.leaving: set[int] = set()  # deliveries that were leaving when theirs was killed

    def start(self):
        self.parent.stdin.write(b"\n")
        self.parent.stdin.flush()
        self.made += 1
        wait_for(lambda: len(self.pids()) == self.made)

    def pids(self):
        return [int(line) for line in self.log.read_text().split("\n") if line.isdecimal()]

    def kill(self):
        pid = self.pids()[-1]
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: not Path(f"/proc/{pid}").exists())
        leaving = Delivery.objects.filter(state="data_started")
        self.leaving |= set(leaving.values_list("pk", flat=True))


@pytest.fixture
def nasty(processes):
    """The worst server; the clock jumps over its grey lists."""
    sink = NastySink()
    processes.given["EMAIL_URL"] = sink.url
    yield sink
    sink.close()


def queue(mails):
    market.few()
    sending.open_all_day()
    sending.due(mails)


def jump():
    """What waits for a better hour goes on now."""
    later = Delivery.objects.filter(wave=0, state__in=["queued", "retry"])
    later.filter(due_at__gt=timezone.now()).update(due_at=timezone.now())
    return Delivery.objects.filter(wave=0, state__in=WAITING).count()


def run_until_all_have_ended(seconds=240):
    deadline = time.monotonic() + seconds
    while jump():
        assert time.monotonic() < deadline, Counter(Delivery.objects.values_list("state"))
        time.sleep(0.2)


def keys(marks):
    """The deliveries of some (invitation, wave)."""
    known = dict(Delivery.objects.filter(wave=0).values_list("invitation", "pk"))
    return {known[invitation] for invitation, _wave in marks}


def ended(*states):
    return set(Delivery.objects.filter(wave=0, state__in=states).values_list("pk", flat=True))


def test_without_kills_only_what_was_cut_is_in_doubt(processes, nasty):
    queue(300)
    Workers(processes).start()
    run_until_all_have_ended()
    assert len(nasty.accepted) == len(set(nasty.accepted))
    assert ended("uncertain") == keys(nasty.cut) != set()
    assert ended("sent") == keys(nasty.accepted) - keys(nasty.cut)


def test_a_mail_noted_only_after_it_left_is_sent_again_after_a_kill(processes, nasty):
    """The guard off: the promise is kept by the commit before, not by luck."""
    queue(60)
    nasty.cuts = False
    workers = Workers(processes, before=NOTED_AFTERWARDS)
    for killed_after in (10, 25):
        workers.start()
        wait_for(lambda least=killed_after: len(nasty.accepted) >= least)
        workers.kill()
    workers.start()
    run_until_all_have_ended()
    assert max(Counter(nasty.accepted).values()) > 1


def test_two_thousand_mails_and_twenty_kills(processes, nasty):
    queue(2_000)
    workers, chance, kills = Workers(processes), random.Random(20), 0
    while kills < 20:
        workers.start()
        least = len(nasty.accepted) + chance.randrange(1, 60)
        wait_for(lambda least=least: len(nasty.accepted) >= least or jump() == 0)
        workers.kill()
        kills += 1
    workers.start()
    run_until_all_have_ended()

    twice = [mark for mark, times in Counter(nasty.accepted).items() if times > 1]
    assert twice == []
    assert ended("sent", "failed", "uncertain", "skipped") == ended(*Delivery.State.values)
    assert not Delivery.objects.filter(error="", state__in=["failed", "uncertain", "skipped"])
    in_doubt = ended("uncertain")
    assert in_doubt == keys(nasty.cut) | workers.leaving
    assert workers.leaving
    assert ended("sent") == keys(nasty.accepted) - in_doubt
    without_mailbox = {address for address in nasty.refused if nasty.fate(address) == "no mailbox"}
    assert set(Suppression.objects.values_list("email", flat=True)) <= without_mailbox
    statuses = dict(Invitation.objects.values_list("deliveries__state", "status").distinct())
    assert {state: statuses[state] for state in ("sent", "failed", "uncertain")} == {
        "sent": "sent",
        "failed": "failed",
        "uncertain": "uncertain",
    }
