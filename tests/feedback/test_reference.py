"""What every installation asks from the first day."""

import pytest

from feedback import reference
from feedback.models import About, ContactPolicy, RatingCriterion, ReasonChip, Rule, Survey
from feedback.surveys import surveys, wording

pytestmark = pytest.mark.django_db


def test_a_new_installation_can_ask_at_once():
    survey = Survey.objects.get(about=About.INTERVENTION)
    rule = survey.rules.get()
    assert (survey.code, survey.expires_days) == ("after_intervention", 14)
    assert (rule.delay_hours, rule.first_reminder_days, rule.is_active) == (2, 4, True)
    assert sorted(Survey.objects.values_list("about", flat=True)) == sorted(About.values)
    assert sorted(ContactPolicy.objects.values_list("role", "cap", "days")) == [
        ("client", 1, 14),
        ("partner", 10, 7),
    ]
    assert list(RatingCriterion.objects.values_list("slot", "code")) == [
        (1, "punctuality"),
        (2, "listening"),
        (3, "preparation"),
        (4, "skill"),
        (5, "follow_up"),
    ]
    assert ReasonChip.objects.count() == 9


def test_ensuring_twice_changes_nothing_and_keeps_what_was_edited():
    Survey.objects.update(name_fr="Votre avis")
    Rule.objects.update(delay_hours=4)
    RatingCriterion.objects.filter(slot=2).update(code="attention")
    reference.ensure()
    assert set(Rule.objects.values_list("delay_hours", flat=True)) == {4}
    assert set(Survey.objects.values_list("name_fr", flat=True)) == {"Votre avis"}
    assert RatingCriterion.objects.count() == 5
    assert RatingCriterion.objects.get(slot=2).code == "attention"


def test_a_company_with_its_own_survey_gets_no_second_one():
    Survey.objects.filter(about=About.INTERVENTION).update(code="our_own")
    reference.ensure()
    assert Survey.objects.get(about=About.INTERVENTION).code == "our_own"
    assert Rule.objects.count() == len(About)


def test_each_survey_says_something_from_the_first_day():
    known = surveys.known()
    for survey in Survey.objects.all():
        version = survey.versions.get()
        content = wording.from_json(version.content)
        assert (version.number, version.by) == (1, None)
        assert wording.problems(content, about=survey.about, known=known) == []
        assert wording.to_json(content) == version.content
