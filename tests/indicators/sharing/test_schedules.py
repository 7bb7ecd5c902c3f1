"""Mails of saved views: once, to whom may see, with what they may see."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from smtplib import SMTPServerDisconnected
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, connection, transaction

from indicators.files import exports
from indicators.models import ViewSchedule
from indicators.sharing import saved_views, schedules
from indicators.tallies import recount
from tests.factories import ClientFactory, InterventionFactory, RatingFactory, UserFactory
from triangle.models import JournalEntry, Role

pytestmark = pytest.mark.django_db

TUESDAY = datetime(2026, 3, 10, 12, tzinfo=ZoneInfo("Europe/Paris"))
WEEK = timedelta(days=7)
DUE = TUESDAY + timedelta(days=5, hours=20)  # Monday at 8


class Away(EmailBackend):
    def open(self):
        raise ConnectionRefusedError("nobody there")


class Picky(EmailBackend):
    """Takes mails of one person, and hangs up on the others."""

    def send_messages(self, messages):
        if "picky" in messages[0].to[0]:
            raise SMTPServerDisconnected("bye")
        return super().send_messages(messages)


@pytest.fixture
def lead(db):
    return UserFactory(role=Role.QUALITY_LEAD)


def schedule_of(owner, *, recipients=None, query="", page="dashboard", **fields):
    view = saved_views.save(
        owner=owner, name="Monday figures", page=page, query=query or {}, now=TUESDAY
    )
    given = {"cadence": "weekly", "weekday": 0, "hour": 8, **fields}
    return schedules.add(view, recipients=recipients or [owner], now=TUESDAY, **given)


def again(schedule):
    return ViewSchedule.objects.get(pk=schedule.pk)


def test_nothing_leaves_before_it_is_due(lead, mailoutbox):
    schedule = schedule_of(lead)
    assert schedule.next_due_at == DUE
    assert schedules.send_due(now=DUE - timedelta(seconds=1)) == 0
    assert mailoutbox == []


def test_it_is_sent_once_and_then_next_week(lead, mailoutbox):
    schedule = schedule_of(lead)
    assert [schedules.send_due(now=DUE) for _ in range(2)] == [1, 0]
    shown = again(schedule)
    assert (shown.sent, shown.error, shown.next_due_at) == (1, "", DUE + WEEK)
    assert JournalEntry.objects.filter(kind="schedule.sent").count() == 1
    assert len(mailoutbox) == 1


def test_weeks_nobody_worked_are_not_made_up_for(lead, mailoutbox):
    schedule = schedule_of(lead)
    schedules.send_due(now=DUE + 3 * WEEK + timedelta(hours=1))
    assert len(mailoutbox) == 1
    assert again(schedule).next_due_at == DUE + 4 * WEEK


def test_two_workers_that_read_the_same_row_send_once(lead):
    schedule = schedule_of(lead)
    first, second = again(schedule), again(schedule)
    assert [schedules.claim(one, now=DUE) for one in (first, second)] == [True, False]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("is_guarded", "mails"), [(False, 4), (True, 1)])
def test_workers_at_once(mailoutbox, monkeypatch, is_guarded, mails):
    """All four have read the row as due before the first takes it; without the claim all send."""
    schedule_of(UserFactory(role=Role.QUALITY_LEAD))
    barrier, claim = Barrier(4), schedules.claim

    def together(schedule, *, now):
        barrier.wait(timeout=20)
        return claim(schedule, now=now) if is_guarded else True

    def work(_number):
        try:
            return schedules.send_due(now=DUE)
        finally:
            connection.close()

    monkeypatch.setattr(schedules, "claim", together)
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == mails
    assert len(mailoutbox) == mails


def test_each_reader_gets_what_they_may_see_in_their_language(lead, mailoutbox):
    manager = UserFactory(language="fr")
    for owner in (manager, UserFactory(), UserFactory()):
        client = ClientFactory(manager=owner)
        RatingFactory(intervention=InterventionFactory(completed=True, client=client))
    recount.recount_all(now=TUESDAY)
    schedule_of(lead, recipients=[lead, manager], query={"period": "everything"})
    schedules.send_due(now=DUE)
    bodies = {mail.to[0]: mail.body for mail in mailoutbox}
    assert "(n 3)" in next(body for to, body in bodies.items() if lead.email in to)
    assert "(n 1)" in next(body for to, body in bodies.items() if manager.email in to)


def test_the_mail_carries_the_file_and_the_way_to_the_page(lead, mailoutbox):
    schedule_of(lead, query={"period": "12_months"})
    schedules.send_due(now=DUE)
    [mail] = mailoutbox
    [(name, content, kind)] = mail.attachments
    assert (name[:10], content[:5], kind) == ("dashboard_", b"%PDF-", "application/pdf")
    assert "http://localhost:8000/dashboard/?period=12_months" in mail.body
    assert len(mail.recipients()) == 1


@pytest.mark.parametrize("page", ["partners", "gaps"])
def test_partners_by_band_and_gaps_are_mailed_too(lead, mailoutbox, page):
    view = schedule_of(lead, page=page, query={"period": "12_months"}).view
    schedules.send_due(now=DUE)
    [(name, content, _kind)] = mailoutbox[0].attachments
    assert (name.partition("_")[0], content[:5]) == (page, b"%PDF-")
    assert f"http://localhost:8000{view.address}" in mailoutbox[0].body


def test_more_gaps_than_a_pdf_takes_are_not_mailed_in_part(lead, mailoutbox, monkeypatch):
    monkeypatch.setitem(exports.MOST_ROWS, "pdf", 1)
    RatingFactory(intervention=InterventionFactory(completed=True))
    schedule = schedule_of(lead, page="gaps", query={"period": "everything"})
    schedules.send_due(now=DUE)
    assert mailoutbox == []
    assert "2 rows are more than the 1 of one PDF file." in again(schedule).error


def test_lists_of_clients_are_not_mailed(lead):
    view = saved_views.save(
        owner=lead, name="Whys", page="rows", rows="explained", query={}, now=TUESDAY
    )
    with pytest.raises(schedules.NotMailed):
        schedules.add(view, cadence="weekly", weekday=0, hour=8, recipients=[lead], now=TUESDAY)


def test_not_to_a_crowd(lead, monkeypatch):
    monkeypatch.setattr(schedules, "MOST_RECIPIENTS", 1)
    with pytest.raises(schedules.NotMailed):
        schedule_of(lead, recipients=[lead, UserFactory()])


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": Role.RECRUITER}])
def test_nothing_leaves_for_an_owner_who_left(lead, mailoutbox, change):
    reader = UserFactory()
    schedule_of(lead, recipients=[reader])
    type(lead).objects.filter(pk=lead.pk).update(**change)
    assert schedules.send_due(now=DUE) == 0
    assert mailoutbox == []


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": Role.PARTNER}])
def test_nothing_leaves_to_a_reader_who_left(lead, mailoutbox, change):
    reader = UserFactory()
    schedule_of(lead, recipients=[lead, reader])
    type(reader).objects.filter(pk=reader.pk).update(**change)
    schedules.send_due(now=DUE)
    assert [lead.email in mail.to[0] for mail in mailoutbox] == [True]


def test_nothing_of_a_deleted_view(lead, mailoutbox):
    saved_views.remove(schedule_of(lead).view, now=TUESDAY)
    assert schedules.send_due(now=DUE) == 0


def test_a_pause_is_not_made_up_for(lead, mailoutbox):
    schedule = schedule_of(lead)
    assert [schedules.pause(schedule, by=lead, now=TUESDAY) for _ in range(2)] == [True, False]
    assert schedules.send_due(now=DUE) == 0
    later = DUE + timedelta(hours=1)
    assert [schedules.resume(schedule, by=lead, now=later) for _ in range(2)] == [True, False]
    assert schedules.send_due(now=later) == 0
    assert again(schedule).next_due_at == DUE + WEEK


def test_now_means_once_now_and_then_as_before(lead, mailoutbox):
    schedule = schedule_of(lead)
    schedules.send_now(schedule, by=lead, now=TUESDAY)
    schedules.send_now(schedule, by=lead, now=TUESDAY)
    assert [schedules.send_due(now=TUESDAY) for _ in range(2)] == [1, 0]
    assert again(schedule).next_due_at == DUE


def test_a_server_that_is_away_is_called_again_and_then_left_alone(lead, mailoutbox):
    schedule = schedule_of(lead)
    now = DUE
    for _attempt in range(schedules.MOST_ATTEMPTS):
        assert schedules.send_due(now=now, backend=Away()) == 0
        assert "nobody there" in again(schedule).error
        now += timedelta(minutes=schedules.POSTPONED_MINUTES)
    assert again(schedule).next_due_at == DUE + WEEK
    assert schedules.send_due(now=DUE + WEEK) == 1
    assert again(schedule).error == ""


def test_a_mail_that_fails_stops_no_other_and_is_not_repeated(lead, mailoutbox):
    picky = UserFactory(email="picky@example.org")
    schedule = schedule_of(lead, recipients=[picky, lead])
    assert schedules.send_due(now=DUE, backend=Picky()) == 1
    assert schedules.send_due(now=DUE, backend=Picky()) == 0
    assert again(schedule).error.startswith("picky@example.org: SMTPServerDisconnected")


def test_a_mailing_that_never_ended_says_so(lead, as_quality_lead, quality_lead, mailoutbox):
    schedule = schedule_of(quality_lead)
    schedules.claim(schedule, now=DUE)
    assert "interrupted" in as_quality_lead.get("/dashboard/views/").content.decode()
    assert schedules.send_due(now=DUE) == 0


def test_a_name_cannot_add_a_header(lead, mailoutbox):
    lead.first_name = "Claire\r\nBcc: x@example.org\r\n"
    lead.save()
    schedule_of(lead)
    schedules.send_due(now=DUE)
    assert mailoutbox[0].recipients() == [mailoutbox[0].to[0]]
    assert "\n" not in mailoutbox[0].to[0]


@pytest.mark.parametrize("fields", [{"hour": 24}, {"weekday": 7}])
def test_the_database_refuses(lead, fields):
    schedule = schedule_of(lead)
    with pytest.raises(IntegrityError), transaction.atomic():
        ViewSchedule.objects.filter(pk=schedule.pk).update(**fields)


# Doors


@pytest.fixture
def view(quality_lead):
    return saved_views.save(
        owner=quality_lead, name="Mine", page="dashboard", query={}, now=TUESDAY
    )


def post(browser, view, **fields):
    given = {"cadence": "weekly", "weekday": "0", "hour": "8", **fields}
    return browser.post(f"/dashboard/views/{view.pk}/mail/", given)


def test_a_mail_is_scheduled_for_colleagues(as_quality_lead, quality_lead, view):
    reader = UserFactory()
    answer = post(as_quality_lead, view, recipients=[quality_lead.pk, reader.pk])
    assert answer.status_code == 302
    assert set(ViewSchedule.objects.get().recipients.all()) == {quality_lead, reader}


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"recipients": ["0"]},
        {"recipients": ["x"]},
        {"recipients": ["1"], "hour": "24"},
        {"recipients": ["1"], "weekday": "9"},
        {"recipients": ["1"], "cadence": "hourly"},
    ],
)
def test_a_bad_form_schedules_nothing(as_quality_lead, view, fields):
    assert post(as_quality_lead, view, **fields).status_code == 422
    assert not ViewSchedule.objects.exists()


@pytest.mark.parametrize("fields", [{"is_active": False}, {"role": Role.PARTNER}])
def test_only_active_colleagues_can_be_chosen(as_quality_lead, view, fields):
    stranger = UserFactory(**fields)
    assert post(as_quality_lead, view, recipients=[stranger.pk]).status_code == 422


@pytest.mark.parametrize(
    ("act", "kind"),
    [("pause", "paused"), ("send", "hastened"), ("delete", "removed"), ("nothing", None)],
)
def test_its_owner_acts_on_it(as_quality_lead, quality_lead, act, kind):
    schedule = schedule_of(quality_lead)
    answer = as_quality_lead.post(f"/dashboard/mails/{schedule.pk}/{act}/")
    assert answer.status_code == (302 if kind else 404)
    assert JournalEntry.objects.filter(kind=f"schedule.{kind}").count() == (1 if kind else 0)


@pytest.mark.parametrize("act", ["pause", "resume", "send", "delete"])
def test_nobody_else_does(as_manager, lead, act):
    schedule = schedule_of(lead)
    for pk in (schedule.pk, schedule.pk + 1):
        assert as_manager.post(f"/dashboard/mails/{pk}/{act}/").status_code == 404
