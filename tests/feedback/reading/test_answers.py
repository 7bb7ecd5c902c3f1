"""The reading list of answers: what needs the manager first, read in place, taken back."""

from datetime import timedelta

import pytest
from django.urls import reverse

from feedback import ratings
from feedback.models import Rating, RatingTheme, ReasonChip, Theme
from tests.factories import (
    NOON,
    ClientFactory,
    InterventionFactory,
    RatingFactory,
    UserFactory,
)
from triangle.models import Role

LIST = "/answers/"
pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def page(browser, query="") -> str:
    response = browser.get(f"{LIST}?{query}")
    assert response.status_code == 200
    return response.content.decode()


def shown(browser, query="") -> list[Rating]:
    return [item.rating for item in browser.get(f"{LIST}?{query}").context["board"].items]


def test_the_why_is_in_front_with_its_score_and_who(as_manager):
    rating = RatingFactory(score=4, why="Late by twenty minutes.")
    text = page(as_manager)
    assert "“Late by twenty minutes.”" in text
    assert "Nadia Ferrand" in text
    assert rating.service.name in text


def test_unread_is_what_has_a_why_and_nobody_read_by_need(as_manager, manager):
    pleased, low = RatingFactory(score=10), RatingFactory(score=2)
    read = RatingFactory(score=1)
    ratings.mark_read([read], by=manager, now=NOON)
    unexplained = RatingFactory(score=0, why="", source="import", answered_at=NOON)
    RatingFactory(is_current=False)
    assert shown(as_manager) == [low, pleased]
    assert shown(as_manager, "state=read") == [read]
    assert set(shown(as_manager, "state=all")) == {pleased, low, read, unexplained}


def test_the_counts_of_the_tabs_are_the_lengths_of_the_lists(as_manager, manager):
    ratings.mark_read([RatingFactory(), RatingFactory()], by=manager, now=NOON)
    RatingFactory(wants_contact=True, score=7)
    board = as_manager.get(LIST).context["board"]
    assert [tab.n for tab in board.tabs] == [1, 2, 3]
    unread = board.unread
    assert (unread.n, unread.low, unread.middle, unread.high, unread.contact) == (1, 0, 1, 0, 1)


@pytest.mark.parametrize(
    ("query", "scores"),
    [
        ("score=0-6", [2]),
        ("score=7-8", [7]),
        ("score=9-10", [10]),
        ("score=7", [7]),
        ("score=11", [2, 10, 7]),
        ("score=9-1", [2, 10, 7]),
        ("score=%D9%A9", [2, 10, 7]),
        ("contact=1", [10]),
    ],
)
def test_answers_are_filtered_by_score_and_wish(as_manager, query, scores):
    for score in (2, 7, 10):
        RatingFactory(score=score, wants_contact=score == 10)
    assert [rating.score for rating in shown(as_manager, query)] == scores


def test_answers_are_filtered_by_the_one_scope_and_period(as_manager):
    old = RatingFactory(answered_at=NOON - timedelta(days=400))
    new = RatingFactory()
    assert shown(as_manager, f"service={new.service_id}") == [new]
    assert shown(as_manager, f"partner={old.partner_id}") == [old]
    day = old.answered_on
    assert shown(as_manager, f"from={day}&to={day}") == [old]
    assert set(shown(as_manager, "period=any")) == {old, new}


def test_explained_and_unexplained_can_be_told_apart(as_manager):
    with_why = RatingFactory()
    without = RatingFactory(why="", source="import")
    assert shown(as_manager, "state=all&why=with") == [with_why]
    assert shown(as_manager, "state=all&why=without") == [without]


def test_a_manager_reads_the_own_portfolio_and_what_nobody_owns(as_manager, manager):
    mine = RatingFactory(intervention__client=ClientFactory(manager=manager))
    nobodys = RatingFactory()
    theirs = RatingFactory(intervention__client=ClientFactory(manager=UserFactory()))
    assert set(shown(as_manager)) == {mine, nobodys}
    assert as_manager.post(reverse("answer-read", args=[theirs.pk])).status_code == 404
    as_manager.post(reverse("answers-read"), {"pk": theirs.pk})
    theirs.refresh_from_db()
    assert theirs.read_at is None


