"""The same key twice: one object, the same answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone

from tests.api import call, secret_of
from tests.factories import DisciplineFactory, UserFactory
from triangle.api import idempotency
from triangle.models import IdempotencyKey, Role, Service

SERVICES = "/api/v1/services/"
BODY = {"name": "Yoga", "discipline": "yoga"}


@pytest.fixture
def secret(db) -> str:
    DisciplineFactory(code="yoga")
    return secret_of(UserFactory(role=Role.ADMIN))


def test_the_same_key_makes_one_object(client, secret):
    first = call(client, secret, SERVICES, "post", BODY, Idempotency_Key="k1")
    second = call(client, secret, SERVICES, "post", BODY, Idempotency_Key="k1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second.headers["Idempotency-Replayed"] == "true"
    assert Service.objects.count() == 1


def test_without_a_key_two_objects(client, secret):
    for _ in range(2):
        call(client, secret, SERVICES, "post", BODY)
    assert Service.objects.count() == 2


def test_the_order_of_the_fields_is_the_same_request(client, secret):
    call(client, secret, SERVICES, "post", BODY, Idempotency_Key="k1")
    turned = dict(reversed(BODY.items()))
    assert call(client, secret, SERVICES, "post", turned, Idempotency_Key="k1").status_code == 201
    assert Service.objects.count() == 1


@pytest.mark.parametrize(
    ("path", "method", "body"),
    [
        (SERVICES, "post", {**BODY, "name": "Other"}),
        (f"{SERVICES}a/", "put", BODY),
    ],
)
def test_the_same_key_for_another_request_is_refused(client, secret, path, method, body):
    call(client, secret, SERVICES, "post", BODY, Idempotency_Key="k1")
    answer = call(client, secret, path, method, body, Idempotency_Key="k1")
    assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")
    assert Service.objects.count() == 1


def test_a_refused_request_leaves_the_key_free(client, secret):
    bad = call(client, secret, SERVICES, "post", {"name": "Yoga"}, Idempotency_Key="k1")
    good = call(client, secret, SERVICES, "post", BODY, Idempotency_Key="k1")
    assert (bad.status_code, good.status_code) == (400, 201)


def test_keys_of_two_users_do_not_meet(client, secret):
    other = secret_of(UserFactory(role=Role.ADMIN))
    for token in (secret, other):
        call(client, token, SERVICES, "post", BODY, Idempotency_Key="k1")
    assert Service.objects.count() == 2


def test_a_key_is_forgotten_after_a_week(client, secret):
    call(client, secret, SERVICES, "post", BODY, Idempotency_Key="k1")
    old = timezone.now() - timedelta(days=idempotency.KEPT_DAYS, seconds=1)
    IdempotencyKey.objects.update(created_at=old)
    call(client, secret, SERVICES, "post", BODY, Idempotency_Key="k2")
    assert list(IdempotencyKey.objects.values_list("key", flat=True)) == ["k2"]


@pytest.mark.parametrize("key", ["", "x" * 201, "a b", "é"])
def test_a_key_is_visible_ascii(client, secret, key):
    answer = call(client, secret, SERVICES, "post", BODY, Idempotency_Key=key)
    assert answer.status_code == 400
    assert not Service.objects.exists()


def at_the_same_time(secret, **headers) -> list[int]:
    barrier = Barrier(2)

    def post(_number) -> int:
        try:
            barrier.wait(10)
            return call(Browser(), secret, SERVICES, "post", BODY, **headers).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(post, range(2)))


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_time_make_one_object(secret):
    assert at_the_same_time(secret) == [201, 201]
    assert Service.objects.count() == 2  # the race, with the guard off
    assert at_the_same_time(secret, Idempotency_Key="k1") == [201, 201]
    assert Service.objects.count() == 3
