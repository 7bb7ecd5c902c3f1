from datetime import timedelta

import pytest
from django.db.utils import ConnectionHandler
from django.utils import timezone

from tests.factories import NOON
from triangle import health, pulses
from triangle.models import Pulse
from triangle.tasks import heartbeat


def test_healthz_asks_nobody(client):
    # No database mark: a query would fail the test.
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_readyz_is_ready_with_a_living_worker(client, settings):
    settings.CELERY_BROKER_URL = "memory://"
    heartbeat()
    response = client.get("/readyz")
    assert response.status_code == 200
    assert {name: part["ok"] for name, part in response.json()["parts"].items()} == {
        "database": True,
        "broker": True,
        "migrations": True,
        "worker": True,
    }


@pytest.mark.django_db
def test_readyz_asks_three_questions(client, settings, django_assert_num_queries):
    settings.CELERY_BROKER_URL = "memory://"
    heartbeat()
    client.get("/readyz")
    # SELECT 1, is there a table of migrations, what is in it, the pulse
    with django_assert_num_queries(4):
        client.get("/readyz")


@pytest.mark.django_db
def test_readyz_says_which_part_is_missing(client, settings):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    response = client.get("/readyz")
    assert response.status_code == 503
    parts = response.json()["parts"]
    assert parts["broker"] == {"ok": False, "detail": "does not answer"}
    assert parts["worker"] == {"ok": False, "detail": "never seen"}


@pytest.mark.django_db
def test_a_silent_worker_is_not_alive(settings):
    pulses.mark(pulses.WORKER, now=NOON)
    last = NOON + timedelta(seconds=settings.STALE_AFTER_SECONDS)
    assert health.worker(now=last).ok
    assert not health.worker(now=last + timedelta(seconds=1)).ok


@pytest.mark.django_db
def test_a_pulse_is_marked_twice_and_kept_once():
    pulses.mark("worker", now=NOON)
    pulses.mark("worker", now=NOON + timedelta(seconds=15))
    assert list(Pulse.objects.values_list("name", "at")) == [
        ("worker", NOON + timedelta(seconds=15))
    ]


@pytest.mark.django_db
def test_the_age_of_a_pulse_that_never_was():
    assert pulses.age_seconds("worker", now=timezone.now()) is None


@pytest.mark.django_db
def test_a_database_that_is_not_there_does_not_answer():
    elsewhere = {"ENGINE": "django.db.backends.sqlite3", "NAME": "/nowhere/at/all.sqlite3"}
    connection = ConnectionHandler({"default": elsewhere})["default"]
    assert health.database(connection) == health.Part(False, "does not answer")


@pytest.mark.django_db
def test_a_migration_that_was_not_applied_is_counted():
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    MigrationRecorder(connection).record_unapplied("triangle", "0001_initial")
    assert health.migrations(connection) == health.Part(False, "1 not applied")