def test_a_partner_does_not_know_the_list(client):
    client.force_login(UserFactory(role=Role.PARTNER))
    assert client.get(LIST).status_code == 404


def test_nobody_reads_without_login(client):
    assert client.get(LIST).status_code == 302


def test_reading_without_script_comes_back_to_the_same_list(as_manager, manager):
    rating = RatingFactory()
    response = as_manager.post(f"{reverse('answer-read', args=[rating.pk])}?score=9-10")
    assert (response.status_code, response.url) == (302, "/answers/?score=9-10")
    rating.refresh_from_db()
    assert rating.read_by == manager


def test_reading_in_place_gives_the_list_again_with_an_undo(as_manager):
    rating, other = RatingFactory(score=1), RatingFactory(why="Another reason.")
    url = f"{reverse('answer-read', args=[rating.pk])}?score=0-10"
    text = as_manager.post(url, headers=HTMX).content.decode()
    assert text.count('id="answers"') == 1
    assert "<html" not in text
    assert "1 answer marked as read." in text
    undo = f"/answers/unread/?pk={rating.pk}&amp;score=0-10"
    assert f'hx-post="{undo}"' in text
    again = as_manager.post(undo.replace("&amp;", "&"), headers=HTMX)
    assert [item.rating for item in again.context["board"].items] == [rating, other]


def test_reading_twice_is_harmless(as_manager):
    rating = RatingFactory()
    for _ in range(2):
        as_manager.post(reverse("answer-read", args=[rating.pk]))
    assert shown(as_manager, "state=read") == [rating]


def test_checked_answers_are_read_together_and_taken_back(as_manager):
    first, second, left = RatingFactory(), RatingFactory(), RatingFactory()
    as_manager.post(reverse("answers-read"), {"pk": [first.pk, second.pk]})
    assert shown(as_manager) == [left]
    as_manager.post(reverse("answers-unread"), {"pk": [first.pk, second.pk, "x", "9" * 30]})
    assert set(shown(as_manager)) == {first, second, left}


def test_get_marks_nothing(as_manager):
    rating = RatingFactory()
    assert as_manager.get(reverse("answer-read", args=[rating.pk])).status_code == 405
    assert shown(as_manager) == [rating]


def test_who_asked_to_be_only_counted_is_not_named(as_manager):
    RatingFactory(confidentiality="aggregated", intervention__client__name="Lumen")
    text = page(as_manager)
    assert "Without a name, as asked" in text
    assert "Nadia Ferrand" not in text
    assert ", Lumen" not in text


def test_hostile_text_is_escaped(as_manager):
    RatingFactory(why="<script>alert(1)</script>")
    text = page(as_manager)
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text


def about(code, rating=None, **link) -> Rating:
    """An answer with a theme."""
    rating = rating or RatingFactory()
    RatingTheme.objects.create(rating=rating, theme=Theme.objects.get(code=code), **link)
    return rating


def test_themes_are_counted_in_what_waits_and_lately(as_manager, time_machine):
    time_machine.move_to(NOON + timedelta(days=2), tick=False)
    about("price")
    about("price", RatingFactory(read_at=NOON))
    about("price", RatingFactory(read_at=NOON, answered_at=NOON - timedelta(days=200)))
    about("price", by_hand=True, is_on=False)
    about("place", RatingFactory(read_at=NOON))
    board = as_manager.get(LIST).context["board"]
    counts = [(theme.name, theme.unread, theme.lately) for theme in board.themes]
    assert counts == [("Price", 1, 2), ("Place and access", 0, 1)]
    assert board.themes[0].query == "theme=price"


