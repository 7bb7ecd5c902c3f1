"""Reminders: due after the first mail, looked at again before they leave, stopped by an answer."""

from datetime import timedelta

import pytest
from django.core import mail

from feedback import invitations, ratings
from feedback.models import Delivery, Invitation, Rule, Suppression
from feedback.sending import deliveries, last_look, pace, postbox, reminders, suppressions
from feedback.sending import delivery_steps as steps
from feedback.sending.refusals import Refusal
from tests.factories import NOON, InterventionFactory, RatingFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("always_open")]

DAY = timedelta(days=1)
DONE = NOON + timedelta(hours=1)
DUE = DONE + timedelta(hours=2)


@pytest.fixture(autouse=True)
def _rule(db):
    Rule.objects.update(first_reminder_days=4, second_reminder_days=9)


def asked() -> Invitation:
    """Its first mail was sent when it was due."""
    InterventionFactory(completed=True)
    invitations.open_due(now=DONE)
    assert deliveries.send_due(now=DUE) == {"sent": 1}
    mail.outbox.clear()
    return Invitation.objects.get()


def waves():
    rows = Delivery.objects.order_by("invitation", "wave")
    return [(one.wave, one.state, one.error) for one in rows]


def answer(invitation, now):
    return ratings.answer(invitation, score=9, why="On time and kind.", now=now)


class TestPlan:
    def test_each_reminder_of_the_rule_is_a_row_with_its_day(self):
        asked()
        due = list(Delivery.objects.filter(wave__gt=0).values_list("wave", "due_at"))
        assert due == [(1, DUE + 4 * DAY), (2, DUE + 9 * DAY)]

    def test_none_without_a_rule_that_says_so(self):
        Rule.objects.update(first_reminder_days=None, second_reminder_days=None)
        asked()
        assert waves() == [(0, "sent", "")]

    def test_none_after_the_end_of_the_link(self):
        Rule.objects.update(second_reminder_days=14)
        asked()
        assert [wave for wave, _state, _error in waves()] == [0, 1]

    def test_planning_twice_is_planning_once(self):
        invitation = asked()
        first = invitation.deliveries.get(wave=0)
        reminders.plan([first], sent_at=DUE, now=DUE)
        assert len(waves()) == 3

    def test_a_doubt_settled_late_reminds_from_then_on(self, manager):
        InterventionFactory(completed=True)
        invitations.open_due(now=DONE)
        [delivery] = deliveries.claim(now=DUE)
        steps.start([delivery], now=DUE)
        steps.doubt(delivery, error="cut", now=DUE)
        delivery.refresh_from_db()
        deliveries.settle(delivery, sent=True, by=manager, now=DUE + 6 * DAY)
        assert Delivery.objects.get(wave=1).due_at == DUE + 6 * DAY
        assert Delivery.objects.get(wave=2).due_at == DUE + 11 * DAY


class TestSend:
    def test_both_leave_on_their_day_and_the_invitation_keeps_its_first_instant(self):
        invitation = asked()
        assert deliveries.send_due(now=DUE + 4 * DAY) == {"sent": 1}
        assert deliveries.send_due(now=DUE + 9 * DAY) == {"sent": 1}
        assert [one.extra_headers["X-Wave"] for one in mail.outbox] == ["1", "2"]
        invitation.refresh_from_db()
        assert (invitation.status, invitation.sent_at) == ("sent", DUE)
        assert len(waves()) == 3

    def test_after_a_standstill_they_do_not_leave_together(self):
        asked()
        late = DUE + 10 * DAY
        assert deliveries.send_due(now=late) == {"sent": 1, "postponed": 1}
        assert deliveries.send_due(now=late + timedelta(hours=23)) == {}
        assert deliveries.send_due(now=late + DAY) == {"sent": 1}

    def test_the_window_holds_for_them_too(self, settings):
        asked()
        pace.ContactPolicy.objects.update(opens_hour=9, closes_hour=19, weekdays="12345")
        saturday = DUE + 4 * DAY
        assert deliveries.send_due(now=saturday) == {"postponed": 1}
        reminder = Delivery.objects.get(wave=1)
        assert (reminder.due_at, reminder.attempts) == (saturday + timedelta(days=2, hours=-6), 0)

    @pytest.mark.parametrize(
        ("refusal", "state"), [(Refusal.NEVER, "failed"), (Refusal.NO_MAILBOX, "failed")]
    )
    def test_one_that_fails_leaves_the_invitation_as_it_was(self, refusal, state):
        invitation = asked()
        [reminder] = deliveries.claim(now=DUE + 4 * DAY)

        class Declines(postbox.Line):
            def hand_over(self, parcel):
                raise postbox.Declined("no", refusal)

        assert deliveries.send([reminder], line=Declines(), now=DUE + 4 * DAY) == {state: 1}
        invitation.refresh_from_db()
        assert invitation.status == "sent"

    def test_one_to_no_mailbox_stops_the_next(self):
        invitation = asked()
        [reminder] = deliveries.claim(now=DUE + 4 * DAY)

        class Declines(postbox.Line):
            def hand_over(self, parcel):
                raise postbox.Declined("550 unknown", Refusal.NO_MAILBOX)

        deliveries.send([reminder], line=Declines(), now=DUE + 4 * DAY)
        assert waves()[1:] == [(1, "failed", "550 unknown"), (2, "skipped", "bounced")]
        invitation.refresh_from_db()
        assert invitation.bounced_at == DUE + 4 * DAY


