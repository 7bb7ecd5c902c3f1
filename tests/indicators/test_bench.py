import pytest
from django.core.management import call_command

from indicators.bench import BENCHES, market, timing
from indicators.models import Kept, RatingTally
from indicators.reconcile import reconcile
from tests.factories import NOON


def test_the_benchmarks_of_the_specification_have_their_names():
    assert {"dashboard", "recount", "answer", "import", "send"} <= set(BENCHES)


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
