"""One budget per person over all surveys, decided as the mail leaves."""

from contextlib import suppress
from datetime import timedelta
from threading import Barrier, BrokenBarrierError, Thread
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction

from feedback.models import ContactPolicy, Delivery, Invitation, Recipient, Rule, Suppression
from feedback.sending import pace, recipients, suppressions, window
from feedback.sending.pace import Facts, Go, Postpone, Skip
from tests.factories import (
    NOON,
    ContactFactory,
    InterventionFactory,
    InvitationFactory,
    PartnerFactory,
    RatingFactory,
)

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NIGHT, MORNING = NOON + 10 * HOUR, NOON + 21 * HOUR  # 22:00, and 09:00 of the next day, in Paris
EXPIRES = NOON + 14 * DAY
GAVE_WAY = Skip(Invitation.Skip.GAVE_WAY)


def decide(now=NOON, policy=None, **facts):
    usual = {
        "is_first": True,
        "expires_at": EXPIRES,
        "zone": ZoneInfo("Europe/Paris"),
        "left": (),
        "better": 0,
        "domain_full_since": None,
    }
    return pace.decide(
        Facts(**{**usual, **facts}),
        policy or ContactPolicy(role="client"),
        now=now,
        is_holiday=window.is_holiday,
    )


def fatigue(days):
    return Skip(Invitation.Skip.FATIGUE, (NOON + days * DAY).date())


class TestDecide:
    def test_nothing_speaks_against_it(self):
        assert decide() == Go()

    def test_at_night_it_waits_for_the_morning(self):
        assert decide(NIGHT) == Postpone(MORNING)
        assert decide(NIGHT, is_first=False) == Postpone(MORNING)
        assert decide(NIGHT, left=[NOON]) == Postpone(MORNING)

    def test_a_morning_after_the_end_is_too_late(self):
        assert decide(NIGHT, expires_at=MORNING) == Skip(Invitation.Skip.TOO_LATE)

    def test_who_was_asked_is_not_asked_again_before_the_oldest_falls_out(self):
        assert decide(left=[NOON - 3 * DAY]) == fatigue(11)
        assert decide(left=[NOON - 3 * DAY], is_first=False) == Go()

    @pytest.mark.parametrize(
        ("days_ago", "verdict"),
        [([3], Go()), ([3, 5], fatigue(9)), ([5, 3], fatigue(9)), ([3, 5, 7], fatigue(9))],
    )
    def test_the_day_is_that_on_which_there_is_room(self, days_ago, verdict):
        left = [NOON - days * DAY for days in days_ago]
        assert decide(left=left, policy=ContactPolicy(role="client", cap=2)) == verdict

    @pytest.mark.parametrize(
        ("better", "left", "verdict"),
        [
            (1, 1, GAVE_WAY),
            (1, 0, Go()),
            (2, 0, GAVE_WAY),
        ],
    )
    def test_it_gives_way_when_the_better_ones_take_all_the_room(self, better, left, verdict):
        policy = ContactPolicy(role="client", cap=2)
        assert decide(left=[NOON - DAY] * left, better=better, policy=policy) == verdict

    def test_a_full_domain_waits_for_the_hour_to_pass(self):
        assert decide(domain_full_since=NOON - HOUR / 4) == Postpone(NOON + 3 * HOUR / 4)

    def test_an_hour_that_ends_at_night_ends_in_the_morning(self):
        evening = NOON + 6.9 * HOUR
        assert decide(evening, domain_full_since=evening) == Postpone(MORNING)


def waiting(contact=None, *, due_at=NOON, priority=5, **fields) -> Delivery:
    """A first mail as the sweep leaves it."""
    contact = contact or ContactFactory()
    intervention = InterventionFactory(completed=True, client=contact.client, contact=contact)
    one = InvitationFactory(intervention=intervention, due_at=due_at, **fields)
    one.rule = Rule.objects.create(survey=one.survey, priority=priority)
    one.save()
    return Delivery.objects.create(invitation=one, due_at=due_at)


def look(delivery, now=NOON):
    invitation = Invitation.objects.for_mail().select_related("rule").get(pk=delivery.invitation_id)
    return pace.look(delivery, invitation, pace.policy_for(invitation), now=now)


def start(delivery, now=NOON):
    """What sending does once the verdict is Go."""
    email = recipients.email_of(delivery.invitation)
    Delivery.objects.filter(pk=delivery.pk).update(
        state="data_started",
        data_started_at=now,
        leased_until=now + HOUR,
        recipient=pace.lock_recipient(email),
        domain=pace.domain_of(email),
    )


