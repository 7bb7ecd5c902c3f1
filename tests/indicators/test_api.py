"""Indicators through the API: the document of the command, within what the user sees."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import call_command

from indicators.tallies import recount
from tests.api import call, secret_of
from tests.factories import NOON, ClientFactory, PartnerFactory, RatingFactory, ServiceFactory

pytestmark = pytest.mark.django_db
INDICATORS = "/api/v1/indicators/"
MARCH = {"from": "2026-03-01", "to": "2026-03-31"}


@pytest.fixture
def secret(quality_lead) -> str:
    return secret_of(quality_lead, "indicators:read")


@pytest.mark.parametrize(
    "query",
    [
        {},
        MARCH,
        {**MARCH, "by": "month"},
        {**MARCH, "service": "s1", "by": "partner"},
        {**MARCH, "setting": "not_known", "by": "day"},
    ],
)
def test_the_document_is_the_commands(client, secret, query):
    service, partner = ServiceFactory(external_id="s1"), PartnerFactory(external_id="p1")
    RatingFactory(intervention__service=service, intervention__partner=partner)
    RatingFactory(score=2)
    recount.drain_all(now=NOON)
    printed = StringIO()
    arguments = [f"--{name}={value}" for name, value in query.items()]
    call_command("indicators", *arguments, "--json", stdout=printed)
    answer = call(client, secret, INDICATORS, body=query)
    assert answer.status_code == 200
    assert answer.json() == json.loads(printed.getvalue())


def test_a_manager_reads_the_own_portfolio(client, manager, quality_lead):
    RatingFactory(intervention__client__manager=manager)
    RatingFactory(intervention__client__manager=quality_lead, score=2)
    recount.drain_all(now=NOON)
    answer = call(client, secret_of(manager, "indicators:read"), INDICATORS, body=MARCH)
    assert (answer.json()["nps"]["n"], answer.json()["nps"]["promoters"]) == (1, 1)


@pytest.mark.parametrize("client_id", ["theirs", "nobody"])
def test_what_is_not_seen_is_not_known(client, manager, quality_lead, client_id):
    ClientFactory(external_id="theirs", manager=quality_lead)
    secret = secret_of(manager, "indicators:read")
    answer = call(client, secret, INDICATORS, body={"client": client_id})
    assert answer.json()["errors"] == {"client": [f"“{client_id}” is not known."]}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "2026-02-30"}, "from"),
        ({"from": "1900-01-01"}, "from"),
        ({"to": "9999-12-31"}, "to"),
        ({"from": "2026-03-02", "to": "2026-03-01"}, "to"),
        ({"by": "week"}, "by"),
        ({"servise": "s1"}, "servise"),
        ({"service": "a\0b"}, "service"),
        ({"manager": "nobody@example.org"}, "manager"),
    ],
)
def test_a_question_that_cannot_be_is_refused(client, secret, query, field):
    answer = call(client, secret, INDICATORS, body=query)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_the_scope_is_needed(client, quality_lead):
    assert call(client, secret_of(quality_lead, "read"), INDICATORS).status_code == 403


def test_figures_are_not_written(client, secret):
    assert call(client, secret, INDICATORS, "post", {}).status_code == 405
