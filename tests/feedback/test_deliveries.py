"""At most one mail for each invitation and wave, whatever dies on the way."""

import smtplib
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.core import mail
from django.db import IntegrityError, connection

from feedback import deliveries, invitations, postbox, suppressions
from feedback.models import Delivery, Invitation, Suppression
from tests.factories import (
    NOON,
    InterventionFactory,
    InvitationFactory,
    RatingFactory,
    UserFactory,
)
from triangle.errors import StateError
from triangle.models import JournalEntry

DONE = NOON + timedelta(hours=1)
DUE = DONE + timedelta(hours=2)
LEASE = timedelta(seconds=60)

pytestmark = pytest.mark.django_db


def queued(**fields) -> Delivery:
    """A mail that is due, as the sweep leaves it."""
    intervention = InterventionFactory(completed=True, **fields)
    invitations.open_due(now=DONE)
    JournalEntry.objects.all().delete()
    return Delivery.objects.get(invitation__intervention=intervention)


def claimed(**fields) -> Delivery:
    delivery = queued(**fields)
    return next(one for one in deliveries.claim(now=DUE) if one == delivery)


def fresh(delivery: Delivery) -> Delivery:
    return Delivery.objects.select_related("invitation").get(pk=delivery.pk)


def kinds():
    return list(JournalEntry.objects.order_by("id").values_list("kind", flat=True))


class Line:
    """The outside world: a mail server that answers as told."""

    is_down = False

    def __init__(self, *, on_open=None, on_data=None):
        self.on_open, self.on_data, self.handed_over = on_open, on_data, []

    def open(self):
        if self.on_open:
            raise self.on_open

    def hand_over(self, message):
        state = Delivery.objects.get(invitation=message.extra_headers["X-Invitation"]).state
        self.handed_over.append(state)
        if self.on_data:
            raise self.on_data


class TestClaim:
    def test_nothing_due_is_nothing_claimed(self):
        queued()
        assert deliveries.claim(now=DUE - timedelta(seconds=1)) == []

    def test_the_attempt_counts_before_the_work(self):
        delivery = claimed()
        stored = fresh(delivery)
        assert (stored.state, stored.attempts) == ("claimed", 1)
        assert stored.leased_until == DUE + LEASE
        assert kinds() == ["delivery.claimed"]

    def test_claiming_twice_gives_the_second_nothing(self):
        claimed()
        assert deliveries.claim(now=DUE) == []

    def test_the_earliest_due_go_first(self):
        first, second = queued(), queued()
        Delivery.objects.filter(pk=second.pk).update(due_at=DONE)
        assert deliveries.claim(now=DUE, limit=1) == [second]
        assert deliveries.claim(now=DUE, limit=5) == [first]


