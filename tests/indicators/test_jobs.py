from datetime import timedelta

import pytest
from django.utils import timezone

from feedback.models import Delivery, MailEvent
from indicators.jobs import Ahead, jobs
from tests.factories import InvitationFactory, UserFactory
from triangle import pulses

pytestmark = pytest.mark.django_db

NOW = timezone.now()


def _due(state, minutes):
    return Delivery.objects.create(
        invitation=InvitationFactory(), state=state, due_at=NOW - timedelta(minutes=minutes)
    )


def test_nothing_ran_yet():
    found = jobs(now=NOW)
    assert (found.worker_is_alive, found.mails.due, found.mails.is_late) == (False, 0, False)


@pytest.mark.parametrize(("minutes", "alive"), [(0, True), (4, True), (6, False)])
def test_a_worker_is_alive_for_some_minutes(minutes, alive):
    pulses.mark(pulses.WORKER, now=NOW - timedelta(minutes=minutes))
    assert jobs(now=NOW).worker_is_alive is alive


@pytest.mark.parametrize(("minutes", "late"), [(-1, False), (1, False), (6, True)])
def test_a_due_mail_that_waits_is_late(minutes, late):
    _due(Delivery.State.QUEUED, minutes)
    assert jobs(now=NOW).mails.is_late is late


def test_mails_in_doubt_are_told_apart():
    _due(Delivery.State.UNCERTAIN, 1)
    assert (jobs(now=NOW).in_doubt, jobs(now=NOW).mails.due) == (1, 0)


def test_what_leaves_later_and_what_the_provider_told():
    tomorrow = -24 * 60
    _due(Delivery.State.QUEUED, tomorrow)  # not yet taken up: nobody postponed it
    Delivery.objects.update(wave=1)
    _due(Delivery.State.QUEUED, tomorrow)
    Delivery.objects.filter(wave=0).update(lease="put back")
    for hours, kind in ((1, "delivered"), (2, "hard_bounce"), (25, "complaint")):
        at = NOW - timedelta(hours=hours)
        MailEvent.objects.create(provider="x", event_id=kind, kind=kind, at=at, received_at=at)
    assert jobs(now=NOW).ahead == Ahead(reminders=1, postponed=1, told=2, came_back=1)
    assert jobs(now=NOW).mails.due == 0


def test_the_page_and_its_part(as_manager):
    _due(Delivery.State.QUEUED, 6)
    assert as_manager.get("/jobs/").status_code == 200
    part = as_manager.get("/jobs/", headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<div id="jobs"')


@pytest.mark.parametrize(
    ("minutes", "said"), [(0, "seen within the last minute"), (3, "last seen 3\xa0min ago")]
)
def test_no_worker_was_seen_nothing_ago(as_manager, minutes, said):
    pulses.mark(pulses.WORKER, now=timezone.now() - timedelta(minutes=minutes))
    assert said in as_manager.get("/jobs/").content.decode()


@pytest.mark.parametrize("role", ["partner", "recruiter"])
def test_other_roles_have_no_such_page(client, role):
    client.force_login(UserFactory(role=role))
    assert client.get("/jobs/").status_code == 404
