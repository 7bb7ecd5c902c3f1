"""What is kept is never older than the figures, nor than what stands beside them."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import override_settings
from django.utils import translation

from indicators.models import TallyState
from indicators.ready import kept
from indicators.tallies.recount import drain_all
from tests.factories import NOON, PartnerFactory, RatingFactory

pytestmark = pytest.mark.django_db
DEAD = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": "redis://127.0.0.1:1",
    }
}


@pytest.fixture
def made():
    """Asks for a part, and counts how often it was made."""
    cache.clear()
    PartnerFactory()
    drain_all(now=NOON)
    times = []

    def make():
        times.append(1)
        return len(times)

    return lambda *asked: kept("test", *asked, make=make)


def test_it_is_made_once(made):
    assert [made("a"), made("a"), made("b"), made("a")] == [1, 1, 2, 1]


def test_it_asks_one_query(made, django_assert_num_queries):
    made("a")
    with django_assert_num_queries(1):
        made("a")


def test_an_answer_that_was_counted_has_it_made_anew(made):
    made("a")
    RatingFactory()
    drain_all(now=NOON)
    assert made("a") == 2


def test_a_new_name_has_it_made_anew_at_once_and_kept_after_the_drain(made):
    made("a")
    PartnerFactory()
    assert [made("a"), made("a")] == [2, 3]
    drain_all(now=NOON)
    assert [made("a"), made("a")] == [4, 4]


def test_the_minute_under_the_figures_is_never_old(made):
    made("a")
    drain_all(now=NOON + timedelta(minutes=1))
    assert made("a") == 2


def test_each_language_has_its_own(made):
    assert made("a") == 1
    with translation.override("fr"):
        assert made("a") == 2


def test_nothing_is_kept_before_anything_was_counted(made):
    TallyState.objects.all().delete()
    assert [made("a"), made("a")] == [1, 2]


@override_settings(CACHES=DEAD)
def test_a_cache_that_is_away_keeps_nothing_and_stops_nobody(made, caplog):
    assert [made("a"), made("a")] == [1, 2]
