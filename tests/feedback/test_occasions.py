"""What there is to ask about, besides completed interventions: see test_invitations for those."""

from datetime import date, timedelta

import pytest

from clients.models import Client
from feedback import invitations
from feedback.models import About, Delivery, Invitation, Rule, Suppression, Survey
from feedback.sending import suppressions
from partners import debriefs
from partners.models import Intervention, Partner
from tests.factories import (
    NOON,
    ClientFactory,
    ContactFactory,
    DebriefFactory,
    InterventionFactory,
    InvitationFactory,
    PartnerFactory,
    RatingFactory,
)
from triangle.models import NOT_KNOWN, Setting
from triangle.periods import local_day

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def asked(about, now=NOON):
    invitations.open_due(now=now)
    return list(Invitation.objects.about(about).order_by("id"))


class TestCancellations:
    def cancelled(self, **fields):
        usual = {"cancelled_at": NOON - HOUR, "confirmed_at": NOON - 5 * DAY}
        return InterventionFactory(cancelled=True, **{**usual, **fields})

    def test_what_the_client_counted_on_is_asked_about(self):
        intervention = self.cancelled()
        [one] = asked(About.CANCELLATION)
        assert (one.intervention, one.contact) == (intervention, intervention.contact)
        assert (one.survey.code, one.due_at) == ("after_cancellation", NOON + 3 * HOUR)
        assert asked(About.CANCELLATION) == [one]

    @pytest.mark.parametrize(
        "fields",
        [
            {"confirmed_at": None},
            {"cancelled_at": NOON - 14 * DAY},
            {"cancelled_at": NOON + HOUR},
            {"cancelled_at": None},
        ],
        ids=["never confirmed", "history", "to come", "nobody knows when"],
    )
    def test_other_cancellations_are_not(self, fields):
        self.cancelled(**fields)
        assert asked(About.CANCELLATION) == []

    def test_one_that_had_begun_was_counted_on(self):
        self.cancelled(confirmed_at=None, started_at=NOON - 2 * HOUR)
        assert len(asked(About.CANCELLATION)) == 1

    def test_what_the_client_said_by_phone_is_not_asked_again(self):
        RatingFactory(intervention=self.cancelled(), about=About.CANCELLATION)
        assert asked(About.CANCELLATION) == []

    def test_an_answer_about_the_intervention_is_another_matter(self):
        RatingFactory(intervention=self.cancelled())
        assert len(asked(About.CANCELLATION)) == 1


class TestOnboardings:
    def test_a_client_who_is_onboarded_is_asked_two_days_later(self):
        client = ContactFactory(client__onboarded_at=NOON).client
        [one] = asked(About.ONBOARDING)
        assert (one.client, one.intervention, one.occasion) == (client, None, "")
        assert (one.due_at, one.setting_id) == (NOON + 2 * DAY, client.setting_id)
        assert asked(About.ONBOARDING, NOON + DAY) == [one]

    @pytest.mark.parametrize("ago", [-HOUR, 14 * DAY], ids=["to come", "history"])
    def test_other_clients_are_not(self, ago):
        ClientFactory(onboarded_at=NOON - ago)
        ClientFactory()
        assert asked(About.ONBOARDING) == []

    def test_nobody_to_write_to_is_a_visible_skip(self):
        ClientFactory(onboarded_at=NOON)
        [one] = asked(About.ONBOARDING)
        assert (one.status, one.skip_reason) == ("skipped", "no_address")


class TestRelations:
    @pytest.fixture(autouse=True)
    def _on(self):
        Rule.objects.filter(survey__about=About.RELATION).update(is_active=True, every_days=100)

    def lively(self, ago=30 * DAY, **fields):
        client = ContactFactory().client
        InterventionFactory(completed=True, client=client, scheduled_at=NOON - ago)
        return client

    def due_instant(self, client, after=NOON):
        """Noon of the client's next own day."""
        phase = (client.pk - local_day(after).toordinal()) % 100
        return after + phase * DAY

    def test_each_client_is_asked_on_the_own_day_of_the_period(self):
        client = self.lively()
        at = self.due_instant(client)
        assert asked(About.RELATION, at - DAY) == []
        [one] = asked(About.RELATION, at)
        assert (one.client, one.occasion) == (client, local_day(at).isoformat())
        assert asked(About.RELATION, at + 99 * DAY) == [one]
        assert len(asked(About.RELATION, at + 100 * DAY)) == 2

    def test_a_late_sweep_catches_up_within_a_week(self):
        at = self.due_instant(self.lively())
        assert asked(About.RELATION, at + 7 * DAY) == []
        [one] = asked(About.RELATION, at + 6 * DAY)
        assert one.occasion == local_day(at).isoformat()

    def test_clients_are_spread_over_the_period(self):
        clients = [self.lively() for _ in range(4)]
        assert len({self.due_instant(client) for client in clients}) == 4

    @pytest.mark.parametrize(("days", "n"), [(364, 1), (366, 0)])
    def test_who_has_bought_nothing_for_a_year_is_not_asked(self, days, n):
        client = self.lively()
        at = self.due_instant(client)
        Intervention.objects.update(completed_at=at - days * DAY)
        assert len(asked(About.RELATION, at)) == n

    def test_another_period_asks_nobody_before_it_has_passed(self):
        client = self.lively()
        at = self.due_instant(client)
        asked(About.RELATION, at)
        Rule.objects.filter(survey__about=About.RELATION).update(every_days=60)
        days = [n for n in range(1, 140) if len(asked(About.RELATION, at + n * DAY)) > 1]
        assert days[0] >= 60

    def test_a_rule_without_a_period_asks_nobody(self):
        at = self.due_instant(self.lively())
        Rule.objects.filter(survey__about=About.RELATION).update(every_days=None)
        assert asked(About.RELATION, at) == []


