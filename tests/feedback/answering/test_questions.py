"""What one person is asked, by the texts the invitation was opened with."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils.translation import override

from feedback import ratings
from feedback.answering import questions
from feedback.models import About, Rating, RatingCriterion, Survey, SurveyVersion
from feedback.surveys import default_wording, wording
from feedback.surveys.wording import Bands
from tests.factories import (
    NOON,
    DisciplineFactory,
    InterventionFactory,
    InvitationFactory,
    RatingCriterionFactory,
    ServiceFactory,
)
from triangle.models import Discipline

pytestmark = pytest.mark.django_db


def asking(number=2, about=About.INTERVENTION, **changes):
    """An invitation of a version that says and asks this."""
    survey = Survey.objects.get(about=about)
    content = default_wording.content(about)
    words = {name: changes.pop(name) for name in ("fr", "en") if name in changes}
    words = {name: replace(getattr(content, name), **said) for name, said in words.items()}
    version = SurveyVersion.objects.create(
        survey=survey,
        number=number,
        content=wording.to_json(replace(content, **words, **changes)),
        created_at=NOON,
    )
    yoga = Discipline.objects.filter(code="yoga").first() or DisciplineFactory(code="yoga")
    done = InterventionFactory(
        service=ServiceFactory(name="Yoga at noon", discipline=yoga), completed=True
    )
    return InvitationFactory(intervention=done, survey=survey, about=about, version=version)


def asked(invitation, language="en"):
    with override(language):
        return questions.for_invitation(invitation)


def test_the_question_follows_the_score_and_the_discipline():
    own = (("yoga", Bands(low="What hurt in {service}?")),)
    found = asked(asking(en={"by_discipline": own})).questions
    assert found["low"] == "What hurt in Yoga at noon?"
    assert found["high"] == "What should we keep?"
    assert list(found) == ["low", "middle", "high", "neutral"]


def test_a_later_version_changes_nothing_for_who_was_asked_already():
    invitation = asking(en={"intro": "Hello {first_name}."})
    SurveyVersion.objects.create(
        survey=invitation.survey,
        number=9,
        content=wording.to_json(default_wording.content(About.INTERVENTION)),
        created_at=NOON,
    )
    assert asked(invitation).intro == "Hello Nadia."
    invitation.version = None
    assert asked(invitation).intro == ""


def test_each_language_has_its_own_words():
    invitation = asking()
    assert asked(invitation, "fr").questions["middle"] == "Qu’est-ce qui a manqué\u00a0?"
    assert asked(invitation, "en").questions["middle"] == "What was missing?"
    assert {"What was missing?", "Qu’est-ce qui a manqué\u00a0?"} <= set(asked(invitation).labels)


def test_criteria_and_chips_are_those_chosen():
    found = asked(asking(criteria=("skill", "punctuality", "listening"), chips=("price", "act")))
    assert [one.code for one in found.criteria] == ["punctuality", "listening", "skill"]
    assert [one.code for one in found.chips] == ["price", "act"]
    assert asked(asking(3, readers=("aggregated", "company"))).readers == ("aggregated", "company")


def test_a_relation_is_not_asked_about_the_punctuality_of_an_intervention():
    assert asked(asking(about=About.CANCELLATION)).criteria == []


def answered(invitation, now):
    """The whole way: what the page asks is what the rating keeps."""
    criterion = questions.for_invitation(invitation).importance_of
    ratings.answer(invitation, score=9, why="Kind and on time.", now=now, importance={criterion: 4})
    return criterion.code


@pytest.mark.parametrize("count", [5, 6])
@pytest.mark.parametrize("others", [0, 1])
def test_after_sixty_answers_each_criterion_has_ten_importances(count, others):
    """Also where another survey opens an invitation between each two of them."""
    criteria = [RatingCriterionFactory(slot=slot) for slot in range(6, count + 1)]
    start = 5 * questions.TURN_OF
    relation = Survey.objects.get(about=About.RELATION)
    for place in range(60):
        pk = start + place * (1 + others)
        answered(InvitationFactory(pk=pk, sent=True), NOON + timedelta(days=1))
        if others:
            InvitationFactory(pk=pk + 1, survey=relation, about=About.CANCELLATION)
    columns = [f"importance_{slot}" for slot in range(1, count + 1)]
    filled = {name: Rating.objects.exclude(**{name: None}).count() for name in columns}
    assert len(criteria) == count - 5
    assert filled == dict.fromkeys(columns, 60 // count)


def test_the_key_alone_would_leave_half_of_them_out():
    """The fault that counting places guards against."""
    keys = range(5_000, 5_120, 2)
    assert {key % 6 for key in keys} == {0, 2, 4}


def test_disciplines_with_criteria_of_their_own_take_their_own_turns():
    yoga, skating = (DisciplineFactory(code=code) for code in ("yoga", "skating"))
    RatingCriterion.objects.get(slot=5).disciplines.set([yoga])
    RatingCriterionFactory(slot=6).disciplines.set([yoga])
    found = Counter()
    for place in range(24):
        service = ServiceFactory(discipline=skating if place % 2 else yoga)
        done = InterventionFactory(service=service, completed=True)
        one = InvitationFactory(pk=7_000 + place, intervention=done)
        found[questions.for_invitation(one).importance_of.slot] += place % 2 == 0
    assert {slot: n for slot, n in found.items() if n} == dict.fromkeys(range(1, 7), 2)
