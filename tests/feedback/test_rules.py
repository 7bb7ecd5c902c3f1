"""The most important rule whose audience fits asks; the others ask about what it leaves."""

import pytest

from feedback import rules
from feedback.models import Rule, Survey
from feedback.occasions import OF_AN_INTERVENTION
from partners.models import Intervention
from tests.factories import InterventionFactory
from triangle.models import NOT_KNOWN, Segment, Setting

pytestmark = pytest.mark.django_db


def asks(*audiences, columns=OF_AN_INTERVENTION):
    """How many interventions each rule is left with, the most important rule first."""
    survey = Survey.objects.get(about="intervention")
    Rule.objects.all().delete()
    for priority, audience in enumerate(audiences, start=1):
        rule = Rule.objects.create(survey=survey, priority=priority)
        for name, chosen in audience.items():
            getattr(rule, name).set(chosen)
    return [
        Intervention.objects.filter(share.matters).count()
        for share in rules.shares(Rule.objects.active("intervention"), columns)
    ]


def test_no_rule_asks_nobody():
    assert asks() == []


def test_an_empty_audience_is_everybody_and_leaves_nothing():
    InterventionFactory.create_batch(2)
    assert asks({}, {}) == [2]


def test_each_part_of_an_audience_narrows_it():
    school, home = Setting.objects.exclude(pk=NOT_KNOWN)[:2]
    large = Segment.objects.create(code="large", name_en="Large", name_fr="Grand")
    one, _two = InterventionFactory(setting=school), InterventionFactory(setting=home)
    InterventionFactory(setting=school, segment=large)
    discipline = one.service.discipline
    assert asks({"settings": [school]}, {}) == [2, 1]
    assert asks({"settings": [school], "segments": [large]}, {"settings": [school, home]}) == [1, 2]
    assert asks({"disciplines": [discipline]}, {"settings": [school]}, {}) == [1, 1, 1]


def test_an_audience_a_matter_says_nothing_about_is_nobody():
    discipline = InterventionFactory().service.discipline
    columns = rules.Columns(setting="setting")
    assert asks({"disciplines": [discipline]}, {}, columns=columns) == [0, 1]


def test_a_rule_that_is_off_asks_nobody():
    InterventionFactory()
    asks({})
    Rule.objects.update(is_active=False)
    assert list(rules.shares(Rule.objects.active("intervention"), OF_AN_INTERVENTION)) == []
