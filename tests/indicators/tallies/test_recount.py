"""Tallies equal the facts, whatever happened to the facts and however often it is counted."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Func, Sum, TextField

from clients.models import Client
from feedback.models import Rating
from indicators.models import (
    CELL,
    NOBODY,
    InterventionTally,
    Kept,
    RatingTally,
    TallyState,
    Touched,
)
from indicators.tallies import handovers, recount
from indicators.tallies.lattice import LEVELS
from indicators.tallies.measures import TALLIES
from indicators.tallies.reconcile import reconcile
from indicators.tallies.recount import drain, drain_all, follow_lattice, recount_all
from partners.models import Debrief, Intervention
from tests.factories import NOON, RatingFactory
from tests.indicators.market import Market, version

pytestmark = pytest.mark.django_db


OF_MANAGERS = [level.number for level in LEVELS if "manager" in level.keeps]


@pytest.fixture
def market():
    return Market(interventions=60)


def cells(tally):
    return set(tally.objects.values_list(*(field.name for field in tally._meta.concrete_fields)))


def test_nothing_touched_counts_nothing():
    assert drain(now=NOON) == 0
    assert reconcile(now=NOON).drift == 0


def test_one_rating_fills_each_level_once():
    rating = RatingFactory(score=9)
    assert drain(now=NOON) == 2  # the rating and its intervention
    keys = (*CELL[:1], *CELL[2:], "all_9", "explained_9")
    service, partner, setting = rating.service_id, rating.partner_id, rating.setting_id
    assert sorted(RatingTally.objects.values_list(*keys)) == sorted(
        [
            (Kept.DAY, service, 1, 0, 0, 0, 0, 1, 1),
            (Kept.DAY_ALL, 0, 0, 0, 0, 0, 0, 1, 1),
            (Kept.DAY_SERVICE, service, 0, 0, 0, 0, 0, 1, 1),
            (Kept.DAY_SEGMENT, 0, 1, 0, 0, 0, 0, 1, 1),
            (Kept.DAY_SETTING, 0, 0, 0, setting, 0, 0, 1, 1),
            (Kept.DAY_REGION, 0, 0, 0, 0, 1, 0, 1, 1),
            (Kept.DAY_MANAGER, 0, 0, 0, 0, 0, NOBODY, 1, 1),
            (Kept.DAY_SETTING_MANAGER, 0, 0, 0, setting, 0, NOBODY, 1, 1),
            (Kept.DAY_REGION_MANAGER, 0, 0, 0, 0, 1, NOBODY, 1, 1),
            (Kept.MONTH, service, 1, 0, 0, 0, 0, 1, 1),
            (Kept.MONTH_SERVICE, service, 0, 0, 0, 0, 0, 1, 1),
            (Kept.MONTH_SEGMENT, 0, 1, 0, 0, 0, 0, 1, 1),
            (Kept.MONTH_SETTING, 0, 0, 0, setting, 0, 0, 1, 1),
            (Kept.MONTH_REGION, 0, 0, 0, 0, 1, 0, 1, 1),
            (Kept.MONTH_ALL, 0, 0, 0, 0, 0, 0, 1, 1),
            (Kept.MONTH_SETTING_MANAGER, 0, 0, 0, setting, 0, NOBODY, 1, 1),
            (Kept.MONTH_REGION_MANAGER, 0, 0, 0, 0, 1, NOBODY, 1, 1),
            (Kept.MONTH_MANAGER, 0, 0, 0, 0, 0, NOBODY, 1, 1),
            (Kept.MANAGER, service, 1, 0, 0, 0, NOBODY, 1, 1),
            (Kept.PARTNER, service, 1, partner, 0, 0, 0, 1, 1),
            (Kept.PARTNER_ALL, 0, 0, partner, 0, 0, 0, 1, 1),
        ]
    )


def test_criteria_are_kept_for_each_partner(market):
    drain_all(now=NOON)
    kept = RatingTally.objects.filter(level=Kept.PARTNER_ALL).aggregate(n=Sum("criterion_2_n"))
    answered = Rating.objects.current().filter(satisfaction_2__isnull=False)
    assert kept["n"] == answered.exclude(partner=None).count() > 0


def test_drained_cells_equal_the_facts(market):
    drain_all(now=NOON)
    found = reconcile(now=NOON)
    assert (found.drift, found.pending, Touched.objects.count()) == (0, 0, 0)
    assert found.cells > 500


def test_small_batches_give_the_same_cells(market):
    while drain(now=NOON, limit=7):
        pass
    assert reconcile(now=NOON).drift == 0


def test_a_full_recount_gives_the_same_cells(market):
    drain_all(now=NOON)
    drained = [cells(tally) for tally in TALLIES]
    recount_all(now=NOON)
    assert [cells(tally) for tally in TALLIES] == drained
    assert reconcile(now=NOON).drift == 0


def test_counting_twice_changes_nothing(market):
    drain_all(now=NOON)
    once = cells(RatingTally)
    Rating.objects.update(score=3)
    Rating.objects.update(score=3)
    drain_all(now=NOON)
    twice = cells(RatingTally)
    recount_all(now=NOON)
    recount_all(now=NOON)
    assert cells(RatingTally) == twice != once


def test_edits_moves_and_deletions_leave_no_trace(market):
    drain_all(now=NOON)
    Debrief.objects.filter(score__lt=4).delete()
    Rating.objects.filter(is_current=False).delete()
    Rating.objects.filter(score=10).update(is_current=False)
    Intervention.objects.filter(status="completed").update(service=market.services[0])
    for rating in Rating.objects.filter(score=9):
        rating.answered_on += timedelta(days=45)
        rating.partner = None
        rating.save()
    drain_all(now=NOON)
    assert reconcile(now=NOON).drift == 0


def test_a_fact_that_moves_to_another_setting_and_region_is_counted_there(market):
    drain_all(now=NOON)
    south, setting = market.regions[1], market.settings[2]
    Rating.objects.update(setting=setting)
    Intervention.objects.update(region=south)
    drain_all(now=NOON)
    assert reconcile(now=NOON).drift == 0
    kept = RatingTally.objects.filter(level=Kept.DAY_SETTING)
    assert set(kept.values_list("setting_id", flat=True)) == {setting.pk}


def test_a_client_that_changes_hands_is_counted_of_the_new_manager(market):
    drain_all(now=NOON)
    one, other = market.managers
    Client.objects.filter(manager=one).update(manager=other)
    drain_all(now=NOON)
    assert reconcile(now=NOON).drift == 0
    kept = RatingTally.objects.filter(level__in=OF_MANAGERS)
    assert set(kept.values_list("manager_id", flat=True)) == {other.pk, NOBODY}


def test_a_client_that_only_gets_another_name_touches_nothing(market):
    drain_all(now=NOON)
    Client.objects.update(name="Another")
    assert not Touched.objects.exists()


def test_other_levels_are_counted_anew_after_the_next_migration(market):
    drain_all(now=NOON)
    kept = cells(RatingTally)
    RatingTally.objects.filter(level=Kept.MONTH_REGION).delete()
    TallyState.objects.update(levels="1 2 3")
    follow_lattice()
    assert (cells(RatingTally), version()) == (kept, 2)
    follow_lattice()
    assert version() == 2


def test_a_full_recount_writes_only_cells_that_differ(market):
    drain_all(now=NOON)
    cell = RatingTally.objects.filter(level=Kept.PARTNER).first()
    kept = places()
    RatingTally.objects.filter(pk=cell.pk).update(all_3=77)
    spoilt = places()[cell.pk]
    recount_all(now=NOON)
    written = places()
    assert {pk for pk in kept if written[pk] != kept[pk]} <= {cell.pk}
    assert RatingTally.objects.get(pk=cell.pk).all_3 != 77
    assert connection.vendor == "sqlite" or written[cell.pk] != spoilt


def places():
    """Where each cell lies in its table: one that is written again moves."""
    place = "ctid::text" if connection.vendor == "postgresql" else "rowid"
    cells = RatingTally.objects.annotate(place=Func(template=place, output_field=TextField()))
    return dict(cells.values_list("pk", "place"))


def test_when_the_last_fact_goes_the_cells_go():
    rating = RatingFactory()
    drain_all(now=NOON)
    rating.delete()
    drain_all(now=NOON)
    assert not RatingTally.objects.exists()


def test_a_wrong_cell_is_reported_and_left_alone(market):
    drain_all(now=NOON)
    wrong = RatingTally.objects.filter(level=Kept.DAY).first()
    RatingTally.objects.filter(pk=wrong.pk).update(all_0=77)
    found = reconcile(now=NOON)
    assert (found.drift, found.by_tally["ratingtally"]) == (1, 1)
    assert found.examples[0]["starts_on"] == str(wrong.starts_on)
    assert RatingTally.objects.get(pk=wrong.pk).all_0 == 77
    assert TallyState.objects.get().drift == 1


def test_a_missing_cell_and_one_too_many_are_drift(market):
    drain_all(now=NOON)
    cell = InterventionTally.objects.first()
    InterventionTally.objects.filter(pk=cell.pk).update(partner_id=999)
    assert reconcile(now=NOON).drift == 2


def test_what_waits_for_its_recount_is_pending_and_no_drift(market):
    drain_all(now=NOON)
    rating = Rating.objects.filter(is_current=True).first()
    Rating.objects.filter(pk=rating.pk).update(score=(rating.score + 1) % 11)
    found = reconcile(now=NOON)
    assert (found.drift, found.pending) == (0, 1)


def test_each_recount_moves_the_version(market):
    assert version() == 0
    drain_all(now=NOON)
    assert version() == 1
    drain_all(now=NOON)
    assert version() == 1
    recount_all(now=NOON)
    assert version() == 2


def test_nothing_to_count_still_moves_freshness_but_not_each_second():
    drain(now=NOON)
    drain(now=NOON + timedelta(seconds=29))
    assert TallyState.objects.get().counted_at == NOON
    drain(now=NOON + timedelta(seconds=30))
    assert TallyState.objects.get().counted_at == NOON + timedelta(seconds=30)


def test_a_flood_is_settled_by_counting_everything(market, monkeypatch):
    drain_all(now=NOON)
    RatingTally.objects.filter(level=Kept.DAY_ALL).update(all_10=1_000)
    Rating.objects.update(score=3)
    monkeypatch.setattr(recount, "FLOOD", Touched.objects.count() - 1)
    assert drain(now=NOON) == recount.FLOOD + 1
    assert not Touched.objects.exists()
    assert reconcile(now=NOON).drift == 0


def test_a_batch_that_is_no_flood_leaves_other_cells_alone(market, monkeypatch):
    drain_all(now=NOON)
    RatingTally.objects.filter(level=Kept.DAY_ALL).update(all_10=1_000)
    Rating.objects.filter(pk=Rating.objects.first().pk).update(score=3)
    monkeypatch.setattr(recount, "FLOOD", Touched.objects.count())
    drain_all(now=NOON)
    assert reconcile(now=NOON).drift > 0


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the plan of SQLite")
def test_a_drain_reads_no_facts_to_learn_that_no_client_changed_hands(market):
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("UPDATE sqlite_stat1 SET stat = '200000 40 2'")
        cursor.execute("ANALYZE sqlite_schema")
        cursor.execute(f"EXPLAIN QUERY PLAN {next(handovers.looked_at_again())}")
        plan = [row[-1] for row in cursor.fetchall()]
    assert plan.count("SCAN moved") == len(TALLIES)
    assert "SCAN fact" not in plan
