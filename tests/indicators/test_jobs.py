from datetime import timedelta

import pytest
from django.utils import timezone

from feedback.models import Delivery
from indicators.jobs import jobs
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


def test_the_page_and_its_part(as_manager):
    _due(Delivery.State.QUEUED, 6)
    assert as_manager.get("/jobs/").status_code == 200
    part = as_manager.get("/jobs/", headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<div id="jobs"')


@pytest.mark.parametrize("role", ["partner", "recruiter"])
def test_other_roles_have_no_such_page(client, role):
    client.force_login(UserFactory(role=role))
    assert client.get("/jobs/").status_code == 404
