import pytest
import structlog
from django.core.cache import cache

from triangle.floods import Limit

LIMIT = Limit("test", most=2, within_seconds=60)


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


def test_the_last_one_allowed_and_the_one_after():
    LIMIT.count("a")
    assert not LIMIT.is_reached("a")
    LIMIT.count("a")
    assert LIMIT.is_reached("a")


def test_neither_others_nor_other_limits_are_held_back():
    for _ in range(2):
        LIMIT.count("a")
    assert not LIMIT.is_reached("b")
    assert not Limit("other", most=2, within_seconds=60).is_reached("a")


def test_the_cache_holds_no_name():
    LIMIT.count("nadia@example.org")
    assert "nadia" not in str(cache._cache.keys())


@pytest.fixture
def without_cache(settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }


def test_a_cache_that_is_away_stops_nobody_and_is_told(without_cache):
    with structlog.testing.capture_logs() as told:
        LIMIT.count("a")
        assert not LIMIT.is_reached("a")
    assert [line["event"] for line in told] == ["limit_not_counted"] * 2
