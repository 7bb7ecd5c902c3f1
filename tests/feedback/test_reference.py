"""What every installation asks from the first day."""

import pytest

from feedback import reference
from feedback.models import RatingCriterion, ReasonChip, Survey

pytestmark = pytest.mark.django_db


def test_a_new_installation_can_ask_at_once():
    survey = Survey.objects.get()
    assert (survey.code, survey.event, survey.delay_hours, survey.expires_days) == (
        "after_intervention",
        "completed",
        2,
        14,
    )
    assert list(RatingCriterion.objects.values_list("slot", "code")) == [
        (1, "punctuality"),
        (2, "listening"),
        (3, "preparation"),
        (4, "skill"),
        (5, "follow_up"),
    ]
    assert ReasonChip.objects.count() == 9


def test_ensuring_twice_changes_nothing_and_keeps_what_was_edited():
    Survey.objects.update(name_fr="Votre avis", delay_hours=4)
    RatingCriterion.objects.filter(slot=2).update(code="attention")
    reference.ensure()
    assert Survey.objects.get().delay_hours == 4
    assert RatingCriterion.objects.count() == 5
    assert RatingCriterion.objects.get(slot=2).code == "attention"


def test_a_company_with_its_own_survey_gets_no_second_one():
    Survey.objects.update(code="our_own")
    reference.ensure()
    assert Survey.objects.get().code == "our_own"