def test_answers_are_filtered_by_theme_and_the_others_stay_in_sight(as_manager):
    dear, elsewhere = about("price"), about("place")
    about("price", by_hand=True, is_on=False)
    assert shown(as_manager, "theme=price") == [dear]
    assert shown(as_manager, "theme=place") == [elsewhere]
    assert len(shown(as_manager, "theme=nothing")) == 3
    board = as_manager.get(f"{LIST}?theme=price").context["board"]
    assert {theme.name for theme in board.themes if theme.is_on} == {"Price"}
    assert len(board.themes) == 2


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("contradiction=1", {"contradiction": "praise"}),
        ("quote=1", {"may_quote": True}),
        ("about=cancellation", {"about": "cancellation"}),
        ("source=on_site", {"source": "on_site"}),
        ("contact=1", {"wants_contact": True}),
    ],
)
def test_answers_are_filtered_by_what_they_are(as_manager, query, fields):
    RatingFactory(score=3)
    RatingFactory(score=3, may_quote=True, confidentiality="aggregated", is_current=False)
    wanted = RatingFactory(**{"score": 3, **fields})
    assert shown(as_manager, query) == [wanted]
    assert shown(as_manager, f"{query}&score=9-10") == []
    asked = as_manager.get(f"{LIST}?{query}&score=3").context["asked"]
    assert [chip.query for chip in asked.chips()] == [query, "score=3"]


@pytest.mark.parametrize("query", ["about=debrief", "source=x", "contradiction=2", "theme=%00"])
def test_what_is_unknown_in_the_address_is_not_asked(as_manager, query):
    rating = RatingFactory()
    response = as_manager.get(f"{LIST}?{query}")
    assert [item.rating for item in response.context["board"].items] == [rating]
    assert not response.context["asked"].is_filtered


def test_an_answer_says_what_it_is(as_manager):
    rating = RatingFactory(
        score=1, contradiction="praise", may_quote=True, about="cancellation", source="on_site"
    )
    about("price", rating)
    about("place", rating, by_hand=True)
    about("choice", rating, by_hand=True, is_on=False)
    rating.reasons.set(ReasonChip.objects.filter(code__in=["price", "result"]))
    [item] = as_manager.get(LIST).context["board"].items
    assert [(link.theme.code, link.by_hand) for link in item.themes] == [
        ("price", False),
        ("place", True),
    ]
    assert [chip.code for chip in item.reasons] == ["result"]
    text = page(as_manager)
    tags = ["score and text contradict each other", "may be quoted", "cancellation", "on site"]
    assert [tag for tag in tags if f"{tag}</span>" not in text] == []


def test_who_is_only_counted_is_neither_quoted_nor_thanked_for(as_manager):
    RatingFactory(may_quote=True, confidentiality="aggregated")
    text = page(as_manager)
    assert "/quote/" not in text
    assert "/thank/" not in text
    assert "may be quoted</span>" not in text


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "Everything is read."),
        ("state=all", "No answer yet."),
        ("score=9-10", "No answer matches these filters."),
        ("from=x", "One of the days is not a date."),
    ],
)
def test_an_empty_list_says_what_to_do(as_manager, query, words):
    assert words in page(as_manager, query)


@pytest.mark.parametrize("number", ["0", "-1", "x", "1000000000"])
def test_an_impossible_page_is_the_nearest_one(as_manager, number):
    rating = RatingFactory()
    assert shown(as_manager, f"page={number}") == [rating]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_number_of_queries(as_manager, rows, django_assert_num_queries):
    for _ in range(rows):
        about("place").reasons.add(ReasonChip.objects.get(code="price"))
    with django_assert_num_queries(19):
        as_manager.get(LIST, headers=HTMX)


def test_an_answer_heard_on_the_phone_is_noted_on_the_page(as_manager, manager):
    intervention = InterventionFactory(completed=True)
    url = reverse("answer-by-phone", args=[intervention.pk])
    assert as_manager.post(url, {"score": "8", "why": "...."}).status_code == 422
    response = as_manager.post(url, {"score": "8", "why": "Good, but short."})
    assert response.status_code == 302
    rating = Rating.objects.get()
    assert (rating.source, rating.score, rating.read_by) == ("phone", 8, manager)
    second = as_manager.post(url, {"score": "9", "why": "Heard again."})
    assert second.status_code == 422
    assert Rating.objects.count() == 1


def test_an_intervention_of_another_portfolio_takes_no_answer(as_manager):
    theirs = InterventionFactory(completed=True, client=ClientFactory(manager=UserFactory()))
    assert as_manager.get(reverse("answer-by-phone", args=[theirs.pk])).status_code == 404
