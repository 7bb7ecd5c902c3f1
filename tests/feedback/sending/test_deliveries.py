"""At most one mail for each invitation and wave, whatever dies on the way."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.core import mail
from django.db import IntegrityError, connection

from feedback import invitations
from feedback.models import Delivery, Invitation, Suppression
from feedback.sending import deliveries, postbox, recipients, suppressions
from feedback.sending import delivery_steps as steps
from feedback.sending.refusals import WAITS_MINUTES, Refusal
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
QUERIES = 22  # of a batch, without its claim; four of them are savepoints of the test

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

    def pack(self, message):
        return postbox.Parcel(message)

    def hand_over(self, parcel):
        marks = parcel.message.extra_headers
        wanted = {"invitation": marks["X-Invitation"], "wave": marks["X-Wave"]}
        self.handed_over.append(Delivery.objects.get(**wanted).state)
        if self.on_data:
            raise self.on_data
        return ""


class Silent(Line):
    """Takes everything and looks at nothing."""

    def hand_over(self, parcel):
        return ""


def send(delivery, *, line, now=DUE):
    """How it ended, in one word."""
    [end] = deliveries.send([delivery], line=line, now=now)
    return end


def declined(refusal, words="no"):
    return Line(on_data=postbox.Declined(words, refusal))


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
        assert send(delivery, line=line, now=DUE) == "sent"
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
        send(delivery, line=line, now=DUE)
        assert send(delivery, line=line, now=DUE) == "lost"
        assert len(line.handed_over) == 1

    @pytest.mark.parametrize(
        ("line", "state", "status"),
        [
            (Line(on_open=postbox.Unreachable("refused")), "queued", "scheduled"),
            (Line(on_data=postbox.Unreachable("421 bye")), "queued", "scheduled"),
            (declined(Refusal.BUSY), "retry", "scheduled"),
            (declined(Refusal.NO_MAILBOX), "failed", "failed"),
            (declined(Refusal.NEVER), "failed", "failed"),
            (Line(on_data=postbox.Cut("timed out")), "uncertain", "uncertain"),
        ],
        ids=["unreachable", "421", "4xx", "no mailbox", "policy", "cut"],
    )
    def test_each_bad_day_has_its_end(self, line, state, status):
        delivery = claimed()
        assert send(delivery, line=line, now=DUE) == state
        stored = fresh(delivery)
        assert (stored.state, stored.invitation.status) == (state, status)
        assert stored.error != ""
        assert kinds().count(f"delivery.{state}") == 1

    @pytest.mark.usefixtures("always_open")
    @pytest.mark.parametrize("refusal", WAITS_MINUTES)
    def test_each_retry_waits_longer_and_the_last_one_fails(self, refusal):
        delivery, now, waits = queued(), DUE, []
        for _attempt in range(4):
            [delivery] = deliveries.claim(now=now)
            send(delivery, line=declined(refusal), now=now)
            waits.append((fresh(delivery).due_at - now).total_seconds() / 60)
            now = fresh(delivery).due_at
        [delivery] = deliveries.claim(now=now)
        assert send(delivery, line=declined(refusal), now=now) == "failed"
        assert tuple(waits) == WAITS_MINUTES[refusal]
        assert fresh(delivery).invitation.status == "failed"
        assert deliveries.claim(now=now + timedelta(days=1)) == []

    def test_a_server_that_is_away_costs_no_attempt_however_long(self):
        delivery, now = queued(), DUE
        for _attempt in range(7):
            [delivery] = deliveries.claim(now=now)
            send(delivery, line=Line(on_open=postbox.Unreachable("refused")), now=now)
            assert fresh(delivery).attempts == 0
            now = fresh(delivery).due_at
        assert now == DUE + timedelta(minutes=7)

    def test_an_address_that_does_not_exist_is_not_written_to_again(self):
        delivery = claimed()
        send(delivery, line=declined(Refusal.NO_MAILBOX))
        suppression = Suppression.objects.get()
        assert (suppression.email, suppression.reason) == (
            delivery.invitation.contact.email,
            "hard_bounce",
        )
        assert fresh(delivery).invitation.bounced_at == DUE

    def test_a_mail_that_is_not_wanted_says_nothing_about_the_address(self):
        delivery = claimed()
        send(delivery, line=declined(Refusal.NEVER))
        assert not Suppression.objects.exists()
        assert fresh(delivery).invitation.bounced_at is None

    def test_who_and_where_it_went_is_kept_for_the_next_look(self):
        delivery = claimed()
        send(delivery, line=Line())
        stored, email = fresh(delivery), delivery.invitation.contact.email
        assert stored.domain == "example.org"
        assert stored.recipient.address_hash == recipients.address_hash(email)

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
            def hand_over(self, parcel):
                Invitation.objects.update(status="answered", answered_at=DUE)
                return ""

        assert send(delivery, line=Quick(), now=DUE) == "sent"
        stored = fresh(delivery).invitation
        assert (stored.status, stored.sent_at) == ("answered", DUE)


class TestTheLastLook:
    """What happened between the claim and the mail decides."""

    def end(self, delivery, now=DUE):
        line = Line()
        state = send(delivery, line=line, now=now)
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
        assert send(again, line=Line(), now=now) == "sent"
        assert fresh(delivery).attempts == 2

    def test_the_lost_worker_can_no_longer_send(self):
        delivery, line = claimed(), Line()
        now = DUE + LEASE + timedelta(seconds=1)
        deliveries.recover(now=now)
        assert send(delivery, line=line, now=now) == "lost"
        assert line.handed_over == []

    def test_a_worker_lost_while_the_mail_left_leaves_doubt_for_ever(self):
        delivery = claimed()
        steps.start([delivery], now=DUE)
        now = DUE + LEASE + timedelta(seconds=1)
        assert deliveries.recover(now=now) == {"uncertain": 1}
        assert fresh(delivery).invitation.status == "uncertain"
        assert deliveries.send_due(now=now + timedelta(days=3)) == {}
        assert mail.outbox == []

    def test_a_slow_worker_that_was_thought_dead_settles_the_doubt(self):
        delivery = claimed()
        late = DUE + LEASE + timedelta(seconds=1)

        class Slow(Line):
            def hand_over(self, parcel):
                assert deliveries.recover(now=late) == {"uncertain": 1}
                return ""

        assert send(delivery, line=Slow(), now=DUE) == "sent"
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
        send(delivery, line=Line(on_data=postbox.Cut("cut")), now=DUE)
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
        send(delivery, line=declined(Refusal.NEVER), now=DUE)
        deliveries.replay(fresh(delivery), by=manager, now=DUE)
        assert (fresh(delivery).state, fresh(delivery).attempts) == ("queued", 0)
        with pytest.raises(StateError):
            deliveries.replay(fresh(delivery), by=manager, now=DUE)

    def test_what_was_sent_is_never_sent_again(self, manager):
        delivery = claimed()
        send(delivery, line=Line(), now=DUE)
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

    @pytest.mark.parametrize(
        ("seconds_each", "at_once"), [(0.0001, 50), (0.01, 20), (0.1, 5), (9, 5)]
    )
    def test_a_batch_is_what_leaves_within_a_moment(self, seconds_each, at_once):
        for _one in range(51):
            queued()
        with postbox.Line() as line:
            line.seconds_each = seconds_each
            batch = deliveries.send_batch(now=DUE, line=line)
        assert (batch.claimed, batch.ends, batch.is_last) == (at_once, {"sent": at_once}, False)

    def test_a_server_that_is_away_ends_the_tick_and_loses_nothing(self, settings):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens there
        for _one in range(3):
            queued()
        assert deliveries.send_due(now=DUE) == {"queued": 3}
        assert set(Delivery.objects.values_list("attempts", flat=True)) == {0}

    @pytest.mark.parametrize("mails", [2, deliveries.MOST_AT_ONCE])
    def test_a_batch_asks_the_same_number_of_queries(self, django_assert_num_queries, mails):
        for _one in range(mails):
            queued()
        claimed = deliveries.claim(now=DUE)
        with django_assert_num_queries(QUERIES):
            deliveries.send(claimed, line=Silent(), now=DUE)


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
        send(delivery, line=Line(on_data=postbox.Cut("cut")), now=DUE)
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
