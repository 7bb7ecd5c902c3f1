"""The factories give valid rows."""

import pytest

from tests.factories import DebriefFactory, InvitationFactory, RatingFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("factory", [DebriefFactory, InvitationFactory, RatingFactory])
def test_a_fact_inherits_the_scope_of_its_intervention(factory):
    fact = factory()
    assert fact.scope() == fact.intervention.scope()
    fact.full_clean()
