"""Publishing a grid and holding partners against it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from partners import grids
from partners.models import Assessment, Criterion, CriterionGrid
from tests.factories import (
    NOON,
    DisciplineFactory,
    InterventionFactory,
    PartnerFactory,
    ServiceFactory,
    UserFactory,
)
from triangle.models import Setting

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 10)


def criterion(weight=100, **fields):
    names = {"kind": "skill", "name_en": f"Skill {weight}", "name_fr": f"Savoir {weight}"}
    return Criterion(weight_percent=weight, asked=Decimal(3), **names, **fields)


def published(discipline, *, valid_from=TODAY, criteria=None, setting=None):
    return grids.publish(
        discipline=discipline,
        criteria=criteria or [criterion()],
        valid_from=valid_from,
        setting=setting,
        now=NOON,
    )


def held(grid, level):
    return {row: Decimal(level) for row in grid.criteria.all()}


def test_versions_follow_each_other():
    discipline = DisciplineFactory()
    assert [published(discipline).version for _ in range(2)] == [1, 2]
    assert published(DisciplineFactory()).version == 1


@pytest.mark.parametrize("weights", [[], [99], [60, 41], [100, 1]])
def test_weights_total_100(weights):
    with pytest.raises(grids.WeightsAreNotFull):
        grids.publish(
            discipline=DisciplineFactory(),
            criteria=[criterion(weight) for weight in weights],
            valid_from=TODAY,
            now=NOON,
        )
    assert not CriterionGrid.objects.exists()


def test_a_must_have_weighs_nothing():
    grid = published(DisciplineFactory(), criteria=[criterion(), criterion(0, is_must_have=True)])
    assert grids.is_complete(grid)


def test_one_assessor_assesses_once():
    grid, partner, assessor = published(DisciplineFactory()), PartnerFactory(), UserFactory()
    grids.assess(partner, grid, scores=held(grid, 4), now=NOON, assessor=assessor)
    with pytest.raises(grids.CannotAssess, match="already"):
        grids.assess(partner, grid, scores=held(grid, 5), now=NOON, assessor=assessor)
    assert Assessment.objects.get().scores.get().held == 4


def test_each_criterion_needs_a_level_on_its_scale():
    grid, partner = published(DisciplineFactory()), PartnerFactory()
    for scores in ({}, held(grid, 6), held(grid, -1)):
        with pytest.raises(grids.CannotAssess):
            grids.assess(partner, grid, scores=scores, now=NOON)
    assert not Assessment.objects.exists()


def test_expected_is_the_mean_of_the_assessors_on_the_newest_grid():
    discipline, partner = DisciplineFactory(), PartnerFactory()
    intervention = InterventionFactory(service=ServiceFactory(discipline=discipline))
    old = published(discipline, valid_from=TODAY - timedelta(days=300))
    grids.assess(partner, old, scores=held(old, 1), now=NOON, assessor=UserFactory())
    new = published(discipline)
    for level in (3, 5):
        grids.assess(partner, new, scores=held(new, level), now=NOON, assessor=UserFactory())
    assert grids.expected_percent(intervention, partner, today=TODAY) == 80
    assert grids.expected_percent(intervention, PartnerFactory(), today=TODAY) is None


def test_a_grid_of_another_trade_setting_or_of_tomorrow_does_not_count():
    discipline, partner = DisciplineFactory(), PartnerFactory()
    intervention = InterventionFactory(service=ServiceFactory(discipline=discipline))
    school = Setting.objects.get(code="school")
    for grid in (
        published(DisciplineFactory()),
        published(discipline, setting=school),
        published(discipline, valid_from=TODAY + timedelta(days=1)),
    ):
        grids.assess(partner, grid, scores=held(grid, 5), now=NOON, assessor=UserFactory())
    assert grids.expected_percent(intervention, partner, today=TODAY) is None