class TestDebriefs:
    def completed(self, ago=HOUR, **partner):
        partner = PartnerFactory(**{"email": "hugo@example.org", "language": "en", **partner})
        intervention = InterventionFactory(
            completed=True, partner=partner, scheduled_at=NOON - ago - HOUR
        )
        debriefs.ask(intervention, now=NOON - ago)
        return intervention

    def test_the_partner_is_asked_an_hour_later(self):
        intervention = self.completed()
        [one] = asked(About.DEBRIEF)
        assert (one.partner, one.contact, one.language) == (intervention.partner, None, "en")
        assert (one.client, one.due_at) == (intervention.client, NOON)
        assert asked(About.DEBRIEF) == [one]

    def test_a_debrief_that_is_in_is_not_asked_for(self):
        DebriefFactory(intervention=self.completed())
        assert asked(About.DEBRIEF) == []

    def test_history_is_not_asked_about(self):
        intervention = self.completed(ago=14 * DAY)
        assert asked(About.DEBRIEF) == []
        intervention.debrief_request.delete()
        debriefs.ask(intervention, now=NOON)
        assert asked(About.DEBRIEF) == []

    def test_nobody_to_write_to_and_who_wants_no_mail_are_visible_skips(self):
        self.completed(email="")
        self.completed(email="Lea@example.org")
        reason = Suppression.Reason.OPT_OUT
        suppressions.suppress("lea@example.org", reason=reason, now=NOON)
        reasons = [one.skip_reason for one in asked(About.DEBRIEF)]
        assert sorted(reasons) == ["no_address", "opted_out"]

    def test_the_clients_answer_and_the_partners_are_asked_beside_each_other(self):
        self.completed()
        invitations.open_due(now=NOON)
        assert Delivery.objects.count() == 2


class TestPulses:
    @pytest.fixture(autouse=True)
    def _on(self):
        Rule.objects.filter(survey__about=About.PULSE).update(is_active=True, every_days=30)

    def test_each_active_partner_is_asked_once_in_a_period(self):
        active = PartnerFactory(email="lea@example.org")
        PartnerFactory(email="gone@example.org", status=Partner.Status.LEFT)
        for n in range(24):  # six days late to twenty-three ahead: one period
            invitations.open_due(now=NOON + n * DAY)
        [one] = Invitation.objects.about(About.PULSE)
        assert (one.partner, one.client, one.service) == (active, None, None)
        assert date.fromisoformat(one.occasion).toordinal() % 30 == active.pk % 30

    def test_an_audience_of_several_disciplines_asks_once(self):
        partner = PartnerFactory()
        both = [InterventionFactory().service.discipline for _ in range(2)]
        partner.disciplines.set(both)
        Rule.objects.get(survey__about=About.PULSE).disciplines.set(both)
        for n in range(24):  # six days late to twenty-three ahead: one period
            invitations.open_due(now=NOON + n * DAY)
        assert Invitation.objects.get(about=About.PULSE).partner == partner


class TestSeveralRules:
    def test_the_batch_ends_where_it_says_and_the_next_one_goes_on(self):
        school = Setting.objects.exclude(pk=NOT_KNOWN).first()
        survey = Survey.objects.get(about=About.INTERVENTION)
        first = Rule.objects.create(survey=survey, priority=1)
        first.settings.set([school])
        for setting in (school, school, school, None):
            InterventionFactory(completed=True, **({"setting": setting} if setting else {}))
        opened = [invitations.open_due(now=NOON + HOUR, limit=2) for _ in range(3)]
        assert opened == [2, 2, 0]
        assert Invitation.objects.filter(rule=first).count() == 3

    def test_all_kinds_are_opened_in_one_sweep(self):
        Rule.objects.update(is_active=True)
        ContactFactory(client__onboarded_at=NOON)
        InterventionFactory(cancelled=True, cancelled_at=NOON, confirmed_at=NOON - DAY)
        InterventionFactory(completed=True, scheduled_at=NOON - HOUR)
        assert invitations.open_due(now=NOON) >= 3
        found = set(Invitation.objects.values_list("about", flat=True))
        assert {"onboarding", "cancellation", "intervention"} <= found


def test_a_client_is_asked_once_about_an_onboarding_whatever_the_rules_say():
    client: Client = ContactFactory(client__onboarded_at=NOON).client
    asked(About.ONBOARDING)
    Client.objects.filter(pk=client.pk).update(onboarded_at=NOON + 40 * DAY)
    assert len(asked(About.ONBOARDING, NOON + 41 * DAY)) == 1


def test_an_on_site_link_does_not_replace_the_mail():
    one = InvitationFactory(channel="on_site")
    invitations.open_due(now=NOON + HOUR)
    assert one.intervention.invitations.filter(channel="mail").count() == 1
