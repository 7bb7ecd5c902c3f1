import sys

import pytest
from django.core.management import call_command
from django.db import connection

from feedback.models import Rating
from indicators.bench import (
    BENCHES,
    columnar,
    dashboards,
    exact,
    fresh,
    market,
    memory,
    pages,
    timing,
    touching,
)
from indicators.management.commands.bench import _in_turns
from indicators.models import Kept, RatingTally, Touched
from indicators.tallies.reconcile import reconcile
from tests.factories import NOON

NAMES = "dashboard answer fresh recount recount_one exact import send pages embedded memory"


def test_the_benchmarks_of_the_specification_have_their_names():
    assert set(NAMES.split()) <= set(BENCHES)


def test_benchmarks_that_leave_the_market_alone_share_it():
    assert _in_turns(["pages", "recount", "send", "dashboard"]) == [
        ["dashboard", "recount"],
        ["pages"],
        ["send"],
    ]


def test_an_unknown_name_is_refused(capsys):
    with pytest.raises(SystemExit) as stopped:
        call_command("bench", "nothing", "--json")
    assert (stopped.value.code, capsys.readouterr().out) == (2, "")


@pytest.mark.parametrize(
    ("durations", "percent", "expected"),
    [([5], 95, 5), ([1, 2, 3, 4], 50, 3), (range(1, 101), 95, 96), ([3, 1], 99, 3)],
)
def test_percentile(durations, percent, expected):
    assert timing.percentile(durations, percent) == expected


@pytest.mark.django_db
def test_the_large_market_is_valid_and_counted():
    market.fill(60)
    assert sum(RatingTally.objects.filter(level=Kept.DAY).values_list("partner_n", flat=True)) == 60
    assert reconcile(now=NOON).drift == 0


@pytest.mark.django_db
def test_a_market_is_topped_up_and_keeps_its_indexes():
    market.fill(20)
    before = _schema()
    market.fill(40)
    market.ask(3)
    market.answer(1, 2)
    assert (Rating.objects.count(), _schema()) == (42, before)
    assert Touched.objects.exists()


def _schema():
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, Rating._meta.db_table)
    return sorted(found)


@pytest.mark.django_db
def test_duckdb_counts_the_same_cells():
    market.fill(40)
    found = columnar.compare(1.0)
    assert (found["other_cells"], found["cells"] > 40) == ([], True)


@pytest.mark.django_db
def test_a_cell_that_duckdb_counts_otherwise_is_named():
    market.fill(40)
    RatingTally.objects.filter(level=Kept.MONTH_ALL).update(partner_n=999)
    assert columnar.compare(1.0)["other_cells"] == [RatingTally._meta.db_table]


@pytest.mark.django_db
def test_without_duckdb_the_recount_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "duckdb", None)
    assert columnar.compare(1.0) == {"duckdb": columnar.MISSING}


@pytest.mark.django_db
def test_the_benchmarks_of_a_market_run(monkeypatch):
    monkeypatch.setattr(dashboards, "STORED", ("", "region"))
    monkeypatch.setattr(dashboards, "READ_LIVE", ("client",))
    monkeypatch.setattr(dashboards, "EACH", 1)
    monkeypatch.setattr(pages, "VISITS", 1)
    monkeypatch.setattr(pages, "UNREAD", 3)
    monkeypatch.setattr(pages, "PLANNED", 3)
    looked = pages.run(30)
    assert looked["queries_grow"].keys() <= looked["pages"].keys()
    board = dashboards.run(30)
    assert (board["filters"], [*board["by_filter"]]) == (2, ["none", "region"])
    held = memory.run(30)
    assert (held["dashboards"], len(held["worker"]["megabytes"])) == (10, memory.LOOKS)
    assert held["rating_bytes"] > 0
    Rating.objects.filter(pk__gt=market.EXTRA).delete()


@pytest.mark.django_db
def test_new_ratings_are_counted_and_taken_back():
    market.fill(20)
    market.ask(2)
    told = touching.new_ones(2)
    assert told["ratings_per_second"] > 0
    assert (Rating.objects.count(), reconcile(now=NOON).drift) == (20, 0)


@pytest.mark.parametrize(
    ("committed", "looks", "lags"),
    [
        ([], [(9.0, 0)], []),
        ([1.0, 2.0], [(1.5, 1), (4.0, 2)], [500, 2000]),
        ([1.0, 2.0], [(1.5, 0), (4.0, 2)], [3000, 2000]),
        ([1.0, 2.0], [(1.5, 0)], []),
    ],
)
def test_lag_is_from_the_commit_to_the_first_look_that_holds_it(committed, looks, lags):
    assert fresh._lags(committed, looks) == lags


@pytest.mark.process
@pytest.mark.django_db(transaction=True)
def test_writers_drainers_and_a_killed_one_leave_no_drift(monkeypatch):
    monkeypatch.setattr(exact, "DRAINERS", 2)
    found = exact.run(200)
    assert (found["differing_cells"], found["pending"], found["killed"]) == (0, 0, 1)
    assert sum(found["changes"].values()) == 48
