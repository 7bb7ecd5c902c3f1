"""The triangle record: gaps, what is due, what happened."""

from datetime import timedelta

import pytest
import time_machine

from feedback.models import Invitation, RatingCriterion
from indicators.next_act import next_act, possible_acts
from indicators.record import record
from partners import interventions
from partners.forms import ACTS
from tests.factories import (
    NOON,
    DebriefFactory,
    InterventionFactory,
    InvitationFactory,
    RatingFactory,
)

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def shown(intervention, user):
    intervention = type(intervention).objects.for_page().get(pk=intervention.pk)
    return record(intervention, user=user, now=NOON)


def test_nothing_known_gives_no_gap(quality_lead):
    page = shown(InterventionFactory(), quality_lead)
    assert [gap.value for gap in page.gaps] == [None, None, None]
    assert (page.widest, page.expected, page.delivered, page.perceived) == (None, None, None, None)


def test_the_widest_gap_comes_first(quality_lead):
    intervention = InterventionFactory(completed=True, expected_percent=81, delivered_percent=57)
    RatingFactory(intervention=intervention, score=4)
    DebriefFactory(intervention=intervention, score=9)
    page = shown(intervention, quality_lead)
    assert [(gap.name, gap.value) for gap in page.gaps] == [
        ("partner_client", 5),
        ("expected_delivered", -2.4),
        ("delivered_perceived", -1.7),
    ]
    assert page.widest.note == "partner 9, client 4"
    assert page.gaps[2].note == "felt worse than the steps tell"


def test_equal_corners_have_no_widest_gap(quality_lead):
    intervention = InterventionFactory(completed=True)
    RatingFactory(intervention=intervention, score=9)
    DebriefFactory(intervention=intervention, score=9)
    assert shown(intervention, quality_lead).widest is None


def test_the_current_rating_speaks_and_earlier_ones_are_named(quality_lead):
    intervention = InterventionFactory(completed=True)
    RatingFactory(intervention=intervention, score=3, is_current=False)
    RatingFactory(intervention=intervention, score=9)
    page = shown(intervention, quality_lead)
    assert (page.rating.score, [one.score for one in page.earlier]) == (9, [3])


def test_criteria_show_what_was_answered(quality_lead):
    RatingCriterion.objects.all().delete()
    for slot, name in ((1, "Punctuality"), (2, "Listening"), (3, "Preparation")):
        RatingCriterion.objects.create(slot=slot, code=name, name_en=name, name_fr=name)
    intervention = InterventionFactory(completed=True)
    RatingFactory(intervention=intervention, satisfaction_1=0, not_applicable=0b10, company_score=4)
    rows = [
        (str(row.label), row.value, row.is_not_applicable)
        for row in shown(intervention, quality_lead).criteria
    ]
    assert rows == [
        ("Punctuality", 0, False),
        ("Listening", None, True),
        ("Our service", 4, False),
    ]


def test_another_portfolio_lends_no_voice(manager):
    intervention = InterventionFactory(completed=True)
    RatingFactory(intervention=intervention)
    intervention.client.manager = type(manager).objects.create_user("other@example.org")
    intervention.client.save()
    assert shown(intervention, manager).rating is None


def test_the_timeline_tells_steps_voices_and_mails_newest_first(quality_lead):
    intervention = InterventionFactory(requested_at=NOON - 480 * HOUR)
    interventions.reschedule(
        intervention, scheduled_at=NOON - 5 * HOUR, now=NOON - 30 * HOUR, by=quality_lead
    )
    interventions.start(intervention, now=NOON - 4 * HOUR, by=quality_lead)
    interventions.complete(intervention, now=NOON - 3 * HOUR)
    DebriefFactory(intervention=intervention, score=8, answered_at=NOON - 2 * HOUR)
    InvitationFactory(intervention=intervention, sent=True, due_at=NOON - HOUR)
    RatingFactory(intervention=intervention, score=9, answered_at=NOON)
    told = [(event.what, event.mark) for event in shown(intervention, quality_lead).timeline]
    assert told == [
        ("Rating 9 with why", "voice"),
        ("Invitation sent", ""),
        ("Debrief 8", "voice"),
        ("Completed", ""),
        ("Started, 1\u00a0h\u00a000 late", "late"),
        ("Brief not refined", "missed"),
        ("Date changed", ""),
        ("Introduction missed", "missed"),
        ("Requested", ""),
    ]


def test_a_skipped_invitation_says_why(quality_lead):
    invitation = InvitationFactory(
        status=Invitation.Status.SKIPPED, skip_reason=Invitation.Skip.NO_ADDRESS
    )
    event = shown(invitation.intervention, quality_lead).timeline[0]
    assert (event.what, event.more) == ("Invitation skipped", "no address")


@pytest.mark.parametrize(
    ("fields", "acts", "is_late"),
    [
        ({"status": "requested", "partner": None}, ("assign",), False),
        ({"status": "requested"}, ("confirm",), False),
        ({"status": "requested", "scheduled_at": None}, ("reschedule",), False),
        ({}, ("introduce",), True),
        ({"scheduled_at": NOON + 100 * HOUR}, ("introduce",), False),
        ({"introduced_at": NOON}, ("start",), False),
        ({"scheduled_at": NOON - 5 * HOUR}, ("complete", "no-show"), True),
        ({"status": "in_progress"}, ("complete",), False),
    ],
)
def test_the_next_step_of_an_open_intervention(fields, acts, is_late):
    intervention = InterventionFactory(**{"scheduled_at": NOON + HOUR, **fields})
    act = next_act(intervention, None, None, now=NOON)
    assert (act.acts, act.is_late) == (acts, is_late)


def test_who_asks_to_be_called_comes_first():
    intervention = InterventionFactory(completed=True)
    rating = RatingFactory(intervention=intervention, score=10, wants_contact=True)
    assert next_act(intervention, rating, None, now=NOON).what == "Call Nadia Ferrand back."


def test_a_read_answer_asks_for_nothing():
    intervention = InterventionFactory(completed=True)
    rating = RatingFactory(intervention=intervention, score=3)
    assert next_act(intervention, rating, None, now=NOON).what == "Read why it went badly."
    rating.read_at = NOON
    assert next_act(intervention, rating, None, now=NOON) is None


@pytest.mark.parametrize(
    ("fields", "acts"),
    [
        (
            {"status": "requested"},
            "assign reschedule propose confirm introduce refine-brief cancel",
        ),
        (
            {"introduced_at": NOON},
            "assign reschedule refine-brief start complete no-show cancel",
        ),
        ({"status": "in_progress"}, "refine-brief complete no-show cancel"),
        ({"completed": True}, ""),
        ({"cancelled": True}, "dispute"),
        ({"cancelled": True, "is_disputed": True}, ""),
        ({"status": "no_show"}, ""),
    ],
)
def test_what_may_be_done_from_each_status(fields, acts):
    lines = [(act, line.step) for act, line in ACTS.items()]
    assert possible_acts(InterventionFactory(**fields), lines) == acts.split()


@pytest.mark.parametrize("n", [1, 3])
def test_a_record_asks_the_same_queries(quality_lead, django_assert_num_queries, n):
    intervention = InterventionFactory(completed=True)
    for wave in range(n):
        RatingFactory(intervention=intervention, is_current=not wave)
    with time_machine.travel(NOON), django_assert_num_queries(8):
        shown(intervention, quality_lead)
