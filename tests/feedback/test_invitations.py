"""Each completed intervention becomes one invitation, or a visible reason for none."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection

from clients.models import Contact
from feedback import invitations, occasions
from feedback.models import (
    About,
    Delivery,
    Invitation,
    Rule,
    Suppression,
    Survey,
    SurveyVersion,
)
from feedback.sending import suppressions
from partners.models import Intervention
from tests.factories import (
    NOON,
    ClientFactory,
    ContactFactory,
    DebriefFactory,
    InterventionFactory,
    InvitationFactory,
    RatingFactory,
    UserFactory,
)
from triangle import links
from triangle.models import JournalEntry

DONE = NOON + timedelta(hours=1)  # when the factory's interventions are completed
NOW = DONE + timedelta(minutes=5)


def kinds():
    return sorted(JournalEntry.objects.values_list("kind", flat=True))


@pytest.mark.django_db
class TestOpenDue:
    def test_nothing_completed_asks_nobody(self):
        InterventionFactory()
        assert invitations.open_due(now=NOW) == 0

    def test_a_completed_intervention_is_asked_about_two_hours_later(self):
        intervention = InterventionFactory(completed=True)
        assert invitations.open_due(now=NOW) == 1
        one = Invitation.objects.get()
        assert (one.intervention, one.contact) == (intervention, intervention.contact)
        assert (one.status, one.language) == ("scheduled", "fr")
        assert one.due_at == DONE + timedelta(hours=2)
        assert one.expires_at == one.due_at + timedelta(days=14)
        assert one.scope() == intervention.scope()
        assert one.counted_on is None

    def test_its_first_mail_waits_for_the_same_instant(self):
        InterventionFactory(completed=True)
        invitations.open_due(now=NOW)
        delivery = Delivery.objects.get()
        assert (delivery.wave, delivery.state, delivery.attempts) == (0, "queued", 0)
        assert delivery.due_at == delivery.invitation.due_at

    def test_its_links_are_found_by_their_hashes(self):
        InterventionFactory(completed=True)
        invitations.open_due(now=NOW)
        one = Invitation.objects.get()
        assert Invitation.objects.with_token(one.token).get() == one
        assert Invitation.objects.with_opt_out_token(one.opt_out_token).get() == one
        assert not Invitation.objects.with_token(one.opt_out_token).exists()

    def test_sweeping_twice_asks_once(self):
        InterventionFactory(completed=True)
        assert [invitations.open_due(now=NOW), invitations.open_due(now=NOW)] == [1, 0]
        assert kinds() == ["invitation.scheduled"]

    @pytest.mark.parametrize(("days", "asked"), [(13.9, 1), (14, 0), (30, 0), (-0.01, 0)])
    def test_only_the_last_two_weeks_are_asked_about(self, days, asked):
        InterventionFactory(completed=True)
        assert invitations.open_due(now=DONE + timedelta(days=days)) == asked

    def test_a_sweep_takes_the_oldest_first_and_no_more_than_its_limit(self):
        _late, early = (InterventionFactory(completed=True, scheduled_at=at) for at in (NOON, NOON))
        type(early).objects.filter(pk=early.pk).update(completed_at=NOON)
        assert invitations.open_due(now=NOW, limit=1) == 1
        assert Invitation.objects.get().intervention == early
        assert invitations.open_due(now=NOW, limit=1) == 1

    def test_what_was_rated_already_is_not_asked_about(self):
        RatingFactory(intervention=InterventionFactory(completed=True), source="import")
        assert invitations.open_due(now=NOW) == 0

    def test_a_cancelled_intervention_and_a_silent_survey_ask_nobody(self):
        InterventionFactory(cancelled=True)
        assert invitations.open_due(now=NOW) == 0
        InterventionFactory(completed=True)
        Survey.objects.update(is_active=False)
        assert invitations.open_due(now=NOW) == 0

    def test_without_a_contact_the_main_one_of_the_client_is_asked(self):
        main = ContactFactory(language="en")
        InterventionFactory(completed=True, client=main.client, contact=None)
        invitations.open_due(now=NOW)
        one = Invitation.objects.get()
        assert (one.contact, one.language) == (main, "en")

    @pytest.mark.parametrize("has_contact", [True, False])
    def test_nobody_to_write_to_is_a_visible_skip(self, has_contact):
        client = ClientFactory()
        contact = ContactFactory(client=client, email="") if has_contact else None
        InterventionFactory(completed=True, client=client, contact=contact)
        assert invitations.open_due(now=NOW) == 1
        one = Invitation.objects.get()
        assert (one.status, one.skip_reason) == ("skipped", "no_address")
        assert str(one.counted_on) == "2026-03-10"
        assert not Delivery.objects.exists()
        assert kinds() == ["invitation.skipped"]

    @pytest.mark.parametrize(
        ("reason", "skip"),
        [("opt_out", "opted_out"), ("complaint", "opted_out"), ("hard_bounce", "bounced")],
    )
    def test_a_barred_address_is_a_visible_skip(self, reason, skip):
        intervention = InterventionFactory(completed=True, contact__email="Nadia@Example.org")
        reason = Suppression.Reason(reason)
        suppressions.suppress(" nadia@example.ORG", reason=reason, now=NOW)
        invitations.open_due(now=NOW)
        one = Invitation.objects.get(intervention=intervention)
        assert (one.status, one.skip_reason) == ("skipped", skip)

    @pytest.mark.parametrize(
        ("contact", "client", "language"), [("en", "fr", "en"), ("", "en", "en"), ("", "", "en")]
    )
    def test_the_language_is_the_contacts_then_the_clients_then_ours(
        self, contact, client, language
    ):
        one = InterventionFactory(
            completed=True, client__language=client, contact__language=contact
        )
        invitations.open_due(now=NOW)
        assert Invitation.objects.get(intervention=one).language == language

    def test_it_leaves_inside_the_window_of_its_reader(self):
        night = NOON + timedelta(hours=9)  # 21:00 in Paris, done at 22:00
        paris, noumea = (InterventionFactory(completed=True, scheduled_at=night) for _ in "ab")
        Contact.objects.filter(pk=noumea.contact_id).update(time_zone="Pacific/Noumea")
        invitations.open_due(now=night + timedelta(hours=1))
        due_at = {one.intervention: one.due_at for one in Invitation.objects.all()}
        assert due_at == {
            paris: NOON + timedelta(hours=21),
            noumea: night + timedelta(hours=3),  # 11:00 there
        }

    def test_it_says_by_which_rule_and_in_which_words(self):
        InterventionFactory(completed=True)
        rule = Rule.objects.get(survey__about=About.INTERVENTION)
        for number in (8, 9):
            SurveyVersion.objects.create(
                survey=rule.survey, number=number, content={}, created_at=NOON
            )
        invitations.open_due(now=NOW)
        one = Invitation.objects.get()
        assert (one.rule, one.survey, one.version.number) == (rule, rule.survey, 9)

    @pytest.mark.parametrize("skipped", [0, 1])
    def test_the_number_of_queries_does_not_grow(self, django_assert_num_queries, skipped):
        lost = {"contact__email": "", "completed": True}
        for n in (1, 3):
            InterventionFactory.create_batch(n, completed=True)
            InterventionFactory.create_batch(n * skipped, **lost)
            with django_assert_num_queries(18 + 2 * skipped):
                invitations.open_due(now=NOW)

    def test_an_idle_sweep_asks_little(self, django_assert_num_queries):
        with django_assert_num_queries(8):
            invitations.open_due(now=NOW)


@pytest.mark.django_db
class TestExpire:
    def test_a_link_nobody_followed_expires_once(self):
        one = InvitationFactory(sent=True)
        assert invitations.expire(now=one.expires_at - timedelta(seconds=1)) == 0
        assert invitations.expire(now=one.expires_at) == 1
        assert invitations.expire(now=one.expires_at) == 0
        one.refresh_from_db()
        assert one.status == "expired"
        assert kinds() == ["invitation.expired"]

    @pytest.mark.parametrize("status", ["uncertain", "failed"])
    def test_what_was_never_sent_does_not_expire(self, status):
        one = InvitationFactory(status=status)
        assert invitations.expire(now=one.expires_at) == 0

    def test_what_could_not_leave_before_its_end_was_too_late(self):
        delivery = scheduled()
        end = delivery.invitation.expires_at
        assert invitations.expire(now=end - timedelta(seconds=1)) == 0
        assert [invitations.expire(now=end), invitations.expire(now=end)] == [1, 0]
        assert ends(delivery) == ("skipped", "too_late", "skipped", "too_late")
        assert kinds() == ["delivery.skipped", "invitation.skipped"]


def scheduled(state="queued", **fields) -> Delivery:
    """An invitation whose first mail waits, or is in the hands of a worker."""
    one = InvitationFactory(**fields)
    return Delivery.objects.create(
        invitation=one, due_at=one.due_at, state=state, leased_until=one.due_at
    )


def ends(delivery):
    delivery = Delivery.objects.select_related("invitation").get(pk=delivery.pk)
    invitation = delivery.invitation
    return invitation.status, invitation.skip_reason, delivery.state, delivery.error


KEPT = ("scheduled", "", "queued", "")


@pytest.mark.django_db
class TestWithdraw:
    def test_what_holds_stays(self):
        delivery = scheduled()
        assert invitations.withdraw(now=NOW) == 0
        assert ends(delivery) == KEPT

    @pytest.mark.parametrize(
        ("about", "status"),
        [
            ("intervention", "cancelled"),
            ("intervention", "confirmed"),
            ("debrief", "no_show"),
            ("cancellation", "completed"),
        ],
    )
    def test_what_did_not_come_to_pass_is_taken_back_at_once(self, about, status):
        delivery = scheduled(about=about)
        by = "client" if status == "cancelled" else ""
        Intervention.objects.update(status=status, cancelled_by=by)
        assert [invitations.withdraw(now=NOW), invitations.withdraw(now=NOW)] == [1, 0]
        assert ends(delivery) == ("skipped", "cancelled", "skipped", "cancelled")
        assert str(Invitation.objects.get().counted_on) == "2026-03-10"
        assert kinds() == ["delivery.skipped", "invitation.skipped"]

    @pytest.mark.parametrize("state", ["claimed", "data_started"])
    def test_a_mail_in_the_hands_of_a_worker_is_the_workers(self, state):
        delivery = scheduled(state)
        Intervention.objects.update(status="no_show")
        assert invitations.withdraw(now=NOW) == 0
        assert ends(delivery) == ("scheduled", "", state, "")

    def test_a_cancellation_before_the_mail_asks_about_the_cancellation_instead(self):
        done = InterventionFactory(completed=True, confirmed_at=NOON - timedelta(days=3))
        invitations.open_due(now=NOW)
        Intervention.objects.update(status="cancelled", cancelled_by="client", cancelled_at=NOW)
        invitations.withdraw(now=NOW)
        invitations.open_due(now=NOW)
        found = done.invitations.order_by("id").values_list("about", "status", "skip_reason")
        assert list(found) == [
            ("intervention", "skipped", "cancelled"),
            ("cancellation", "scheduled", ""),
        ]

    def test_the_number_of_queries_does_not_grow(self, django_assert_num_queries):
        for n in (1, 3):
            for _one in range(n):
                scheduled()
            Intervention.objects.update(status="no_show")
            with django_assert_num_queries(9):
                invitations.withdraw(now=NOW)


@pytest.mark.django_db
class TestCloseDebriefs:
    def test_a_debrief_that_is_in_answers_what_was_sent(self):
        sent = InvitationFactory(about="debrief", sent=True)
        other = InvitationFactory(about="debrief", sent=True)
        debrief = DebriefFactory(intervention=sent.intervention)
        assert [invitations.close_debriefs(now=NOW), invitations.close_debriefs(now=NOW)] == [1, 0]
        sent.refresh_from_db()
        other.refresh_from_db()
        assert (sent.status, sent.answered_at) == ("answered", debrief.answered_at)
        assert (sent.is_explained, other.status) == (True, "sent")
        assert kinds() == ["invitation.answered"]

    def test_what_waits_about_it_is_not_sent(self):
        delivery = scheduled(about="debrief")
        DebriefFactory(intervention=delivery.invitation.intervention)
        assert invitations.close_debriefs(now=NOW) == 1
        assert ends(delivery) == ("skipped", "answered", "skipped", "answered")

    def test_the_clients_own_invitation_is_another_matter(self):
        one = InvitationFactory(sent=True)
        DebriefFactory(intervention=one.intervention)
        assert invitations.close_debriefs(now=NOW) == 0


@pytest.mark.django_db
class TestByHand:
    def leave_out(self, delivery, reason="spoken", now=NOW):
        reason = Invitation.HandReason(reason)
        return invitations.leave_out(delivery.invitation, reason=reason, by=UserFactory(), now=now)

    def test_it_does_not_leave_and_says_why_and_by_whom(self):
        delivery = scheduled()
        one = self.leave_out(delivery, "dispute")
        assert ends(delivery) == ("skipped", "by_hand", "skipped", "by_hand")
        assert (one.hand_reason, one.skipped_by.email[:4]) == ("dispute", "user")
        entry = JournalEntry.objects.get(kind="invitation.skipped")
        assert (entry.data, entry.actor) == (
            {"reason": "by_hand", "why": "dispute"},
            one.skipped_by,
        )

    @pytest.mark.parametrize("state", ["claimed", "data_started", "sent"])
    def test_what_leaves_or_has_left_cannot_be_left_out(self, state):
        fields = {"sent": True} if state == "sent" else {}
        one = InvitationFactory(**fields)
        sent_at = NOW if state == "sent" else None
        delivery = Delivery.objects.create(
            invitation=one, due_at=NOW, state=state, leased_until=NOW, sent_at=sent_at
        )
        with pytest.raises(invitations.TooLate):
            self.leave_out(delivery)
        assert ends(delivery)[1:3] == ("", state)

    def test_a_second_one_finds_it_done(self):
        delivery = scheduled()
        self.leave_out(delivery)
        with pytest.raises(invitations.TooLate):
            self.leave_out(delivery, "mistake")
        assert Invitation.objects.get().hand_reason == "spoken"

    def test_asking_after_all_puts_it_back_in_an_open_hour(self):
        delivery = scheduled()
        one = self.leave_out(delivery)
        night = NOON + timedelta(hours=12)
        one = invitations.ask_after_all(one, by=UserFactory(), now=night)
        assert ends(delivery) == KEPT
        assert (one.hand_reason, one.skipped_by, one.counted_on) == ("", None, None)
        assert one.due_at == Delivery.objects.get().due_at == NOON + timedelta(hours=21)
        assert kinds()[:2] == ["delivery.queued", "delivery.skipped"]

    @pytest.mark.parametrize("reason", ["cancelled", "by_hand"])
    def test_only_what_was_left_out_by_hand_and_has_not_ended(self, reason):
        delivery = scheduled()
        if reason == "by_hand":
            self.leave_out(delivery)
        else:
            invitations.skip(Invitation.objects.all(), Invitation.Skip.CANCELLED, now=NOW)
        one = Invitation.objects.get()
        now = one.expires_at if reason == "by_hand" else NOW
        with pytest.raises(invitations.TooLate):
            invitations.ask_after_all(one, by=UserFactory(), now=now)
        assert ends(delivery)[0] == "skipped"


@pytest.mark.django_db
class TestConstraints:
    def test_one_invitation_per_intervention_and_survey(self):
        one = InvitationFactory()
        with pytest.raises(IntegrityError):
            InvitationFactory(intervention=one.intervention)

    @pytest.mark.parametrize(
        ("fields", "name"),
        [
            ({"status": "skipped"}, "invitation_skipped_has_a_reason"),
            ({"skip_reason": "no_address"}, "invitation_skipped_has_a_reason"),
            ({"status": "sent"}, "invitation_sent_has_an_instant"),
            ({"status": "answered"}, "invitation_answered_has_an_instant"),
        ],
    )
    def test_a_status_carries_what_it_says(self, fields, name):
        with pytest.raises(IntegrityError, match=name):
            InvitationFactory(**fields)

    def test_what_is_asked_about_is_there(self):
        with pytest.raises(IntegrityError, match="invitation_has_what_it_is_about"):
            InvitationFactory(about=About.RELATION)


@pytest.mark.django_db(transaction=True)
class TestTwoSweepsAtOnce:
    def sweep_twice_at_once(self, sweep):
        barrier = Barrier(2)

        def run():
            try:
                sweep(barrier)
            finally:
                connection.close()

        threads = [Thread(target=run) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def test_both_look_before_either_writes_and_only_the_constraint_stops_the_second(self):
        intervention = InterventionFactory(completed=True)
        ends = []

        def look_then_write(barrier):
            seen = Invitation.objects.filter(intervention=intervention).exists()
            barrier.wait()
            try:
                InvitationFactory(intervention=intervention)
                ends.append((seen, "written"))
            except IntegrityError:
                ends.append((seen, "refused"))

        self.sweep_twice_at_once(look_then_write)
        assert sorted(ends) == [(False, "refused"), (False, "written")]

    def test_two_sweeps_write_one_invitation_and_one_mail_each(self, monkeypatch):
        InterventionFactory.create_batch(5, completed=True)
        looked = occasions._lately
        written = []

        def sweep(barrier):
            def look_and_wait(*args, **kwargs):
                found = looked(*args, **kwargs)
                barrier.wait()
                return found

            monkeypatch.setattr(occasions, "_lately", look_and_wait)
            written.append(invitations.open_due(now=NOW))

        self.sweep_twice_at_once(sweep)
        assert sum(written) == 5
        assert Invitation.objects.count() == Delivery.objects.count() == 5
        assert JournalEntry.objects.filter(kind="invitation.scheduled").count() == 5


def test_both_tokens_come_from_one_seed_and_differ():
    seed = links.new_seed()
    assert links.token_for("client", seed) != links.token_for("unsubscribe", seed)
