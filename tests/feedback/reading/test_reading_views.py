"""Acts of the reading list in place and without script; what is undone is as it was."""

import html
import re

import pytest
from django.urls import reverse

from feedback.models import Rating, RatingTheme, Theme
from feedback.reading import reading
from tests.factories import NOON, ClientFactory, RatingFactory, UserFactory
from triangle.models import JournalEntry, Role

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
QUOTES = "/answers/quotes/"


def url(name, rating) -> str:
    return reverse(name, args=[rating.pk])


def undo_of(response) -> str:
    found = re.search(r'<form action="([^"]+)" method="post" hx-post', response.content.decode())
    assert found, response.content.decode()
    return html.unescape(found[1])


def links() -> list[tuple]:
    found = RatingTheme.objects.order_by("rating_id", "theme_id")
    return list(found.values_list("rating_id", "theme__code", "by_hand", "is_on"))


@pytest.fixture
def quotable() -> Rating:
    return RatingFactory(may_quote=True, score=10, why="Superbe séance.", language="fr")


def test_thanks_are_noted_in_place_and_taken_back(as_manager):
    rating = RatingFactory(confidentiality="named")
    response = as_manager.post(f"{url('answer-thank', rating)}?score=9-10", headers=HTMX)
    text = response.content.decode()
    assert f"Thanks noted. {rating.partner.name} sees them with this answer." in text
    assert "thanked</span>" in text
    assert undo_of(response) == f"/answers/{rating.pk}/unthank/?score=9-10"
    again = as_manager.post(undo_of(response), headers=HTMX).content.decode()
    assert "thanked</span>" not in again
    assert 'data-key="m"' in again


def test_thanks_that_the_partner_does_not_see_say_so(as_manager):
    response = as_manager.post(url("answer-thank", RatingFactory()), headers=HTMX)
    assert "The partner does not see this answer, as the client asked." in response.content.decode()


def test_a_quote_needs_the_consent_of_the_client(as_manager, quotable):
    refused = as_manager.post(url("answer-quote", RatingFactory()), headers=HTMX)
    assert "The client did not allow to quote this answer." in refused.content.decode()
    response = as_manager.post(url("answer-quote", quotable), headers=HTMX)
    assert "quoted</span>" in response.content.decode()
    assert Rating.objects.exclude(quoted_at=None).get() == quotable
    as_manager.post(undo_of(response), headers=HTMX)
    assert not Rating.objects.exclude(quoted_at=None).exists()


@pytest.mark.parametrize("name", ["answer-thank", "answer-unthank", "answer-quote", "quote-remove"])
def test_only_a_post_of_who_may_see_it_acts(as_manager, name):
    theirs = RatingFactory(
        intervention__client=ClientFactory(manager=UserFactory()), may_quote=True
    )
    assert as_manager.get(url(name, theirs)).status_code == 405
    assert as_manager.post(url(name, theirs)).status_code == 404
    assert not JournalEntry.objects.exists()


def test_without_script_an_act_comes_back_to_the_same_list(as_manager, quotable):
    response = as_manager.post(f"{url('answer-quote', quotable)}?score=9-10")
    assert (response.status_code, response.url) == (302, "/answers/?score=9-10")


def test_the_themes_of_an_answer_are_check_boxes(as_manager):
    rating = RatingFactory(why="Too dear.")
    RatingTheme.objects.create(rating=rating, theme=Theme.objects.get(code="price"))
    whole = as_manager.get(f"{url('answer-themes', rating)}?score=9").content.decode()
    assert "“Too dear.”" in whole
    assert 'value="price" checked' in whole
    assert f'action="{url("answer-themes", rating)}?score=9"' in whole
    part = as_manager.get(url("answer-themes", rating), headers=HTMX).content.decode()
    assert "<html" not in part
    assert part.count('type="checkbox"') == Theme.objects.count()


def test_themes_are_named_by_hand_and_undone_exactly(as_manager):
    rating = RatingFactory()
    for code, hand in (("price", {}), ("place", {}), ("choice", {"by_hand": True})):
        RatingTheme.objects.create(rating=rating, theme=Theme.objects.get(code=code), **hand)
    before = links()
    response = as_manager.post(
        f"{url('answer-themes', rating)}?score=9", {"theme": ["place", "safety", "x"]}, headers=HTMX
    )
    assert "3 themes changed." in response.content.decode()
    assert set(links()) == {
        (rating.pk, "price", True, False),
        (rating.pk, "place", False, True),
        (rating.pk, "choice", True, False),
        (rating.pk, "safety", True, True),
    }
    assert undo_of(response).endswith("&score=9")
    undone = as_manager.post(undo_of(response), headers=HTMX)
    assert "3 themes are as they were." in undone.content.decode()
    assert sorted(links()) == sorted(before)


def test_a_theme_that_is_no_longer_used_can_be_taken_off(as_manager):
    rating = RatingFactory()
    old = Theme.objects.create(code="old", name_en="Old", name_fr="Ancien", is_used=False)
    assert b'value="old"' not in as_manager.get(url("answer-themes", rating)).content
    RatingTheme.objects.create(rating=rating, theme=old, by_hand=True)
    assert b'value="old" checked' in as_manager.get(url("answer-themes", rating)).content


