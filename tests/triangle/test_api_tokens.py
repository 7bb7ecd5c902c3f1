"""API tokens: made once, limited by role and scope, gone when revoked or their user is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from knox.models import AuthToken

from tests.api import call
from tests.factories import UserFactory
from triangle import tokens
from triangle.models import JournalEntry, Role, TokenScope
from triangle.periods import local_day

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def make(user, scopes=("read",), **kwargs):
    return tokens.create(user, name="billing", scopes=scopes, now=NOW, **kwargs)


def test_a_token_is_kept_as_a_digest_and_noted(manager):
    scope, secret = make(manager)
    assert secret not in str(AuthToken.objects.values_list())
    assert list(JournalEntry.objects.values_list("kind", "actor")) == [
        ("token.created", manager.pk)
    ]
    assert scope.scopes == ["read"]


def test_a_role_limits_the_scopes(db):
    recruiter = UserFactory(role=Role.RECRUITER)
    with pytest.raises(tokens.NotAllowed):
        make(recruiter, scopes=["read", "write"])
    assert not AuthToken.objects.exists()


@pytest.mark.parametrize("scopes", [[], ["everything"]])
def test_scopes_are_known_and_not_empty(manager, scopes):
    with pytest.raises(tokens.NotAllowed):
        make(manager, scopes=scopes)


def test_revoking_twice_is_noted_once(manager):
    scope, _secret = make(manager)
    tokens.revoke(scope, now=NOW, by=manager)
    tokens.revoke(scope, now=NOW, by=manager)
    assert JournalEntry.objects.filter(kind="token.revoked").count() == 1
    assert not AuthToken.objects.exists()


def test_a_revoked_token_is_out(client, manager):
    scope, secret = make(manager)
    assert call(client, secret, "/api/v1/clients/").status_code == 200
    tokens.revoke(scope, now=NOW, by=manager)
    assert call(client, secret, "/api/v1/clients/").status_code == 401


def test_a_disabled_user_is_out_at_once(client, manager):
    _scope, secret = make(manager)
    manager.is_active = False
    manager.save()
    assert call(client, secret, "/api/v1/clients/").status_code == 401


def test_an_expired_token_is_out(client, manager):
    _scope, secret = make(manager)
    AuthToken.objects.update(expiry=NOW - timedelta(seconds=1))
    assert call(client, secret, "/api/v1/clients/").status_code == 401


def test_a_token_loses_what_its_users_role_loses(client, manager):
    _scope, secret = make(manager, scopes=["ratings:read"])
    assert call(client, secret, "/api/v1/ratings/").status_code == 200
    manager.role = Role.RECRUITER
    manager.save()
    assert call(client, secret, "/api/v1/ratings/").status_code == 403


@pytest.mark.parametrize(
    ("scope", "allowed"),
    [("read", {"clients", "services", "partners", "interventions"}), ("ratings:read", {"ratings"})],
)
def test_a_token_opens_its_scope_only(client, quality_lead, scope, allowed):
    _scope, secret = make(quality_lead, scopes=[scope])
    things = ["clients", "services", "partners", "interventions", "ratings"]
    answers = {thing: call(client, secret, f"/api/v1/{thing}/").status_code for thing in things}
    assert answers == {thing: 200 if thing in allowed else 403 for thing in things}


def test_reading_does_not_write(client, quality_lead):
    _scope, secret = make(quality_lead)
    answer = call(client, secret, "/api/v1/services/x/", "put", {"name": "X"})
    assert answer.status_code == 403


def test_the_day_of_use_is_noted_once(client, manager, django_assert_num_queries):
    scope, secret = make(manager)
    call(client, secret, "/api/v1/services/")
    scope.refresh_from_db()
    assert scope.last_used_on == local_day(timezone.now())
    with django_assert_num_queries(4) as queries:
        call(client, secret, "/api/v1/services/")
    assert not [query for query in queries if query["sql"].startswith("UPDATE")]


def test_a_token_without_scopes_opens_nothing(client, quality_lead):
    _token, secret = AuthToken.objects.create(quality_lead)
    assert call(client, secret, "/api/v1/services/").status_code == 403


@pytest.mark.parametrize("header", ["Token", "Token a b", "Token \xff", "Token tri_'", "Bearer x"])
def test_a_malformed_header_is_refused_in_json(client, db, header):
    answer = client.get("/api/v1/services/", headers={"Authorization": header})
    assert answer.status_code == 401
    assert set(answer.json()) == {"detail", "code", "errors"}


def test_the_page_shows_the_secret_once(as_manager):
    form = {"name": "billing", "scopes": ["read"], "lifetime_days": "30"}
    answer = as_manager.post(reverse("api-tokens"), form)
    secret = answer.context["secret"]
    assert secret in answer.content.decode()
    assert secret not in as_manager.get(reverse("api-tokens")).content.decode()


def test_the_page_offers_the_scopes_of_the_role(client, db):
    client.force_login(UserFactory(role=Role.RECRUITER))
    form = {"name": "x", "scopes": ["write"], "lifetime_days": "30"}
    answer = client.post(reverse("api-tokens"), form)
    assert "scopes" in answer.context["form"].errors
    assert not TokenScope.objects.exists()


def test_only_the_own_tokens_are_listed_and_revoked(as_manager, quality_lead):
    other, _secret = make(quality_lead)
    assert list(as_manager.get(reverse("api-tokens")).context["tokens"]) == []
    assert as_manager.post(reverse("api-token-revoke", args=[other.pk])).status_code == 404
    assert AuthToken.objects.count() == 1


def test_revoking_from_the_page(as_manager, manager):
    scope, _secret = make(manager)
    as_manager.post(reverse("api-token-revoke", args=[scope.pk]))
    assert not AuthToken.objects.exists()


def test_partners_have_no_tokens_page(client, db):
    client.force_login(UserFactory(role=Role.PARTNER))
    assert client.get(reverse("api-tokens")).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_the_same_queries(as_manager, manager, rows, django_assert_num_queries):
    for _ in range(rows):
        make(manager)
    as_manager.get(reverse("api-tokens"))
    with django_assert_num_queries(PAGE_QUERIES):
        as_manager.get(reverse("api-tokens"))


PAGE_QUERIES = 3
