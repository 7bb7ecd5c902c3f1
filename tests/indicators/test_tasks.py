import pytest

from indicators import tasks
from indicators.models import RatingTally, TallyState, Touched
from tests.factories import RatingFactory

pytestmark = pytest.mark.django_db


def test_count_leaves_nothing_touched_and_runs_twice():
    RatingFactory()
    tasks.count()
    tasks.count()
    assert not Touched.objects.exists()
    assert RatingTally.objects.exists()


def test_reconcile_notes_its_proof():
    RatingFactory()
    tasks.count()
    tasks.reconcile()
    state = TallyState.objects.get()
    assert (state.drift, state.reconciled_at is not None) == (0, True)