class TestSend:
    def test_the_good_day(self):
        delivery, line = claimed(), Line()
        assert deliveries.send(delivery, line=line, now=DUE) == "sent"
        stored = fresh(delivery)
        assert line.handed_over == ["data_started"]
        assert (stored.state, stored.sent_at, stored.leased_until) == ("sent", DUE, None)
        assert (stored.invitation.status, stored.invitation.sent_at) == ("sent", DUE)
        assert str(stored.invitation.counted_on) == "2026-03-10"
        assert kinds() == [
            "delivery.claimed",
            "delivery.data_started",
            "delivery.sent",
            "invitation.sent",
        ]

    def test_sending_twice_hands_over_once(self):
        delivery, line = claimed(), Line()
        deliveries.send(delivery, line=line, now=DUE)
        assert deliveries.send(delivery, line=line, now=DUE) == "lost"
        assert len(line.handed_over) == 1

    @pytest.mark.parametrize(
        ("line", "state", "status"),
        [
            (Line(on_open=postbox.Unreachable("refused")), "retry", "scheduled"),
            (Line(on_data=postbox.Declined("451 later", is_lasting=False)), "retry", "scheduled"),
            (Line(on_data=postbox.Declined("550 unknown", is_lasting=True)), "failed", "failed"),
            (Line(on_data=postbox.Cut("timed out")), "uncertain", "uncertain"),
        ],
        ids=["unreachable", "4xx", "5xx", "cut"],
    )
    def test_each_bad_day_has_its_end(self, line, state, status):
        delivery = claimed()
        assert deliveries.send(delivery, line=line, now=DUE) == state
        stored = fresh(delivery)
        assert (stored.state, stored.invitation.status) == (state, status)
        assert stored.error != ""
        assert kinds().count(f"delivery.{state}") == 1

    def test_each_retry_waits_longer_and_the_last_one_fails(self):
        delivery, now, waits = queued(), DUE, []
        line = Line(on_open=postbox.Unreachable("refused"))
        for _attempt in range(4):
            [delivery] = deliveries.claim(now=now)
            deliveries.send(delivery, line=line, now=now)
            waits.append((fresh(delivery).due_at - now).total_seconds() / 60)
            now = fresh(delivery).due_at
        [delivery] = deliveries.claim(now=now)
        assert deliveries.send(delivery, line=line, now=now) == "failed"
        assert waits == [1, 10, 60, 360]
        assert fresh(delivery).invitation.status == "failed"
        assert deliveries.claim(now=now + timedelta(days=1)) == []

    def test_a_mail_that_cannot_be_written_stops_no_other(self, monkeypatch):
        poison, good = queued(), queued()
        Delivery.objects.filter(pk=poison.pk).update(due_at=DONE)
        write = deliveries.mails.invitation

        def fragile(invitation, **how):
            if invitation.pk == poison.invitation_id:
                raise ValueError("cannot be written")
            return write(invitation, **how)

        monkeypatch.setattr(deliveries.mails, "invitation", fragile)
        assert deliveries.send_due(now=DUE) == {"retry": 1, "sent": 1}
        assert fresh(poison).error == "ValueError: cannot be written"
        assert fresh(good).state == "sent"

    def test_an_answer_that_overtakes_the_mail_keeps_its_status(self):
        delivery = claimed()

        class Quick(Line):
            def hand_over(self, message):
                Invitation.objects.update(status="answered", answered_at=DUE)

        assert deliveries.send(delivery, line=Quick(), now=DUE) == "sent"
        stored = fresh(delivery).invitation
        assert (stored.status, stored.sent_at) == ("answered", DUE)


class TestTheLastLook:
    """What happened between the claim and the mail decides."""

    def end(self, delivery, now=DUE):
        line = Line()
        state = deliveries.send(delivery, line=line, now=now)
        assert (state, line.handed_over) == ("skipped", [])
        stored = fresh(delivery)
        assert stored.state == "skipped"
        return stored.invitation.status, stored.invitation.skip_reason, stored.error

    def test_answered(self):
        delivery = claimed()
        Invitation.objects.update(status="answered", answered_at=DUE)
        assert self.end(delivery) == ("answered", "", "answered")

    def test_rated_by_phone(self):
        delivery = claimed()
        RatingFactory(intervention=delivery.invitation.intervention)
        assert self.end(delivery) == ("skipped", "answered", "answered")

    def test_intervention_cancelled(self):
        delivery = claimed()
        intervention = delivery.invitation.intervention
        intervention.status, intervention.cancelled_by = "cancelled", "client"
        intervention.save()
        assert self.end(delivery) == ("skipped", "cancelled", "cancelled")

    def test_opted_out(self):
        delivery = claimed()
        email = delivery.invitation.contact.email.upper()
        suppressions.suppress(email, reason=Suppression.Reason.OPT_OUT, now=DUE)
        assert self.end(delivery) == ("skipped", "opted_out", "opted_out")

    def test_address_erased(self):
        delivery = claimed()
        type(delivery.invitation.contact).objects.update(email="")
        assert self.end(delivery) == ("skipped", "no_address", "no_address")

    def test_expired(self):
        delivery = claimed()
        expired_at = delivery.invitation.expires_at
        assert self.end(delivery, now=expired_at) == ("skipped", "too_late", "too_late")

    def test_the_day_of_the_skip_is_counted(self):
        delivery = claimed()
        self.end(delivery, now=delivery.invitation.expires_at)
        assert str(fresh(delivery).invitation.counted_on) == "2026-03-24"
        assert kinds()[-2:] == ["delivery.skipped", "invitation.skipped"]