@pytest.mark.django_db
class TestLook:
    def test_a_person_is_an_address_however_it_is_written(self):
        first = waiting(ContactFactory(email="Nadia@Example.org"))
        second = waiting(ContactFactory(email=" nadia@example.ORG "))
        with transaction.atomic():
            start(first)
        assert look(second, NOON + DAY) == fatigue(14)
        assert Recipient.objects.count() == 1

    @pytest.mark.parametrize(("days", "verdict"), [(13.9, fatigue(14)), (14, Go())])
    def test_the_budget_is_over_the_last_days(self, days, verdict):
        contact = ContactFactory()
        with transaction.atomic():
            start(waiting(contact))
        late = waiting(contact, expires_at=NOON + 30 * DAY)
        assert look(late, NOON + days * DAY) == verdict

    @pytest.mark.parametrize(
        ("state", "counts"), [("sent", True), ("uncertain", True), ("failed", False)]
    )
    def test_what_may_have_arrived_counts(self, state, counts):
        contact = ContactFactory()
        first = waiting(contact)
        with transaction.atomic():
            start(first)
        Delivery.objects.filter(pk=first.pk).update(state=state, sent_at=NOON)
        assert isinstance(look(waiting(contact)), Skip if counts else Go)

    def test_reminders_do_not_count(self):
        contact = ContactFactory()
        first = waiting(contact)
        with transaction.atomic():
            start(first)
        Delivery.objects.filter(pk=first.pk).update(wave=1)
        assert look(waiting(contact)) == Go()

    @pytest.mark.parametrize(
        ("hours", "priority", "verdict"),
        [
            (24, 2, GAVE_WAY),
            (24.1, 2, Go()),
            (-24, 2, GAVE_WAY),
            (2, 5, Go()),
            (2, 6, Go()),
        ],
    )
    def test_the_more_important_survey_of_the_next_day_goes_first(self, hours, priority, verdict):
        contact = ContactFactory()
        waiting(contact, due_at=NOON + hours * HOUR, priority=priority)
        assert look(waiting(contact)) == verdict

    def test_a_survey_nobody_wants_holds_nothing_back(self):
        contact = ContactFactory()
        better = waiting(contact, priority=1)
        mine = waiting(contact)
        assert look(mine) == GAVE_WAY
        survey = better.invitation.survey
        suppressions.suppress(
            contact.email, survey=survey, reason=Suppression.Reason.OPT_OUT, now=NOON
        )
        assert look(mine) == Go()

    def test_what_left_in_the_same_batch_is_counted_once(self):
        ContactPolicy.objects.filter(role="client").update(cap=2)
        contact = ContactFactory()
        batch = [waiting(contact, priority=1), waiting(contact)]
        asked = [Invitation.objects.for_mail().get(pk=one.invitation_id) for one in batch]
        traffic = pace.Traffic.of(asked, pace.policies(), now=NOON)
        verdicts = [
            traffic.look(one, invitation, now=NOON)
            for one, invitation in zip(batch, asked, strict=True)
        ]
        assert verdicts == [Go(), Go()]

    def test_a_matter_that_was_settled_by_phone_holds_nothing_back(self):
        contact = ContactFactory()
        better = waiting(contact, priority=1)
        mine = waiting(contact)
        RatingFactory(intervention=better.invitation.intervention)
        assert look(mine) == Go()

    def test_a_domain_is_shared_by_all_its_people(self):
        ContactPolicy.objects.filter(role="client").update(domain_per_hour=2)
        last = waiting(ContactFactory(email="b@ONE.example"))
        for minutes in (0, 10):
            assert look(last, NOON + HOUR / 2) == Go()
            with transaction.atomic():
                start(waiting(ContactFactory(email="a@one.example")), NOON + minutes * HOUR / 60)
        assert look(last, NOON + HOUR / 2) == Postpone(NOON + HOUR)
        assert look(last, NOON + HOUR) == Go()
        assert look(waiting(ContactFactory(email="b@two.example"))) == Go()

    def test_partners_have_their_own_budget(self):
        partner = PartnerFactory(email="lea@example.org")
        contact = ContactFactory(email="lea@example.org")
        with transaction.atomic():
            start(waiting(contact))
        debrief = waiting(about="debrief", partner=partner)
        assert look(debrief) == Go()
        ContactPolicy.objects.filter(role="partner").update(cap=1)
        with transaction.atomic():
            start(waiting(about="debrief", partner=partner))
        assert isinstance(look(debrief), Skip)

    def test_without_a_stored_policy_the_usual_one_holds(self):
        delivery = waiting()
        ContactPolicy.objects.all().delete()
        assert look(delivery, NIGHT) == Postpone(MORNING)


@pytest.mark.django_db(transaction=True)
class TestTwoMailsToOnePersonAtOnce:
    def at_once(self, send):
        contact = ContactFactory()
        deliveries, barrier, verdicts = [waiting(contact), waiting(contact)], Barrier(2), []

        def run(delivery):
            try:
                verdicts.append(send(delivery, barrier))
            finally:
                connection.close()

        threads = [Thread(target=run, args=(one,)) for one in deliveries]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sorted(type(verdict).__name__ for verdict in verdicts)

    def test_who_looks_without_the_lock_lets_both_go(self):
        def send(delivery, barrier):
            verdict = look(delivery)
            barrier.wait()
            with transaction.atomic():
                start(delivery)
            return verdict

        assert self.at_once(send) == ["Go", "Go"]

    def test_under_the_lock_one_goes_and_the_other_is_too_much(self):
        def send(delivery, barrier):
            with transaction.atomic():
                pace.lock_recipient(delivery.invitation.contact.email)
                verdict = look(delivery)
                with suppress(BrokenBarrierError):
                    barrier.wait(timeout=0.5)
                if verdict == Go():
                    start(delivery)
            return verdict

        assert self.at_once(send) == ["Go", "Skip"]
