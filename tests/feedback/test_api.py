"""Ratings through the API: to read, without the link behind them."""

from __future__ import annotations

import pytest

from feedback.models import Rating, RatingTheme, Theme
from tests.api import call, secret_of
from tests.factories import (
    NOON,
    InterventionFactory,
    InvitationFactory,
    RatingCriterionFactory,
    RatingFactory,
    ReasonChipFactory,
)

pytestmark = pytest.mark.django_db
RATINGS = "/api/v1/ratings/"


@pytest.fixture
def secret(quality_lead) -> str:
    return secret_of(quality_lead, "ratings:read")


def test_a_rating_with_its_criteria_and_reasons(client, secret):
    RatingCriterionFactory(slot=16, code="exact")
    RatingCriterionFactory(slot=15, code="kind")
    rating = RatingFactory(satisfaction_16=4, company_score=5)
    rating.reasons.add(ReasonChipFactory(code="late"))
    answer = call(client, secret, f"{RATINGS}{rating.pk}/").json()
    assert answer["criteria"] == {
        "exact": {"satisfaction": 4, "importance": None, "not_applicable": False}
    }
    assert (answer["score"], answer["why"], answer["reasons"]) == (9, rating.why, ["late"])
    assert answer["intervention"] == rating.intervention.external_id


def test_what_a_why_is_about_by_its_codes(client, secret):
    rating = RatingFactory(contradiction="blame", about="cancellation", source="on_site")
    for code, is_on in (("place", True), ("price", True), ("choice", False)):
        theme = Theme.objects.get(code=code)
        RatingTheme.objects.create(rating=rating, theme=theme, is_on=is_on, by_hand=True)
    answer = call(client, secret, f"{RATINGS}{rating.pk}/").json()
    assert answer["themes"] == ["price", "place"]
    assert (answer["contradiction"], answer["about"], answer["source"]) == (
        "blame",
        "cancellation",
        "on_site",
    )


@pytest.mark.parametrize("query", ["contradiction=blame", "about=cancellation", "source=on_site"])
def test_answers_are_filtered_by_what_they_are(client, secret, query):
    RatingFactory()
    wanted = RatingFactory(contradiction="blame", about="cancellation", source="on_site")
    found = call(client, secret, f"{RATINGS}?{query}").json()["results"]
    assert [row["id"] for row in found] == [wanted.pk]


def test_an_answer_about_the_relation_has_no_intervention(client, secret):
    client_only = {**InterventionFactory().scope(), "service_id": None, "partner_id": None}
    Rating.objects.create(
        **client_only,
        about="relation",
        score=7,
        why="Good.",
        answered_at=NOON,
        answered_on=NOON.date(),
    )
    [row] = call(client, secret, RATINGS).json()["results"]
    assert (row["intervention"], row["service"], row["themes"]) == (None, None, [])


def test_the_clients_link_is_nowhere(client, secret):
    invitation = InvitationFactory(sent=True)
    RatingFactory(intervention=invitation.intervention, invitation=invitation)
    text = call(client, secret, RATINGS).content.decode()
    hidden = [invitation.link_seed, invitation.token_hash, invitation.token]
    assert [word for word in hidden if word in text] == []
    assert "invitation" not in text


def test_an_answer_to_be_counted_only_is_not_listed(client, secret):
    hidden = RatingFactory(confidentiality=Rating.Confidentiality.AGGREGATED)
    shown = RatingFactory()
    assert [row["id"] for row in call(client, secret, RATINGS).json()["results"]] == [shown.pk]
    assert call(client, secret, f"{RATINGS}{hidden.pk}/").status_code == 404


def test_a_manager_reads_the_own_portfolio(client, manager, quality_lead):
    theirs = RatingFactory(intervention__client__manager=quality_lead)
    mine = RatingFactory(intervention__client__manager=manager)
    secret = secret_of(manager, "ratings:read")
    assert [row["id"] for row in call(client, secret, RATINGS).json()["results"]] == [mine.pk]
    assert call(client, secret, f"{RATINGS}{theirs.pk}/").status_code == 404


def test_filters(client, secret):
    low = RatingFactory(score=3)
    old = RatingFactory(score=9, is_current=False, why="")
    for query, found in {
        "is_current=true": [low.pk],
        "is_explained=false": [old.pk],
        "score_from=4": [old.pk],
        "score_to=3": [low.pk],
        "answered_from=2026-03-12": [],
        "answered_to=2026-03-11": [low.pk, old.pk],
        f"intervention={low.intervention.external_id}": [low.pk],
    }.items():
        rows = call(client, secret, f"{RATINGS}?{query}").json()["results"]
        assert [row["id"] for row in rows] == found, query


@pytest.mark.parametrize("query", ["score_from=11", "score_to=99999999999999999999", "token=x"])
def test_a_filter_that_cannot_be_is_refused(client, secret, query):
    assert call(client, secret, f"{RATINGS}?{query}").status_code == 400


@pytest.mark.parametrize("method", ["put", "post", "delete", "patch"])
def test_ratings_are_not_written(client, quality_lead, method):
    rating = RatingFactory()
    secret = secret_of(quality_lead)
    assert call(client, secret, f"{RATINGS}{rating.pk}/", method, {"score": 10}).status_code == 405


@pytest.mark.parametrize("pk", ["999999999999999999", "0"])
def test_unknown_ids_are_not_found(client, secret, pk):
    assert call(client, secret, f"{RATINGS}{pk}/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_queries(client, secret, rows, django_assert_num_queries):
    for _ in range(rows):
        RatingFactory().reasons.add(ReasonChipFactory())
    call(client, secret, RATINGS)
    with django_assert_num_queries(7):
        assert len(call(client, secret, RATINGS).json()["results"]) == rows