def test_a_theme_is_added_to_all_checked_and_undone_exactly(as_manager):
    without, labelled, taken, left = (RatingFactory() for _ in range(4))
    price = Theme.objects.get(code="price")
    RatingTheme.objects.create(rating=labelled, theme=price)
    RatingTheme.objects.create(rating=taken, theme=price, by_hand=True, is_on=False)
    before = links()
    chosen = {"theme": "price", "pk": [without.pk, labelled.pk, taken.pk, "x"]}
    response = as_manager.post(reverse("answers-themes-add"), chosen, headers=HTMX)
    assert "2 themes changed." in response.content.decode()
    assert [link[0] for link in links() if link[3]] == [without.pk, labelled.pk, taken.pk]
    as_manager.post(undo_of(response), headers=HTMX)
    assert links() == before
    as_manager.post(reverse("answers-themes-take"), chosen)
    assert links() == [(labelled.pk, "price", True, False), (taken.pk, "price", True, False)]
    assert left.theme_links.count() == 0


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"theme": "x"}, "Choose a theme."),
        ({}, "Choose a theme."),
        ({"theme": "price"}, "Check at least one answer."),
        ({"theme": "price", "pk": "9" * 18}, "Check at least one answer."),
    ],
)
def test_nothing_chosen_is_said(as_manager, sent, said):
    text = as_manager.post(reverse("answers-themes-add"), sent, headers=HTMX).content.decode()
    assert said in text
    assert not JournalEntry.objects.exists()


@pytest.mark.parametrize(
    "was", ["", "x", "1", "1-auto", "1-auto-", "1-auto-x", "1-no-1", "0-set-1", "1-set-" + "9" * 40]
)
def test_an_undo_that_says_nothing_does_nothing(as_manager, was):
    RatingFactory()
    response = as_manager.post(f"{reverse('answers-themes-restore')}?was={was}")
    assert response.status_code == 302
    assert links() == []


def test_answers_of_another_portfolio_keep_their_themes(as_manager):
    theirs = RatingFactory(intervention__client=ClientFactory(manager=UserFactory()))
    price = Theme.objects.get(code="price")
    restore = f"{reverse('answers-themes-restore')}?was={price.pk}-set-{theirs.pk}"
    for address in (restore, reverse("answers-themes-add"), url("answer-themes", theirs)):
        as_manager.post(address, {"theme": "price", "pk": theirs.pk})
    assert links() == []


def test_quotes_are_ready_to_copy_without_the_name(as_manager, quotable, manager):
    reading.quote(quotable, by=manager, now=NOON)
    RatingFactory(may_quote=True, why="Never asked to be shown.")
    text = html.unescape(as_manager.get(QUOTES).content.decode())
    source = f"{quotable.service.name}, March 2026"
    assert f'data-copy="“Superbe séance.”\n— {source}"' in text
    assert "Nadia Ferrand" not in text
    assert "Never asked" not in text
    assert f"— {source}, 10/10" in html.unescape(
        as_manager.get(f"{QUOTES}?score=1").content.decode()
    )


def test_who_agreed_to_be_named_is_named_in_the_quote(as_manager, quotable, manager):
    Rating.objects.update(confidentiality="named")
    reading.quote(quotable, by=manager, now=NOON)
    text = as_manager.get(QUOTES).content.decode()
    assert f"— Nadia Ferrand, {quotable.client.name}, {quotable.service.name}, March 2026" in text


@pytest.mark.parametrize("change", [{"confidentiality": "aggregated"}, {"is_current": False}])
def test_a_quote_goes_when_the_client_changes_the_answer(as_manager, quotable, manager, change):
    reading.quote(quotable, by=manager, now=NOON)
    Rating.objects.update(**change)
    assert "No quote yet." in as_manager.get(QUOTES).content.decode()


def test_a_quote_is_removed_on_its_page(as_manager, quotable, manager):
    reading.quote(quotable, by=manager, now=NOON)
    response = as_manager.post(url("quote-remove", quotable))
    assert (response.status_code, response.url) == (302, QUOTES)
    assert "No quote yet." in as_manager.get(QUOTES).content.decode()


def test_quotes_are_those_of_the_own_portfolio(as_manager, quotable):
    Rating.objects.update(quoted_at=NOON)
    theirs = RatingFactory(
        may_quote=True, quoted_at=NOON, intervention__client__manager=UserFactory()
    )
    assert theirs.why not in as_manager.get(QUOTES).content.decode()


def test_a_partner_knows_no_quotes(client):
    client.force_login(UserFactory(role=Role.PARTNER))
    assert client.get(QUOTES).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_quotes_ask_the_same_number_of_queries(as_manager, rows, django_assert_num_queries):
    for _ in range(rows):
        RatingFactory(may_quote=True, quoted_at=NOON)
    with django_assert_num_queries(4):
        as_manager.get(QUOTES)


@pytest.mark.parametrize("rows", [1, 3])
def test_bulk_acts_ask_the_same_number_of_queries(as_manager, rows, django_assert_num_queries):
    chosen = {"theme": "price", "pk": [RatingFactory().pk for _ in range(rows)]}
    with django_assert_num_queries(28):
        as_manager.post(reverse("answers-themes-add"), chosen, headers=HTMX)
