"""Thanking, quoting and naming the themes of an answer; each of it taken back exactly."""

import pytest
from django.db import IntegrityError, transaction

from feedback.models import Rating, RatingTheme, Theme
from feedback.reading import reading
from feedback.reading.reading import Mark
from feedback.themes import themes
from tests.factories import NOON, RatingFactory
from triangle.models import JournalEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def acted(manager) -> dict:
    return {"by": manager, "now": NOON}


@pytest.fixture
def price() -> Theme:
    return Theme.objects.get(code="price")


def kinds(rating) -> list[str]:
    entries = JournalEntry.objects.filter(subject_type="rating", subject_id=rating.pk)
    return list(entries.order_by("id").values_list("kind", flat=True))


def test_thanks_are_given_once_and_taken_back(acted, manager):
    rating = RatingFactory()
    assert reading.thank(rating, **acted)
    assert not reading.thank(rating, **acted)
    rating.refresh_from_db()
    assert (rating.thanked_at, rating.thanked_by) == (NOON, manager)
    assert reading.take_thanks_back(rating, **acted)
    assert not reading.take_thanks_back(rating, **acted)
    rating.refresh_from_db()
    assert (rating.thanked_at, rating.thanked_by) == (None, None)
    assert kinds(rating) == ["rating.thanked", "rating.unthanked"]


def test_an_answer_is_quoted_once_and_taken_back(acted, manager):
    rating = RatingFactory(may_quote=True)
    assert reading.quote(rating, **acted)
    assert not reading.quote(rating, **acted)
    rating.refresh_from_db()
    assert (rating.quoted_at, rating.quoted_by) == (NOON, manager)
    assert reading.take_quote_back(rating, **acted)
    assert not reading.take_quote_back(rating, **acted)
    assert kinds(rating) == ["rating.quoted", "rating.unquoted"]


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"may_quote": True, "confidentiality": "aggregated"},
        {"may_quote": True, "is_current": False},
    ],
)
def test_a_quote_without_consent_is_refused(acted, answer):
    rating = RatingFactory(**answer)
    with pytest.raises(reading.NotToBeQuoted):
        reading.quote(rating, **acted)
    assert kinds(rating) == []


def test_the_database_refuses_a_quote_without_consent():
    rating = RatingFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        Rating.objects.filter(pk=rating.pk).update(quoted_at=NOON)


@pytest.fixture
def four(price) -> dict[Mark, Rating]:
    """An answer for each way a theme can stand."""
    return {
        Mark.NONE: RatingFactory(),
        Mark.AUTO: RatingTheme.objects.create(rating=RatingFactory(), theme=price).rating,
        Mark.SET: RatingTheme.objects.create(
            rating=RatingFactory(), theme=price, by_hand=True
        ).rating,
        Mark.TAKEN: RatingTheme.objects.create(
            rating=RatingFactory(), theme=price, by_hand=True, is_on=False
        ).rating,
    }


def marks(four) -> list[Mark]:
    found = {link.rating_id: reading._mark(link) for link in RatingTheme.objects.all()}
    return [found.get(rating.pk, Mark.NONE) for rating in four.values()]


@pytest.mark.parametrize(
    ("is_on", "after", "changed"),
    [
        (True, [Mark.SET, Mark.AUTO, Mark.SET, Mark.SET], {Mark.NONE, Mark.TAKEN}),
        (False, [Mark.NONE, Mark.TAKEN, Mark.TAKEN, Mark.TAKEN], {Mark.AUTO, Mark.SET}),
    ],
)
def test_a_theme_is_set_or_taken_and_restored_exactly(four, price, acted, is_on, after, changed):
    was = reading.mark_theme(four.values(), price, is_on=is_on, **acted)
    assert was == {four[mark].pk: mark for mark in changed}
    assert marks(four) == after
    assert JournalEntry.objects.count() == len(changed)
    assert reading.mark_theme(four.values(), price, is_on=is_on, **acted) == {}
    reading.restore_theme(was, price, **acted)
    assert marks(four) == list(Mark)
    assert reading.restore_theme(was, price, **acted) == {}
    assert JournalEntry.objects.count() == 2 * len(changed)


def test_a_theme_taken_by_hand_is_not_labelled_again(price, acted):
    rating = RatingFactory(why="Trop cher.", language="fr")
    themes.label_due(now=NOON)
    reading.mark_theme([rating], price, is_on=False, **acted)
    Rating.objects.update(labelled_with=None)
    themes.label_due(now=NOON)
    link = RatingTheme.objects.get(rating=rating)
    assert (link.by_hand, link.is_on) == (True, False)


@pytest.mark.parametrize("rows", [1, 3])
def test_a_theme_is_set_in_the_same_number_of_queries(
    rows, price, acted, django_assert_num_queries
):
    ratings = [RatingFactory() for _ in range(rows)]
    with django_assert_num_queries(7):
        reading.mark_theme(ratings, price, is_on=True, **acted)


def test_answers_come_by_need():
    pleased = RatingFactory(score=10)
    middling = RatingFactory(score=8)
    asks = RatingFactory(score=9, wants_contact=True)
    at_odds = RatingFactory(score=10, contradiction="blame")
    low = RatingFactory(score=3)
    low_asks = RatingFactory(score=6, wants_contact=True)
    low_at_odds = RatingFactory(score=1, contradiction="praise")
    need = [low_at_odds, low_asks, low, at_odds, asks, middling, pleased]
    assert list(Rating.objects.unread().by_need()) == need
