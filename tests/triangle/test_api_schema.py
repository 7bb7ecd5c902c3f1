"""The description of the API is true, and whatever fits it never breaks the house."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
import schemathesis
from django.core.cache import cache
from django.core.management import call_command
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings

from tests.api import call, secret_of
from tests.factories import DisciplineFactory, InterventionFactory, RatingFactory

pytestmark = pytest.mark.django_db
JSON = dict | list | str | int | float | bool | None
METHODS = {"get", "post", "put", "patch", "delete"}


def paths() -> dict:
    return SchemaGenerator().get_schema(request=None, public=True)["paths"]


def test_the_schema_is_generated_without_a_warning(tmp_path):
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", tmp_path / "schema.yaml")


def test_the_schema_names_each_address():
    assert {path.removeprefix("/api/v1/") for path in paths()} >= {
        "services/",
        "services/{external_id}/",
        "clients/",
        "clients/{external_id}/",
        "partners/",
        "partners/{external_id}/",
        "interventions/",
        "interventions/{external_id}/",
        "interventions/{external_id}/complete/",
        "interventions/{external_id}/cancel/",
        "ratings/",
        "ratings/{id}/",
        "indicators/",
    }


def test_the_schema_is_open_to_programs(client):
    assert client.get(reverse("api-schema")).status_code == 200


def test_the_docs_ask_for_a_login(client):
    answer = client.get(reverse("api-docs"))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))


def test_the_docs_hold_no_inline_script_or_style(as_manager):
    page = as_manager.get(reverse("api-docs")).content.decode()
    assert "<style" not in page
    assert page.count("<script") == page.count("<script src=") == 3


def test_no_anonymous_call_is_answered(client):
    for path, methods in paths().items():
        for method in METHODS & methods.keys():
            answer = client.generic(method.upper(), path.replace("{id}", "1"))
            assert answer.status_code == 401, (method, path)
            assert answer.json()["code"] == "not_authenticated"


def test_whatever_fits_the_schema_is_answered(client, quality_lead):
    """Real identifiers stand in half of the addresses, so that verbs are reached too."""
    DisciplineFactory(code="yoga")
    rating = RatingFactory(intervention=InterventionFactory(external_id="known", completed=True))
    secret, codes = secret_of(quality_lead), set()
    schema = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(public=True))
    for operation in (found.ok() for found in schema.get_all_operations()):

        @settings(
            max_examples=12,
            deadline=None,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def answered(case):
            cache.clear()  # the throttle is not what is looked at
            known = {"external_id": "known", "id": str(rating.pk)}
            for keys in (case.path_parameters or {}, known):
                codes.add(ask(client, secret, case, keys))

        answered()
    assert max(codes) < 500
    assert codes >= {200, 400, 404}


def ask(client, secret, case, keys) -> int:
    path = case.path
    for name, value in keys.items():
        path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
    if case.method == "GET":
        return call(client, secret, path, body=case.query or {}).status_code
    body = json.dumps(case.body) if isinstance(case.body, JSON) else ""
    return call(client, secret, path, case.method.lower(), body).status_code
