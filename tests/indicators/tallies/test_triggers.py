"""The same promises hold on both databases."""

import re
from copy import copy
from datetime import date, timedelta
from time import perf_counter

import pytest
from django.db import connection
from django.db.models import Count, Value

from feedback.models import SLOTS, Invitation, Rating
from indicators.models import ALL, Family, Touched
from indicators.tallies import triggers
from indicators.tallies.measures import FAMILIES, criterion
from partners.models import Intervention
from tests.factories import (
    DebriefFactory,
    InterventionFactory,
    InvitationFactory,
    RatingFactory,
    ServiceFactory,
)
from triangle.models import Region, Setting

pytestmark = pytest.mark.django_db


def touched(family):
    rows = Touched.objects.filter(family=family).order_by("id")
    return list(rows.values_list("day", *triggers.SCOPE))


def cell(fact, day):
    return (day, *(getattr(fact, name) or ALL for name in triggers.SCOPE))


@pytest.fixture
def rating():
    rating = RatingFactory()
    Touched.objects.all().delete()
    return rating


@pytest.mark.parametrize(
    ("family", "factory"),
    [
        (Family.RATING, RatingFactory),
        (Family.DEBRIEF, DebriefFactory),
        (Family.INTERVENTION, InterventionFactory),
    ],
)
def test_a_new_fact_touches_its_cell(family, factory):
    fact = factory()
    assert touched(family) == [cell(fact, getattr(fact, FAMILIES[family].day))]


def test_a_fact_without_a_day_is_in_no_cell():
    invitation = InvitationFactory()
    assert touched(Family.INVITATION) == []
    Invitation.objects.update(status="skipped", skip_reason="no_address", counted_on="2026-03-10")
    assert touched(Family.INVITATION) == [cell(invitation, date(2026, 3, 10))]


def test_a_fact_without_partner_touches_the_cell_of_nobody():
    fact = InterventionFactory(partner=None)
    assert touched(Family.INTERVENTION) == [cell(fact, fact.scheduled_on)]


def test_a_moved_fact_touches_the_cell_it_left_and_the_cell_it_came_to(rating):
    left = cell(rating, rating.answered_on)
    rating.answered_on += timedelta(days=40)
    rating.service = ServiceFactory()
    rating.save()
    assert sorted(touched(Family.RATING)) == sorted([left, cell(rating, rating.answered_on)])


@pytest.mark.parametrize(("name", "model"), [("setting", Setting), ("region", Region)])
def test_a_fact_in_another_setting_or_region_touches_both(rating, name, model):
    left = cell(rating, rating.answered_on)
    other = model.objects.create(code="other", name_en="Other", name_fr="Autre")
    Rating.objects.update(**{name: other})
    came = cell(Rating.objects.get(), rating.answered_on)
    assert left != came
    assert sorted(touched(Family.RATING)) == sorted([left, came])


def test_a_deleted_fact_touches_the_cell_it_left(rating):
    left = cell(rating, rating.answered_on)
    rating.delete()
    assert touched(Family.RATING) == [left]


@pytest.mark.parametrize(
    "change", [{"read_at": "2026-03-12T10:00Z"}, {"why": "Other words."}, {"score": 9}]
)
def test_what_moves_no_figure_touches_nothing(rating, change):
    Rating.objects.update(**change)
    assert touched(Family.RATING) == []


@pytest.mark.parametrize(
    "change", [{"score": 8}, {"why": ""}, {"satisfaction_3": 0}, {"is_current": False}]
)
def test_what_moves_a_figure_touches_its_cell(rating, change):
    Rating.objects.update(**change)
    assert set(touched(Family.RATING)) == {cell(rating, rating.answered_on)}


def test_a_fact_that_loses_its_day_touches_the_cell_it_left():
    fact = InterventionFactory()
    Touched.objects.all().delete()
    Intervention.objects.update(scheduled_at=None, scheduled_on=None)
    assert touched(Family.INTERVENTION) == [cell(fact, fact.scheduled_on)]


def test_a_statement_notes_each_cell_once_where_the_database_can():
    one = InterventionFactory()
    same = {"service": one.service, "partner": one.partner, "client": one.client, "contact": None}
    Touched.objects.all().delete()
    Intervention.objects.bulk_create(InterventionFactory.build(**same) for _ in range(3))
    assert len(touched(Family.INTERVENTION)) == (1 if connection.vendor == "postgresql" else 3)
    assert set(touched(Family.INTERVENTION)) == {cell(one, one.scheduled_on)}


def test_installing_again_changes_nothing(rating):
    triggers.install()
    triggers.install()
    Rating.objects.update(score=0)
    assert set(touched(Family.RATING)) == {cell(rating, rating.answered_on)}


def test_without_triggers_nothing_is_noted(rating):
    triggers.remove(connection)
    Rating.objects.update(score=0)
    assert touched(Family.RATING) == []
    triggers.install()


@pytest.mark.parametrize("family", [*Family])
def test_every_column_that_is_measured_is_watched(family):
    measured = FAMILIES[family]
    aggregates = [*measured.measures.values(), Count("pk", filter=measured.counted)]
    if family == Family.RATING:
        aggregates += [
            measure for slot in range(1, SLOTS + 1) for measure in criterion(slot).values()
        ]
    sums = {f"m{place}": one for place, one in enumerate(aggregates)}
    query = measured.facts.objects.values(group=Value(1)).annotate(**sums).query
    used = set(re.findall(r'"\."(\w+)"', query.sql_with_params()[0]))
    assert used - {"id"} <= {measured.day, *triggers.SCOPE, *triggers.COUNTED[family]}


def test_many_changes_after_one_are_noted_as_fast():
    """The database keeps the plan it made for one row."""
    one = RatingFactory()
    Rating.objects.bulk_create(_copies(RatingFactory(), 3_000))
    Touched.objects.all().delete()
    for score in range(8):
        Rating.objects.filter(pk=one.pk).update(score=score)
    start = perf_counter()
    Rating.objects.update(score=0)
    assert perf_counter() - start < 5  # seconds; a join of old with new took twelve
    assert len(set(touched(Family.RATING))) == 2


def _copies(rating, many):
    rating.is_current, rating.external_id = False, None
    for _ in range(many):
        rating.pk = None
        yield copy(rating)
