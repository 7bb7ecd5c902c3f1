"""Each completed intervention becomes one invitation, or a visible reason for none."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection

from feedback import invitations, suppressions
from feedback.models import Delivery, Invitation, Suppression, Survey
from tests.factories import (
    NOON,
    ClientFactory,
    ContactFactory,
    InterventionFactory,
    InvitationFactory,
    RatingFactory,
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

    def test_the_number_of_queries_does_not_grow(self, django_assert_num_queries):
        InterventionFactory(completed=True)
        with django_assert_num_queries(9):
            invitations.open_due(now=NOW)
        InterventionFactory.create_batch(3, completed=True)
        with django_assert_num_queries(9):
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

    @pytest.mark.parametrize("status", ["scheduled", "uncertain", "failed"])
    def test_what_was_never_sent_does_not_expire(self, status):
        one = InvitationFactory(status=status)
        assert invitations.expire(now=one.expires_at) == 0


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

    def test_one_active_survey_per_event(self):
        with pytest.raises(IntegrityError):
            Survey.objects.create(code="second", event=Survey.Event.COMPLETED)


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
        looked = invitations._not_yet_asked
        written = []

        def sweep(barrier):
            def look_and_wait(*args, **kwargs):
                found = looked(*args, **kwargs)
                barrier.wait()
                return found

            monkeypatch.setattr(invitations, "_not_yet_asked", look_and_wait)
            written.append(invitations.open_due(now=NOW))

        self.sweep_twice_at_once(sweep)
        assert sum(written) == 5
        assert Invitation.objects.count() == Delivery.objects.count() == 5
        assert JournalEntry.objects.filter(kind="invitation.scheduled").count() == 5


def test_both_tokens_come_from_one_seed_and_differ():
    seed = links.new_seed()
    assert links.token_for("client", seed) != links.token_for("unsubscribe", seed)
