"""What becomes of who could be asked."""

from datetime import timedelta

import pytest

from feedback.models import About, Draft
from indicators.participation import participation, selection
from indicators.tallies.recount import drain_all
from partners.scope import Scope
from tests.factories import NOON, InterventionFactory, InvitationFactory, RatingFactory, UserFactory
from triangle.periods import Period, local_day

pytestmark = pytest.mark.django_db
DAY = local_day(NOON)
TODAY = Period(DAY, DAY)
QUERIES = 13


def asked(**fields):
    return InvitationFactory(**{"counted_on": DAY, **fields})


def page():
    drain_all(now=NOON)
    return participation(Scope(), TODAY)


def ends(found):
    return {str(end.label): end.n for end in found.ends if end.n}


def by_hand(**fields):
    return asked(status="skipped", skip_reason="by_hand", hand_reason="spoken", **fields)


def test_without_anybody_all_is_empty():
    found = page()
    assert (found.figures.response.eligible, ends(found), found.managers) == (0, {}, [])


def test_the_parts_add_up_to_the_eligible():
    asked(status="answered", is_explained=True, sent_at=NOON, answered_at=NOON)
    asked(status="answered", sent_at=NOON, answered_at=NOON)
    asked(status="sent", sent_at=NOON)
    asked(status="expired", sent_at=NOON)
    asked(status="sent", sent_at=NOON, bounced_at=NOON)
    asked(status="failed")
    asked(status="uncertain")
    asked(status="skipped", skip_reason="fatigue")
    asked(status="skipped", skip_reason="cancelled")
    by_hand()
    found = page()
    assert ends(found) == {
        "answered with a why": 1,
        "answered without a why": 1,
        "received, not answered": 2,
        "bounced": 1,
        "not delivered: failed or uncertain": 2,
        "asked too recently": 1,
        "left out by hand": 1,
    }
    assert sum(end.n for end in found.ends) == found.figures.response.eligible == 9


def test_a_survey_about_something_else_is_no_part_of_it():
    asked(about=About.CANCELLATION, intervention=InterventionFactory(cancelled=True), due_at=NOON)
    found = page()
    assert (ends(found), found.figures.response.eligible) == ({}, 0)


def test_a_manager_who_leaves_out_trouble_is_named():
    manager = UserFactory(role="manager", first_name="Iris", last_name="Roy")
    for _one in range(8):
        late = InterventionFactory(completed=True, client__manager=manager)
        late.scheduled_on = DAY.replace(year=DAY.year - 1)
        late.save()
        by_hand(intervention=late)
    for _one in range(20):
        calm = InterventionFactory(completed=True, client__manager=manager)
        asked(status="sent", sent_at=NOON, intervention=calm)
    [judged] = page().managers
    assert (judged.choice.name, judged.verdict) == ("Iris Roy", "flagged")
    assert (judged.choice.left_out_troubled, judged.choice.asked_troubled) == (8, 0)


def test_explained_against_the_others():
    explained = (0, 0, 0, 0, 0, 0, 30, 0, 0, 70, 0)
    everybody = (0, 0, 0, 0, 0, 0, 110, 0, 0, 290, 0)
    found = selection(explained, everybody)
    assert (found.explained.value, found.everybody.value, found.unexplained.n) == (40, 45, 300)
    assert found.difference.value == pytest.approx(40 - 100 * 140 / 300)
    assert not found.difference.significant


def test_who_answers_is_compared_with_who_does_not_on_known_facts():
    for kind, answered in (("company", 12), ("individual", 3)):
        for place in range(15):
            done = InterventionFactory(completed=True, client__kind=kind)
            status = "answered" if place < answered else "sent"
            asked(status=status, sent_at=NOON, answered_at=NOON, intervention=done)
    facts = {str(fact.label): fact for fact in page().facts}
    company = facts["client is a company"]
    assert (company.responders.successes, company.responders.n) == (12, 15)
    assert (company.silent.successes, company.silent.n) == (3, 15)
    assert company.difference.significant
    assert not facts["completed after the planned day"].difference.significant


def test_half_of_the_answers_come_within_the_median():
    for hours in (1, 2, 30, 50):
        sent = NOON - timedelta(hours=hours)
        asked(status="answered", sent_at=sent, answered_at=NOON)
    asked(status="sent", sent_at=NOON)
    delays = page().delays
    assert delays.n == 4
    assert delays.median.seconds == pytest.approx(2 * 3600, rel=0.021)
    assert delays.nine_tenths.seconds == pytest.approx(50 * 3600, rel=0.021)


def test_where_people_leave_the_answer_page():
    silent = asked(status="sent", sent_at=NOON)
    RatingFactory(
        invitation=asked(status="answered", sent_at=NOON, answered_at=NOON), source="link"
    )
    Draft.objects.create(invitation=silent, answer={"why": "Il"}, begun_at=NOON, saved_at=NOON)
    steps = page().steps
    assert (steps.opened, steps.begun, steps.scored, steps.explained) == (2, 2, 1, 1)


def test_the_score_by_its_source():
    RatingFactory(score=10, source="on_site", answered_at=NOON, answered_on=DAY)
    RatingFactory(score=2, source="link", answered_at=NOON, answered_on=DAY)
    assert [(one.label, one.nps.value) for one in page().sources] == [
        ("link", -100),
        ("on site", 100),
    ]


def test_the_number_of_queries_does_not_grow(django_assert_num_queries):
    by_hand()
    drain_all(now=NOON)
    with django_assert_num_queries(QUERIES):
        participation(Scope(), TODAY)
    for _one in range(3):
        by_hand()
    drain_all(now=NOON)
    with django_assert_num_queries(QUERIES):
        participation(Scope(), TODAY)


@pytest.mark.parametrize(
    ("role", "status"),
    [("quality_lead", 200), ("manager", 200), ("recruiter", 404), ("partner", 404)],
)
def test_who_may_read_it(client, role, status):
    client.force_login(UserFactory(role=role))
    assert client.get("/participation/").status_code == status


def test_a_list_that_is_cut_says_so(as_quality_lead):
    for _one in range(13):
        asked(status="sent", sent_at=NOON)
    drain_all(now=NOON)
    page = as_quality_lead.get("/participation/?period=everything").content.decode()
    assert "12 of 13, the flagged first" in page