class TestTheLastLook:
    """What happened between the queue and the sending stops it; the invitation stays as it is."""

    def end(self, now=DUE + 4 * DAY):
        status = Invitation.objects.get().status
        assert deliveries.send_due(now=now) == {"skipped": 1}
        assert mail.outbox == []
        assert Invitation.objects.get().status == status
        return Delivery.objects.get(wave=1).error

    def test_without_it_who_has_answered_is_reminded(self, monkeypatch):
        answer(asked(), DUE + DAY)
        monkeypatch.setattr(last_look.Seen, "reason_not_to_send", lambda *_anything: None)
        assert deliveries.send_due(now=DUE + 4 * DAY) == {"sent": 1}
        assert [one.extra_headers["X-Wave"] for one in mail.outbox] == ["1"]

    def test_answered(self):
        answer(asked(), DUE + DAY)
        assert self.end() == "answered"

    def test_answered_while_a_worker_holds_it(self):
        invitation = asked()
        claimed = deliveries.claim(now=DUE + 4 * DAY)
        answer(invitation, DUE + 4 * DAY)
        with postbox.Line() as line:
            assert deliveries.send(claimed, line=line, now=DUE + 4 * DAY) == {"skipped": 1}
        assert mail.outbox == []

    def test_rated_by_phone(self):
        RatingFactory(intervention=asked().intervention)
        assert self.end() == "answered"

    def test_opted_out_of_this_survey(self):
        invitation = asked()
        Suppression.objects.create(
            email=invitation.contact.email, survey=invitation.survey, reason="opt_out", at=DUE
        )
        assert self.end() == "opted_out"

    @pytest.mark.parametrize(
        ("reason", "error"), [("hard_bounce", "bounced"), ("complaint", "opted_out")]
    )
    def test_bounced_or_complained(self, reason, error):
        invitation = asked()
        Suppression.objects.create(email=invitation.contact.email, reason=reason, at=DUE)
        assert self.end() == error

    def test_expired(self):
        asked()
        Invitation.objects.update(expires_at=DUE + 3 * DAY)
        assert self.end() == "too_late"

    def test_intervention_cancelled(self):
        intervention = asked().intervention
        intervention.status, intervention.cancelled_by = "cancelled", "client"
        intervention.save()
        assert self.end() == "cancelled"


class TestStop:
    def test_nothing_to_stop(self):
        asked()
        assert reminders.stop(now=DUE) == 0
        assert [state for _wave, state, _error in waves()] == ["sent", "queued", "queued"]

    def test_an_answer_stops_what_is_queued_at_once(self):
        answer(asked(), DUE + DAY)
        assert reminders.stop(now=DUE + DAY) == 2
        assert reminders.stop(now=DUE + DAY) == 0
        assert waves()[1:] == [(1, "skipped", "answered"), (2, "skipped", "answered")]
        assert Invitation.objects.get().status == "answered"

    def test_the_end_of_the_link_stops_it_too(self):
        asked()
        Invitation.objects.update(status="expired")
        reminders.stop(now=DUE)
        assert waves()[1] == (1, "skipped", "too_late")

    def test_an_opt_out_stops_it_without_any_sweep(self):
        invitation = asked()
        opt_out = Suppression.Reason.OPT_OUT
        suppressions.suppress(invitation.contact.email, reason=opt_out, now=DUE + DAY)
        assert waves()[1:] == [(1, "skipped", "opted_out"), (2, "skipped", "opted_out")]
