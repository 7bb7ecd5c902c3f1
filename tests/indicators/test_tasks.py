import pytest
from django.conf import settings

from indicators import tasks
from indicators.models import RatingTally, TallyState, Touched
from tests.factories import RatingFactory
from triangle.celery import app

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


@pytest.mark.parametrize("name", ["count", "reconcile", "run_jobs"])
def test_what_reads_all_facts_may_take_an_hour(name):
    assert app.tasks[f"indicators.tasks.{name}"].time_limit == settings.LONG_TASK_TIME_LIMIT