class TestRecover:
    def test_a_lease_that_runs_is_left_alone(self):
        claimed()
        assert deliveries.recover(now=DUE + LEASE) == {}

    def test_a_worker_lost_before_the_mail_left_is_followed_by_another(self):
        delivery = claimed()
        now = DUE + LEASE + timedelta(seconds=1)
        assert deliveries.recover(now=now) == {"retry": 1}
        assert deliveries.recover(now=now) == {}
        assert fresh(delivery).due_at <= now
        [again] = deliveries.claim(now=now)
        assert deliveries.send(again, line=Line(), now=now) == "sent"
        assert fresh(delivery).attempts == 2

    def test_the_lost_worker_can_no_longer_send(self):
        delivery, line = claimed(), Line()
        now = DUE + LEASE + timedelta(seconds=1)
        deliveries.recover(now=now)
        assert deliveries.send(delivery, line=line, now=now) == "lost"
        assert line.handed_over == []

    def test_a_worker_lost_while_the_mail_left_leaves_doubt_for_ever(self):
        delivery = claimed()
        deliveries._start(delivery, now=DUE)
        now = DUE + LEASE + timedelta(seconds=1)
        assert deliveries.recover(now=now) == {"uncertain": 1}
        assert fresh(delivery).invitation.status == "uncertain"
        assert deliveries.send_due(now=now + timedelta(days=3)) == {}
        assert mail.outbox == []

    def test_a_slow_worker_that_was_thought_dead_settles_the_doubt(self):
        delivery = claimed()
        late = DUE + LEASE + timedelta(seconds=1)

        class Slow(Line):
            def hand_over(self, message):
                assert deliveries.recover(now=late) == {"uncertain": 1}

        assert deliveries.send(delivery, line=Slow(), now=DUE) == "sent"
        assert fresh(delivery).invitation.status == "sent"

    def test_a_mail_that_kills_its_worker_five_times_is_set_aside(self):
        queued()
        now = DUE
        for _attempt in range(5):
            [delivery] = deliveries.claim(now=now)
            now += LEASE + timedelta(seconds=1)
            deliveries.recover(now=now)
        assert (fresh(delivery).state, fresh(delivery).attempts) == ("failed", 5)
        assert deliveries.claim(now=now) == []


class TestSettle:
    @pytest.fixture
    def uncertain(self):
        delivery = claimed()
        deliveries.send(delivery, line=Line(on_data=postbox.Cut("cut")), now=DUE)
        return fresh(delivery)

    def test_it_arrived(self, uncertain, manager):
        later = DUE + timedelta(hours=1)
        deliveries.settle(uncertain, sent=True, by=manager, now=later)
        stored = fresh(uncertain)
        assert (stored.state, stored.sent_at, stored.invitation.status) == ("sent", DUE, "sent")
        assert JournalEntry.objects.filter(actor=manager, at=later).count() == 2

    def test_it_never_left_and_goes_now(self, uncertain, manager):
        deliveries.settle(uncertain, sent=False, by=manager, now=DUE)
        assert fresh(uncertain).invitation.status == "scheduled"
        assert deliveries.send_due(now=DUE) == {"sent": 1}
        assert len(mail.outbox) == 1

    def test_an_answer_through_its_link_proves_that_it_arrived(self, uncertain):
        RatingFactory(
            intervention=uncertain.invitation.intervention,
            invitation=uncertain.invitation,
            source="link",
        )
        assert deliveries.recover(now=DUE + timedelta(hours=1)) == {"sent": 1}
        assert (fresh(uncertain).state, fresh(uncertain).sent_at) == ("sent", DUE)

    @pytest.mark.parametrize("sent", [True, False])
    def test_settling_twice_is_refused(self, uncertain, manager, sent):
        deliveries.settle(uncertain, sent=sent, by=manager, now=DUE)
        with pytest.raises(StateError):
            deliveries.settle(uncertain, sent=not sent, by=manager, now=DUE)

    def test_a_failed_mail_is_replayed_once(self, manager):
        delivery = claimed()
        line = Line(on_data=postbox.Declined("550 unknown", is_lasting=True))
        deliveries.send(delivery, line=line, now=DUE)
        deliveries.replay(fresh(delivery), by=manager, now=DUE)
        assert (fresh(delivery).state, fresh(delivery).attempts) == ("queued", 0)
        with pytest.raises(StateError):
            deliveries.replay(fresh(delivery), by=manager, now=DUE)

    def test_what_was_sent_is_never_sent_again(self, manager):
        delivery = claimed()
        deliveries.send(delivery, line=Line(), now=DUE)
        for verb in (
            deliveries.replay,
            lambda one, **how: deliveries.settle(one, sent=False, **how),
        ):
            with pytest.raises(StateError):
                verb(fresh(delivery), by=manager, now=DUE)
        assert fresh(delivery).state == "sent"


