from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from indicators import job_runs, jobs_board, tasks
from indicators.job_runs import AlreadyAsked, ask, forget, run_asked
from indicators.models import JobRun, TallyState
from tests.factories import RatingFactory, UserFactory
from triangle.models import Role

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture(autouse=True)
def fresh():
    for notes in (job_runs._begun, job_runs._noted, job_runs._rows):
        notes.clear()


def line(name, now=NOW):
    return next(job for job in jobs_board.jobs(now=now) if job.name == name)


def test_nothing_ran_yet():
    found = line("reconcile")
    assert (found.last, found.lag, found.failures, found.may_run) == (None, None, 0, True)


def test_a_nightly_job_notes_each_run_with_its_rows():
    RatingFactory()
    tasks.count()
    for _night in range(2):
        tasks.reconcile.apply()
    first, second = JobRun.objects.filter(name="reconcile").order_by("pk")
    assert first.rows == second.rows > 0
    assert second.ended_at >= second.started_at >= first.ended_at


def test_a_tick_keeps_one_row_and_its_rows_add_up(monkeypatch):
    RatingFactory()
    tasks.count.apply()
    tasks.count.apply()
    monkeypatch.setattr(job_runs, "NOTED_EVERY_SECONDS", 0)
    RatingFactory()
    tasks.count.apply()
    [run] = JobRun.objects.all()
    assert run.rows > 0


def test_a_failure_is_noted_once_an_hour(monkeypatch):
    def fail(*, now):
        raise ValueError("no such thing")

    monkeypatch.setattr(tasks, "mail_digests", fail)
    for _tick in range(3):
        tasks.mail_alerts.apply()
    [run] = JobRun.objects.all()
    assert run.error == "ValueError: no such thing"
    found = line("mail_alerts", timezone.now())
    assert (found.has_failed, found.failures, found.error) == (True, 1, run.error)


def test_a_failed_night_says_why(monkeypatch):
    def fail(*, now):
        raise ValueError("disk full")

    monkeypatch.setattr(tasks, "close_due", fail)
    tasks.close_months.apply()
    assert JobRun.objects.get().error == "ValueError: disk full"


@pytest.mark.parametrize(("hours", "late"), [(1, False), (24, False), (25, True)])
def test_a_nightly_job_that_did_not_come_is_late(hours, late):
    at = NOW - timedelta(hours=hours)
    JobRun.objects.create(name="reconcile", started_at=at, ended_at=at)
    assert bool(line("reconcile").lag) is late


@pytest.mark.parametrize(("name", "minutes"), [("send", 5), ("reconcile", 60)])
def test_a_run_that_was_killed_did_not_end(name, minutes):
    JobRun.objects.create(name=name, started_at=NOW - timedelta(minutes=1))
    assert (line(name).is_running, line(name).was_cut) == (True, False)
    later = NOW + timedelta(minutes=minutes)
    assert (line(name, later).is_running, line(name, later).was_cut) == (False, True)


@pytest.mark.parametrize("name", sorted(job_runs.BY_HAND))
def test_each_job_runs_by_hand_and_twice(quality_lead, name):
    RatingFactory()
    for _twice in range(2):
        ask(name, by=quality_lead, now=NOW)
        assert run_asked(now=timezone.now()) == 1
    assert run_asked(now=timezone.now()) == 0
    assert [run.error for run in JobRun.objects.filter(name=name)] == ["", ""]


def test_a_recount_tells_how_far_it_is(quality_lead, monkeypatch):
    told = []
    monkeypatch.setattr(job_runs.cache, "set", lambda _key, text, _seconds: told.append(text))
    ask("recount", by=quality_lead, now=NOW)
    run_asked(now=NOW)
    assert told == ["1/4 ratings", "2/4 interventions", "3/4 invitations", "4/4 debriefs"]
    assert TallyState.objects.get().version == 1


def test_a_job_is_asked_for_once(quality_lead):
    ask("recount", by=quality_lead, now=NOW)
    with pytest.raises(AlreadyAsked):
        ask("recount", by=quality_lead, now=NOW)
    assert line("recount").is_asked


def test_old_notes_are_forgotten():
    for days in (1, 100):
        JobRun.objects.create(name="reconcile", started_at=NOW - timedelta(days=days))
    assert forget(before=NOW - timedelta(days=60)) == 1


@pytest.mark.parametrize(
    "wrong", [{}, {"requested_at": NOW, "ended_at": NOW}], ids=["never begun", "ended first"]
)
def test_what_the_database_refuses(wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        JobRun.objects.create(name="reconcile", **wrong)


def test_the_page_asks_one_query_for_all_jobs(django_assert_num_queries):
    for name in ("reconcile", "count", "send"):
        JobRun.objects.create(name=name, started_at=NOW, ended_at=NOW)
    with django_assert_num_queries(1):
        assert len(jobs_board.jobs(now=NOW)) > 8


def test_a_job_is_asked_for_on_the_page(as_quality_lead):
    for _twice in range(2):
        assert as_quality_lead.post("/jobs/recount/run/").status_code == 302
    assert JobRun.objects.requested().count() == 1
    assert "asked for" in as_quality_lead.get("/jobs/").content.decode()
    assert as_quality_lead.post("/jobs/mail/run/").status_code == 404


def test_the_proof_is_told_with_its_time(as_quality_lead):
    RatingFactory()
    tasks.count()
    tasks.reconcile.apply()
    found = as_quality_lead.get("/jobs/").content.decode()
    assert "0 differences" in found
    assert "proved at" in found


@pytest.mark.parametrize("role", [Role.MANAGER, Role.RECRUITER])
def test_others_ask_for_nothing(client, role):
    client.force_login(UserFactory(role=role))
    assert client.post("/jobs/recount/run/").status_code == 404
