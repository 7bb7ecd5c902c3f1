"""From a completed intervention to one mail, with workers that die and a broker that goes away."""

import re
import time
from datetime import timedelta
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from django.utils import timezone

from feedback import invitations
from feedback.models import Delivery, Invitation, Rating, Rule
from tests.factories import InterventionFactory
from tests.process.conftest import free_port, wait_for
from tests.process.environment import GOOD
from triangle.models import JournalEntry

pytestmark = pytest.mark.process


@pytest.fixture(autouse=True)
def _asked_at_once(transactional_db, always_open):
    Rule.objects.update(delay_hours=0)


def completed():
    return InterventionFactory(completed=True, scheduled_at=timezone.now() - timedelta(hours=2))


def states():
    """Of first mails; a reminder waits beside each that was sent."""
    return list(Delivery.objects.filter(wave=0).values_list("state", "attempts"))


def test_a_worker_killed_before_the_mail_left_is_followed_by_another(processes, sink):
    completed()
    invitations.open_due(now=timezone.now())
    sink.stalls_at = "greeting"
    first = processes.sender()
    assert sink.stalling.wait(120)
    assert states() == [("claimed", 1)]
    processes.kill(first)
    sink.stalls_at = ""
    processes.sender()
    wait_for(lambda: states() == [("sent", 2)])
    assert len(sink.arrived) == 1
    assert Invitation.objects.get().status == "sent"


def test_a_worker_killed_while_the_mail_left_leaves_doubt_and_no_second_mail(processes, sink):
    completed()
    invitations.open_due(now=timezone.now())
    sink.stalls_at = "message"
    first = processes.sender()
    assert sink.stalling.wait(120)
    assert states() == [("data_started", 1)]
    processes.kill(first)
    sink.stalls_at = ""
    processes.sender()
    wait_for(lambda: states() == [("uncertain", 1)])
    second = completed()  # once its mail has left, the other worker has been round again
    invitations.open_due(now=timezone.now())
    wait_for(lambda: second.invitations.filter(status="sent").exists())
    assert len(sink.arrived) == 2
    assert sorted(states()) == [("sent", 1), ("uncertain", 1)]


def test_worker_and_beat_take_it_from_completed_to_sent_by_themselves(processes, sink, broker):
    processes.worker(REDIS_URL=broker.url)
    processes.beat(REDIS_URL=broker.url)
    intervention = completed()
    wait_for(lambda: states() == [("sent", 1)])
    [message] = sink.arrived
    assert message["X-Invitation"] == str(intervention.invitations.get().pk)
    kinds = JournalEntry.objects.filter(subject_type="delivery").order_by("id")
    assert list(kinds.values_list("kind", flat=True)) == [
        "delivery.claimed",
        "delivery.data_started",
        "delivery.sent",
    ]


def test_an_answer_needs_no_redis_and_the_worker_finds_its_way_back(processes, sink, broker):
    port = free_port()
    served = {
        **GOOD,
        **processes.given,
        "REDIS_URL": broker.url,
        "CACHE_URL": broker.url.replace("redis://", "rediscache://"),
        "ALLOW_SQLITE": "1",
    }
    processes.given.update(served)
    processes.worker()
    processes.beat()
    processes.web(port)
    completed()
    wait_for(lambda: states() == [("sent", 1)])
    broker.stop()

    link = re.search(r"https://\S+(/r/\S+/4/)", plain_text(sink.arrived[0]))
    page = ask(port, link[1]).read().decode()
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    typed = {**hidden, "score": "4", "why": "Twenty minutes late, and nobody told us."}
    asked_at = time.monotonic()
    thanks = ask(port, link[1], urlencode(typed).encode())
    assert thanks.status == 200
    assert time.monotonic() - asked_at < 10
    assert Rating.objects.get().why == typed["why"]
    assert Invitation.objects.get().status == "answered"

    second = completed()
    broker.start()
    wait_for(lambda: second.invitations.filter(status="sent").exists())
    assert len(sink.arrived) == 2


def ask(port, path, data=None):
    """As the proxy in front of the site hands it over."""
    headers = {"Host": GOOD["ALLOWED_HOSTS"], "X-Forwarded-Proto": "https"}
    return urlopen(Request(f"http://127.0.0.1:{port}{path}", data, headers), timeout=20)


def plain_text(message):
    return message.get_body(("plain",)).get_content()
