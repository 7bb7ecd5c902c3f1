"""Addresses we no longer write to."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from feedback.models import About, Delivery, Suppression, Survey
from feedback.sending import suppressions
from tests.factories import (
    NOON,
    ContactFactory,
    InterventionFactory,
    InvitationFactory,
    PartnerFactory,
)
from triangle.models import JournalEntry

pytestmark = pytest.mark.django_db
OPT_OUT = Suppression.Reason.OPT_OUT
HOUR = timedelta(hours=1)


def test_the_same_wish_twice_is_one_row_and_one_entry():
    first = suppressions.suppress("Nadia@Example.org ", reason=OPT_OUT, now=NOON)
    again = suppressions.suppress("nadia@example.org", reason=OPT_OUT, now=NOON + HOUR)
    assert (again, again.email, again.at) == (first, "nadia@example.org", NOON)
    assert JournalEntry.objects.get().kind == "suppression.added"


@pytest.mark.parametrize(
    ("reasons", "kept"),
    [
        (["hard_bounce", "opt_out"], "opt_out"),
        (["opt_out", "hard_bounce"], "opt_out"),
        (["complaint", "opt_out"], "complaint"),
        (["opt_out", "complaint"], "complaint"),
    ],
)
def test_what_a_person_wants_outweighs_what_became_of_the_address(reasons, kept):
    for reason in reasons:
        reason = Suppression.Reason(reason)
        suppressions.suppress("a@example.org", reason=reason, now=NOON)
    assert Suppression.objects.get().reason == kept


class TestWhatIsQueued:
    @pytest.fixture
    def waiting(self):
        """A reminder, and the first mails of two surveys, to one person; one to another."""
        contact = ContactFactory(email="nadia@example.org")

        def mail(wave=0, contact=contact, **fields):
            done = {"client": contact.client, "contact": contact, "completed": True}
            one = InvitationFactory(intervention=InterventionFactory(**done), **fields)
            return Delivery.objects.create(invitation=one, wave=wave, due_at=one.due_at)

        other = Survey.objects.get(about=About.CANCELLATION)
        return {
            "reminder": mail(wave=1, sent=True),
            "first": mail(),
            "other survey": mail(survey=other),
            "other person": mail(contact=ContactFactory(email="xnadia@example.org")),
        }

    def states(self, waiting):
        return {
            name: Delivery.objects.values_list("state", "invitation__status", "error").get(
                pk=one.pk
            )
            for name, one in waiting.items()
        }

    def test_is_skipped_at_once(self, waiting):
        suppressions.suppress("Nadia@example.org", reason=OPT_OUT, now=NOON)
        assert self.states(waiting) == {
            "reminder": ("skipped", "sent", "opted_out"),
            "first": ("skipped", "skipped", "opted_out"),
            "other survey": ("skipped", "skipped", "opted_out"),
            "other person": ("queued", "scheduled", ""),
        }

    def test_of_another_survey_stays(self, waiting):
        survey = waiting["first"].invitation.survey
        suppressions.suppress("nadia@example.org", survey=survey, reason=OPT_OUT, now=NOON)
        states = self.states(waiting)
        assert states["first"][0] == states["reminder"][0] == "skipped"
        assert states["other survey"][0] == "queued"

    def test_to_a_partner_is_told_by_the_partners_address(self):
        partner = PartnerFactory(email="paul@example.org")
        one = InvitationFactory(
            intervention=InterventionFactory(completed=True, partner=partner),
            survey=Survey.objects.get(about=About.DEBRIEF),
            about=About.DEBRIEF,
        )
        Delivery.objects.create(invitation=one, due_at=NOON)
        suppressions.suppress(one.contact.email, reason=OPT_OUT, now=NOON)
        assert Delivery.objects.get().state == "queued"
        suppressions.suppress("paul@example.org", reason=OPT_OUT, now=NOON)
        assert Delivery.objects.get().state == "skipped"


class TestLift:
    def test_the_address_is_written_to_again_and_the_journal_says_why(self, quality_lead):
        one = suppressions.suppress("a@example.org", reason=OPT_OUT, now=NOON)
        for _twice in range(2):
            asked = suppressions.LiftReason.ASKED
            suppressions.lift(one, reason=asked, by=quality_lead, now=NOON)
        assert not Suppression.objects.exists()
        entry = JournalEntry.objects.get(kind="suppression.lifted")
        assert (entry.actor, entry.data["reason"], entry.data["was"]) == (
            quality_lead,
            "asked",
            "opt_out",
        )


def test_one_survey_and_all_are_two_wishes():
    survey = Survey.objects.get(about=About.INTERVENTION)
    suppressions.suppress("a@example.org", survey=survey, reason=OPT_OUT, now=NOON)
    suppressions.suppress("a@example.org", reason=OPT_OUT, now=NOON)
    assert Suppression.objects.count() == 2


@pytest.mark.parametrize(("of_this_survey", "skipped"), [(True, True), (False, False)])
def test_a_wish_about_one_survey_holds_for_that_one(of_this_survey, skipped):
    survey = Survey.objects.get(about=About.INTERVENTION)
    other = Survey.objects.create(code="other", about=About.CANCELLATION)
    wish = survey if of_this_survey else other
    suppressions.suppress("a@example.org", survey=wish, reason=OPT_OUT, now=NOON)
    found = suppressions.skips(["A@example.org", "b@example.org"], survey=survey)
    assert found == ({"a@example.org": "opted_out"} if skipped else {})


def test_nobody_is_barred_by_nothing():
    assert suppressions.skips([], survey=Survey.objects.get(about=About.INTERVENTION)) == {}


@pytest.mark.parametrize("for_all", [True, False])
def test_the_database_keeps_one_row_per_wish(for_all):
    survey = None if for_all else Survey.objects.get(about=About.INTERVENTION)
    wish = {"email": "a@example.org", "survey": survey}
    Suppression.objects.create(**wish, reason=OPT_OUT, at=NOON)
    with pytest.raises(IntegrityError):
        Suppression.objects.create(**wish, reason=OPT_OUT, at=NOON)
