"""What all records of the API have in common, shown on services."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from rest_framework.throttling import UserRateThrottle

from tests.api import call, secret_of
from tests.factories import DisciplineFactory, ServiceFactory, UserFactory
from triangle.models import JournalEntry, Role, Service

pytestmark = pytest.mark.django_db
SERVICES = "/api/v1/services/"


@pytest.fixture
def secret(quality_lead) -> str:
    return secret_of(quality_lead)


@pytest.fixture
def yoga(db):
    return DisciplineFactory(code="yoga")


def test_without_a_token_nothing_is_answered(client, db):
    answer = client.get(SERVICES)
    assert answer.status_code == 401
    assert answer.json() == {
        "detail": "Authentication credentials were not provided.",
        "code": "not_authenticated",
        "errors": {},
    }


def test_a_session_is_no_token(as_quality_lead):
    assert as_quality_lead.get(SERVICES).status_code == 401


def test_put_creates_then_changes_then_does_nothing(client, secret, yoga):
    path = f"{SERVICES}morning/"
    created = call(client, secret, path, "put", {"name": "Yoga", "discipline": "yoga"})
    changed = call(client, secret, path, "put", {"promise": "On time"})
    same = call(client, secret, path, "put", {"promise": "On time"})
    assert [created.status_code, changed.status_code, same.status_code] == [201, 200, 200]
    assert same.json() == {
        "external_id": "morning",
        "name": "Yoga",
        "discipline": "yoga",
        "promise": "On time",
        "is_published": True,
    }
    kinds = JournalEntry.objects.filter(subject_type="service").order_by("id")
    assert list(kinds.values_list("kind", flat=True)) == ["created", "changed"]


def test_post_creates_and_refuses_a_taken_id(client, secret, yoga):
    body = {"external_id": "morning", "name": "Yoga", "discipline": "yoga"}
    assert call(client, secret, SERVICES, "post", body).status_code == 201
    again = call(client, secret, SERVICES, "post", {**body, "name": "Other"})
    assert (again.status_code, again.json()["code"]) == (409, "taken")
    assert Service.objects.get().name == "Yoga"


def test_post_without_an_id_gives_one(client, secret, yoga):
    answer = call(client, secret, SERVICES, "post", {"name": "Yoga", "discipline": "yoga"})
    assert Service.objects.get().external_id == answer.json()["external_id"]


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"name": ["This field is required."], "discipline": ["This field is required."]}),
        ({"nmae": "x"}, {"nmae": ["Unknown field."]}),
        ({"id": 3}, {"id": ["Unknown field."]}),
        (
            {"name": "x", "discipline": "chess"},
            {"discipline": ["“chess” is not known."]},
        ),
        ({"name": "x", "discipline": 5}, {"discipline": ["This is not an id."]}),
        ({"name": "x", "discipline": ["yoga"]}, {"discipline": ["This is not an id."]}),
        (
            {"name": "a\0b", "discipline": "yoga"},
            {"name": ["Null characters are not allowed."]},
        ),
        (
            {"name": "x", "discipline": "yoga", "external_id": "b"},
            {"external_id": ["Not the id of the address."]},
        ),
        (
            {"name": "x" * 201, "discipline": "yoga"},
            {"name": ["Ensure this field has no more than 200 characters."]},
        ),
    ],
)
def test_bad_values_are_named(client, secret, yoga, body, errors):
    answer = call(client, secret, f"{SERVICES}a/", "put", body)
    assert (answer.status_code, answer.json()["errors"]) == (400, errors)
    assert not Service.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "null",
        '"text"',
        '{"name": NaN}',
        '{"name": "\\ud800"}',
        '{"\\ud800": 1}',
        "[" * 50_000,
        '{"name": %s}' % ("9" * 10_000),
        b"\xff\xfe",
    ],
)
def test_a_body_that_is_no_record_is_a_bad_request(client, secret, body):
    answer = call(client, secret, f"{SERVICES}a/", "put", body)
    assert (answer.status_code, set(answer.json())) == (400, {"detail", "code", "errors"})


def test_a_body_that_is_too_large_is_refused(client, secret, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    answer = call(client, secret, f"{SERVICES}a/", "put", {"name": "x" * 100})
    assert answer.status_code == 413


@pytest.mark.parametrize("path", ["a%00b/", "a%0ab/", f"{'x' * 101}/", "a", "a/b/"])
def test_an_address_that_is_no_id_is_not_found(client, secret, path):
    answer = call(client, secret, SERVICES + path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("method", ["post", "patch", "delete", "options"])
def test_what_is_not_offered_is_not_allowed(client, secret, method):
    ServiceFactory(external_id="a")
    assert call(client, secret, f"{SERVICES}a/", method).status_code == 405


def test_filters_choose_rows(client, secret, yoga):
    ServiceFactory(external_id="a", discipline=yoga)
    ServiceFactory(external_id="b", discipline=yoga, is_published=False)
    ServiceFactory(external_id="c")
    answer = call(client, secret, SERVICES, body={"discipline": "yoga", "is_published": "true"})
    assert [row["external_id"] for row in answer.json()["results"]] == ["a"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"disciplin": "yoga"}, 400),
        ({"discipline": "a\0b"}, 400),
        ({"discipline": "x" * 81}, 400),
        ({"cursor": "nonsense"}, 404),
        ({"cursor": "cD1hYmM="}, 404),  # position "abc"
        ({"cursor": "cD05OTk5OTk5OTk5OTk5OTk5OTk5OQ=="}, 404),  # beyond any key
        ({"cursor": "é"}, 404),
        ({"limit": "-1"}, 200),
        ({"limit": "1e9"}, 200),
    ],
)
def test_parameters_that_cannot_be(client, secret, query, code):
    assert call(client, secret, SERVICES, body=query).status_code == code


def test_cursor_pages_show_each_row_once_while_rows_come_in(client, secret):
    for number in range(5):
        ServiceFactory(external_id=str(number))
    seen, address = [], f"{SERVICES}?limit=2"
    while address:
        page = call(client, secret, address).json()
        seen += [row["external_id"] for row in page["results"]]
        address = page["next"]
        if len(seen) == 2:
            ServiceFactory(external_id="late")
    assert seen == ["0", "1", "2", "3", "4", "late"]


@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_asks_the_same_queries(client, secret, rows, django_assert_num_queries):
    ServiceFactory.create_batch(rows)
    call(client, secret, SERVICES)
    with django_assert_num_queries(4):
        assert len(call(client, secret, SERVICES).json()["results"]) == rows


@pytest.mark.parametrize("role", [Role.MANAGER, Role.RECRUITER])
def test_only_who_sees_everything_writes_the_catalogue(client, yoga, role):
    user = UserFactory(role=role)
    secret = secret_of(user, *(["read"] if role == Role.RECRUITER else ["read", "write"]))
    ServiceFactory(external_id="a", name="Before", discipline=yoga)
    assert call(client, secret, f"{SERVICES}a/", "put", {"name": "After"}).status_code == 403
    assert call(client, secret, SERVICES, "post", {"name": "New"}).status_code == 403
    assert list(Service.objects.values_list("name", flat=True)) == ["Before"]


def test_calls_are_throttled_by_user(client, secret, monkeypatch):
    cache.clear()
    monkeypatch.setattr(UserRateThrottle, "THROTTLE_RATES", {"user": "2/min"})
    codes = [call(client, secret, SERVICES).status_code for _ in range(3)]
    assert codes == [200, 200, 429]
