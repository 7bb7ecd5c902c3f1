"""The partner's answer: filed once, with a why, after the end."""

import pytest

from partners import debriefs, interventions
from partners.models import Debrief
from tests.factories import NOON, InterventionFactory
from triangle.models import JournalEntry
from triangle.whys import Unexplained

pytestmark = pytest.mark.django_db


def test_a_debrief_keeps_the_scope_and_the_day():
    intervention = InterventionFactory(completed=True)
    filed = debriefs.file(
        intervention, score=9, why=" Très bon accueil ", now=NOON, access=2, company_support=None
    )
    filed.refresh_from_db()
    assert filed.scope() == intervention.scope()
    assert (filed.score, filed.why, filed.access) == (9, "Très bon accueil", 2)
    assert (filed.company_support, filed.brief_accuracy) == (None, None)
    assert str(filed.answered_on) == "2026-03-10"
    assert JournalEntry.objects.about(intervention).get().kind == "debriefed"


@pytest.mark.parametrize(("brief", "delivered"), [(None, 40), (5, 100), (0, 56), (3, 82)])
def test_a_rated_brief_joins_what_was_delivered(brief, delivered):
    """Completed in time tells 25 parts of 25; the brief adds up to 20 of 20."""
    intervention = InterventionFactory(completed=True, delivered_percent=40)
    debriefs.file(intervention, score=9, why="Warm welcome", now=NOON, brief_accuracy=brief)
    intervention.refresh_from_db()
    assert intervention.delivered_percent == delivered


def test_a_change_by_the_platform_keeps_the_rated_brief():
    intervention = InterventionFactory(completed=True, external_id="i1")
    debriefs.file(intervention, score=9, why="Warm welcome", now=NOON, brief_accuracy=0)
    made, change = interventions.save_from_platform(external_id="i1", now=NOON, place="Lyon")
    assert (change, made.delivered_percent) == (interventions.Change.CHANGED, 56)


def test_a_second_debrief_is_refused_and_the_first_stays():
    intervention = InterventionFactory(completed=True)
    debriefs.file(intervention, score=9, why="Warm welcome", now=NOON)
    with pytest.raises(debriefs.AlreadyFiled):
        debriefs.file(intervention, score=1, why="Cold welcome", now=NOON)
    assert Debrief.objects.get().score == 9
    assert JournalEntry.objects.count() == 1


@pytest.mark.parametrize("status", ["requested", "confirmed", "in_progress", "no_show"])
def test_nothing_is_filed_before_the_end(status):
    with pytest.raises(debriefs.NotCompleted):
        debriefs.file(InterventionFactory(status=status), score=9, why="Fine day", now=NOON)


@pytest.mark.parametrize("why", ["", "....", "ok ok ok", "\u200b\u200b\u200b", "Client ready"])
def test_the_why_is_mandatory(why):
    with pytest.raises(Unexplained):
        debriefs.file(InterventionFactory(completed=True), score=9, why=why, now=NOON)
    assert not Debrief.objects.exists()


@pytest.mark.parametrize(("score", "access"), [(11, 2), (-1, 2), (9, 6), (9, -1)])
def test_answers_stay_on_their_scales(score, access):
    with pytest.raises(debriefs.OutsideScale):
        debriefs.file(
            InterventionFactory(completed=True), score=score, why="Fine", access=access, now=NOON
        )


def test_asking_twice_gives_the_same_link():
    intervention = InterventionFactory(completed=True)
    first = debriefs.ask(intervention, now=NOON)
    assert debriefs.ask(intervention, now=NOON).token == first.token