class TestSendDue:
    def test_nothing_due(self):
        assert deliveries.send_due(now=DUE) == {}

    def test_everything_due_leaves_once(self):
        for _one in range(3):
            queued()
        assert deliveries.send_due(now=DUE) == {"sent": 3}
        assert deliveries.send_due(now=DUE) == {}
        assert len(mail.outbox) == 3
        assert all(len(message.to) == 1 for message in mail.outbox)

    def test_no_more_than_the_limit(self):
        for _one in range(3):
            queued()
        assert deliveries.send_due(now=DUE, limit=2) == {"sent": 2}

    def test_a_server_that_is_away_ends_the_tick_and_loses_nothing(self, settings):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens there
        for _one in range(3):
            queued()
        assert deliveries.send_due(now=DUE) == {"retry": 3}
        assert set(Delivery.objects.values_list("attempts", flat=True)) == {1}

    def test_the_number_of_queries_per_mail_is_known(self, django_assert_num_queries):
        queued()
        with django_assert_num_queries(22):
            deliveries.send_due(now=DUE)


class TestPostbox:
    @pytest.mark.parametrize(
        ("error", "answer", "is_lasting"),
        [
            (smtplib.SMTPRecipientsRefused({"a@b": (550, b"unknown")}), postbox.Declined, True),
            (smtplib.SMTPRecipientsRefused({"a@b": (450, b"grey")}), postbox.Declined, False),
            (smtplib.SMTPSenderRefused(530, b"login", "a@b"), postbox.Declined, True),
            (smtplib.SMTPDataError(451, b"later"), postbox.Declined, False),
            (smtplib.SMTPNotSupportedError("utf8"), postbox.Declined, True),
            (smtplib.SMTPServerDisconnected("gone"), postbox.Cut, None),
            (TimeoutError("timed out"), postbox.Cut, None),
        ],
    )
    def test_a_refusal_is_told_from_a_cut(self, error, answer, is_lasting, monkeypatch):
        def fails(_self, _messages):
            raise error

        monkeypatch.setattr(mail.get_connection().__class__, "send_messages", fails)
        with pytest.raises(answer) as told, postbox.Line() as line:
            line.hand_over(mail.EmailMessage())
        assert getattr(told.value, "is_lasting", None) == is_lasting


class TestConstraints:
    def test_one_mail_per_wave(self):
        delivery = queued()
        with pytest.raises(IntegrityError):
            Delivery.objects.create(invitation=delivery.invitation, due_at=DUE)

    @pytest.mark.parametrize(
        ("state", "name"),
        [
            ("claimed", "delivery_claimed_has_a_lease"),
            ("data_started", "delivery_claimed_has_a_lease"),
            ("sent", "delivery_sent_has_an_instant"),
        ],
    )
    def test_a_state_carries_what_it_says(self, state, name):
        one = InvitationFactory()
        with pytest.raises(IntegrityError, match=name):
            Delivery.objects.create(invitation=one, due_at=DUE, state=state)


@pytest.mark.django_db(transaction=True)
class TestTwoWorkersAtOnce:
    def at_once(self, *works):
        barrier = Barrier(len(works))

        def run(work):
            try:
                work(barrier)
            finally:
                connection.close()

        threads = [Thread(target=run, args=[work]) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def test_without_the_guard_both_take_the_same_mails(self):
        for _one in range(3):
            queued()
        taken = []

        def unguarded(barrier):
            due = list(Delivery.objects.due(now=DUE).values_list("pk", flat=True))
            barrier.wait()
            Delivery.objects.filter(pk__in=due).update(attempts=1)
            taken.append(due)

        self.at_once(unguarded, unguarded)
        assert taken[0] == taken[1]

    def test_with_it_they_take_different_ones(self):
        for _one in range(30):
            queued()
        taken = []

        def guarded(barrier):
            barrier.wait()
            for _batch in range(3):
                taken.extend(one.pk for one in deliveries.claim(now=DUE, limit=5))

        self.at_once(guarded, guarded)
        assert len(taken) == len(set(taken)) == 30

    def test_two_managers_settle_once(self):
        delivery = claimed()
        deliveries.send(delivery, line=Line(on_data=postbox.Cut("cut")), now=DUE)
        ends = []

        def settle(barrier):
            manager = UserFactory()
            one = fresh(delivery)
            barrier.wait()
            try:
                deliveries.settle(one, sent=False, by=manager, now=DUE)
                ends.append("settled")
            except StateError:
                ends.append("refused")

        self.at_once(settle, settle)
        assert sorted(ends) == ["refused", "settled"]
