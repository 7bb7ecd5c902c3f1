"""Counting links that do not exist."""

import pytest
from django.core.cache import cache
from django.test import RequestFactory

from triangle import guesses


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


def opened(address="203.0.113.7"):
    return RequestFactory().get("/p/nothing/", REMOTE_ADDR=address)


def test_the_last_guess_allowed_and_the_one_after():
    for _ in range(guesses.MOST - 1):
        guesses.note(opened())
    assert not guesses.are_too_many(opened())
    guesses.note(opened())
    assert guesses.are_too_many(opened())


def test_others_are_not_held_back():
    for _ in range(guesses.MOST):
        guesses.note(opened())
    assert not guesses.are_too_many(opened("203.0.113.8"))


def test_a_cache_that_is_away_stops_nobody(settings):
    away = "redis://127.0.0.1:1/0"
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": away}
    }
    guesses.note(opened())
    assert not guesses.are_too_many(opened())
