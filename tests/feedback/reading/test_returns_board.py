"""What a partner reads: after both are in, by name only where wished, else in whole groups."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from feedback import ratings
from feedback.models import Rating
from feedback.reading import returns_board
from tests.factories import (
    NOON,
    ClientFactory,
    DebriefFactory,
    InterventionFactory,
    PartnerFactory,
    RatingFactory,
    UserFactory,
)

DAY = timedelta(days=1)
COMPLETED = NOON + timedelta(hours=1)
LATER = NOON + 60 * DAY
pytestmark = pytest.mark.django_db


@pytest.fixture
def partner():
    return PartnerFactory(account=UserFactory(role="partner"))


def rate(partner, *, client=None, debriefed=True, **fields) -> Rating:
    rating = RatingFactory(
        intervention__partner=partner,
        **({"intervention__client": client} if client else {}),
        **{"why": f"Words number {Rating.objects.count()}.", "score": 9, **fields},
    )
    if debriefed:
        DebriefFactory(intervention=rating.intervention)
    return rating


def read(partner, *, now=LATER) -> returns_board.Returns:
    return returns_board.of(partner, now=now)


def released(partner, *, now):
    return list(Rating.objects.released_to(partner, now=now))


# Released


def test_an_answer_is_released_once_the_debrief_is_in(partner):
    rating = rate(partner, debriefed=False)
    assert released(partner, now=NOON + 2 * DAY) == []
    DebriefFactory(intervention=rating.intervention)
    assert released(partner, now=NOON + 2 * DAY) == [rating]


def test_or_when_both_had_their_time(partner):
    rating = rate(partner, debriefed=False)
    over = COMPLETED + 14 * DAY
    assert released(partner, now=over - timedelta(seconds=1)) == []
    assert released(partner, now=over) == [rating]


@pytest.mark.parametrize(
    "other",
    [{"about": "cancellation"}, {"is_current": False}, {"source": "draft", "why": ""}],
)
def test_only_answers_that_stand_about_interventions_are_released(partner, other):
    rate(partner, **other)
    assert released(partner, now=LATER) == []


def test_nothing_of_another_partner_is_released(partner):
    rate(PartnerFactory())
    assert released(partner, now=LATER) == []


# Read


def test_four_answers_show_no_text_and_no_score_five_do(partner):
    for confidentiality in ("company", "company", "named", "aggregated"):
        rate(partner, confidentiality=confidentiality)
    assert read(partner) == returns_board.Returns(named=[], groups=[])
    rate(partner)
    rate(partner)
    assert len(read(partner).named) == 1
    assert [(group.n, group.high) for group in read(partner).groups] == [(5, 5)]


def test_a_group_tells_words_of_who_allowed_them_and_whole_counts(partner):
    scores = (0, 7, 8, 9, 10)
    told = [rate(partner, score=score) for score in scores[:4]]
    rate(partner, score=10, confidentiality="aggregated", why="Count me only.")
    (group,) = read(partner).groups
    assert (group.n, group.low, group.middle, group.high) == (5, 1, 2, 2)
    assert {one.why for one in group.words} == {one.why for one in told}


def test_looking_after_each_answer_shows_nothing_or_a_whole_group(partner):
    """Nobody learns by subtraction what one client said."""
    seen = []
    for _ in range(11):
        rate(partner, answered_at=NOON + DAY + timedelta(minutes=Rating.objects.count()))
        shown = {one.why for group in read(partner).groups for one in group.words}
        seen.append(len(shown))
    assert seen == [0, 0, 0, 0, 5, 5, 5, 5, 5, 10, 10]


def test_figures_follow_the_same_steps(partner):
    figures = set()
    for score in (9, 9, 9, 9, 0, 10, 10, 10):
        rate(partner, score=score)
        figures |= {(group.n, group.low) for group in read(partner).groups}
    assert figures == {(5, 1)}


def test_answers_with_a_name_count_in_no_group(partner):
    """Else their known scores would be subtracted."""
    for _ in range(4):
        rate(partner, confidentiality="named", score=0)
    for _ in range(5):
        rate(partner, score=9)
    board = read(partner)
    assert [one.score for one in board.named] == [0, 0, 0, 0]
    assert [(group.n, group.low) for group in board.groups] == [(5, 0)]


def test_five_answers_of_one_client_are_not_without_a_name(partner):
    client = ClientFactory()
    for _ in range(6):
        rate(partner, client=client)
    assert read(partner).groups == []
    for _ in range(4):
        rate(partner)
    assert [group.n for group in read(partner).groups] == [10]


def test_words_wait_until_they_can_no_longer_change(partner):
    """A text that changes in a published group would say who has just changed it."""
    for _ in range(5):
        rate(partner, answered_at=NOON + DAY)
    assert read(partner, now=NOON + 8 * DAY - timedelta(seconds=1)).groups == []
    assert len(read(partner, now=NOON + 8 * DAY).groups) == 1


def test_erased_words_move_nobody_into_a_published_group(partner):
    rows = [rate(partner, answered_at=NOON + DAY + timedelta(minutes=n)) for n in range(6)]
    before = {one.why for one in read(partner).groups[0].words}
    Rating.objects.filter(pk=rows[0].pk).update(why="")
    assert {one.why for one in read(partner).groups[0].words} == before - {rows[0].why}


def test_the_order_of_words_tells_no_dates(partner):
    for hours in range(20):
        rate(partner, answered_at=NOON + timedelta(hours=hours))
    shown = [[one.pk for one in group.words] for group in read(partner).groups]
    assert [len(keys) for keys in shown] == [5, 5, 5, 5]
    assert any(keys != sorted(keys) for keys in shown)


@pytest.mark.parametrize("n", [5, 15])
def test_reading_asks_the_same_queries(partner, n, django_assert_num_queries):
    for _ in range(n):
        rate(partner)
        rate(partner, confidentiality="named")
    with django_assert_num_queries(4):
        board = read(partner)
        [str(one.client) + str(one.service) for one in board.named]
        [one.why + one.language for group in board.groups for one in group.words]


# The page


@pytest.fixture
def page(client, partner):
    client.force_login(partner.account)

    def get(**query):
        with time_machine.travel(LATER, tick=False):
            return client.get(reverse("my-returns"), query).content.decode()

    return get


def test_a_named_answer_shows_who_said_what_and_thanks(page, partner, manager):
    for _ in range(4):
        rate(partner)
    named = rate(partner, confidentiality="named", score=6, why="Kind, but late.", may_quote=True)
    text = page()
    assert "Kind, but late." in text
    assert "6/10" in text
    assert str(named.client) in text
    assert "says thank you" not in text
    Rating.objects.filter(pk=named.pk).update(thanked_at=NOON, quoted_at=NOON)
    assert "Mieux Ici says thank you" in page()
    assert "quoted, with consent" in page()


def test_a_nameless_answer_shows_neither_client_nor_service_nor_day_nor_own_score(page, partner):
    rows = [rate(partner, score=3) for _ in range(5)]
    text = page()
    for one in rows:
        assert one.why in text
        assert str(one.client) not in text
        assert str(one.service) not in text
    assert "3/10" not in text
    assert "March" not in text
    assert "2026" not in text


def test_four_answers_show_the_page_of_none(page, partner):
    def words():
        return [line for line in page().splitlines() if "csrf" not in line]

    empty = words()
    for _ in range(4):
        rate(partner, confidentiality="named")
    assert words() == empty
    assert "Not enough answers yet." in page()


def test_no_filter_singles_anybody_out(page, partner):
    for _ in range(6):
        rate(partner, score=3)

    def words(**query):
        return [line for line in page(**query).splitlines() if "csrf" not in line]

    plain = words()
    for query in ({"score": "3"}, {"client": "1"}, {"period": "2026-03"}, {"page": "2"}):
        assert words(**query) == plain


def test_an_account_without_partner_sees_an_empty_page(client):
    client.force_login(UserFactory(role="partner"))
    assert client.get(reverse("my-returns")).status_code == 200


def test_a_changed_answer_is_read_as_it_stands(partner):
    for _ in range(4):
        rate(partner)
    first = rate(partner, confidentiality="named", why="Kind, but late.")
    ratings.revise(first, score=9, why="It was my clock.", reason="correction", now=NOON + 2 * DAY)
    assert [one.why for one in read(partner).named] == ["It was my clock."]


def test_interventions_without_an_end_wait_for_the_debrief(partner):
    open_one = InterventionFactory(partner=partner)
    RatingFactory(intervention=open_one)
    assert released(partner, now=LATER) == []
