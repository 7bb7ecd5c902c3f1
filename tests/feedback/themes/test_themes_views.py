"""The pages of the dictionary: read by managers, changed by quality leads, tried before."""

import html
import re
from datetime import timedelta

import pytest
from django.urls import reverse

from feedback.models import RatingTheme, Theme, ThemeTerm
from feedback.themes import dictionary, themes
from tests.factories import (
    NOON,
    ClientFactory,
    DisciplineFactory,
    RatingFactory,
    ServiceFactory,
    UserFactory,
)
from triangle.models import JournalEntry, Role

LIST, TRY, PROGRESS = "/themes/", "/themes/try/", "/themes/progress/"
HTMX = {"HX-Request": "true"}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(NOON + timedelta(days=2), tick=False)


@pytest.fixture
def price() -> Theme:
    return Theme.objects.get(code="price")


def url(name, theme) -> str:
    return reverse(name, args=[theme.pk])


def words_of(theme) -> set[str]:
    return set(theme.terms.values_list("words", flat=True))


def test_a_manager_reads_the_themes_with_their_answers(as_manager, price):
    RatingTheme.objects.create(rating=RatingFactory(), theme=price)
    RatingTheme.objects.create(
        rating=RatingFactory(answered_at=NOON - timedelta(days=200)), theme=price
    )
    theirs = RatingFactory(intervention__client=ClientFactory(manager=UserFactory()))
    RatingTheme.objects.create(rating=theirs, theme=price)
    response = as_manager.get(LIST)
    [line] = [line for line in response.context["board"].lines if line.theme == price]
    assert (line.lately, line.french) == (
        1,
        price.terms.filter(language="fr", discipline=None).count(),
    )
    text = response.content.decode()
    assert "Price" in text
    assert "Add the theme" not in text


def test_a_manager_changes_nothing(as_manager, price):
    term = price.terms.first()
    page = as_manager.get(url("theme", price)).content.decode()
    assert term.words in html.unescape(page)
    assert "theme-term-remove" not in page
    assert "<button" not in page.split('id="theme"')[1].split("</main>")[0]
    for name in ("theme-rename", "theme-use", "theme-terms", "theme-term-remove"):
        assert as_manager.post(url(name, price), {"term": term.pk}).status_code == 404
    assert as_manager.post(reverse("theme-new")).status_code == 404
    assert not JournalEntry.objects.exists()


@pytest.mark.parametrize("role", [Role.PARTNER, Role.RECRUITER])
def test_others_do_not_know_the_dictionary(client, role, price):
    client.force_login(UserFactory(role=role))
    for address in (LIST, url("theme", price), PROGRESS):
        assert client.get(address).status_code == 404
    assert client.post(TRY, {"why": "Trop cher."}).status_code == 404


def test_a_theme_is_added_renamed_stopped_and_used_again(as_quality_lead):
    names = {"name_fr": "Écologie", "name_en": "Ecology"}
    response = as_quality_lead.post(reverse("theme-new"), names)
    theme = Theme.objects.get(code="ecology")
    assert response.url == url("theme", theme)
    as_quality_lead.post(url("theme-rename", theme), {**names, "name_en": "Planet"})
    as_quality_lead.post(url("theme-use", theme))
    theme.refresh_from_db()
    assert (theme.name_en, theme.is_used) == ("Planet", False)
    as_quality_lead.post(url("theme-use", theme), {"is_used": "1"})
    page = html.unescape(as_quality_lead.get(url("theme", theme)).content.decode())
    said = ["Theme used again", "Theme no longer used", "Theme renamed", "Theme added"]
    assert re.findall("|".join(said), page.split("Changes")[1]) == said
    assert page.split("Changes")[1].count("· Claire Morvan") == 4


def test_a_name_that_is_taken_is_said_beside_the_field_and_kept(as_quality_lead, price):
    taken = {"name_fr": "Prix", "name_en": "Something"}
    for address in (reverse("theme-new"), url("theme-rename", Theme.objects.get(code="place"))):
        response = as_quality_lead.post(address, taken)
        text = response.content.decode()
        assert response.status_code == 422
        assert "There is already a theme “Price”." in text
        assert 'value="Something"' in text
    assert as_quality_lead.post(reverse("theme-new"), {"name_fr": ""}).status_code == 422
    assert not JournalEntry.objects.exists()


def test_words_are_added_and_removed_in_place_with_an_undo(as_quality_lead, price):
    added = as_quality_lead.post(
        url("theme-terms", price), {"listed": "zinzin, zozo", "language": "fr"}, headers=HTMX
    )
    text = added.content.decode()
    assert text.count('id="theme"') == 1
    assert "<html" not in text
    assert "2 terms added." in text
    term = ThemeTerm.objects.get(words="zinzin")
    removed = as_quality_lead.post(
        url("theme-term-remove", price), {"term": term.pk}, headers=HTMX
    ).content.decode()
    assert "“zinzin” is removed." in removed
    assert "zinzin" not in words_of(price)
    undo = html.unescape(re.search(r'hx-post="([^"]+listed[^"]+)"', removed)[1])
    as_quality_lead.post(undo, headers=HTMX)
    assert {"zinzin", "zozo"} <= words_of(price)
    again = as_quality_lead.post(url("theme-term-remove", price), {"term": term.pk}, headers=HTMX)
    assert "This term was removed already." in again.content.decode()


def test_words_are_added_without_script(as_quality_lead, price):
    yoga = DisciplineFactory(code="juggling")
    sent = {"listed": "zinzin", "language": "fr", "discipline": yoga.pk}
    response = as_quality_lead.post(url("theme-terms", price), sent)
    assert (response.status_code, response.url) == (302, url("theme", price))
    term = ThemeTerm.objects.get(words="zinzin")
    assert (term.theme, term.discipline, term.language) == (price, yoga, "fr")
    as_quality_lead.post(url("theme-term-remove", price), {"term": term.pk})
    assert not ThemeTerm.objects.filter(words="zinzin").exists()


@pytest.mark.parametrize("button", [{}, {"try": "1"}])
@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ("???", "Nothing can be found by “???”."),
        ("", "This field is required."),
        (" , ", "Write at least one word."),
        ("mot " * 30, "is too long: a term is a word or a short phrase."),
        ("z\x00z", "Null characters are not allowed."),
    ],
)
def test_bad_words_are_refused_beside_the_field_and_kept(
    as_quality_lead, price, listed, said, button
):
    before = words_of(price)
    sent = {"listed": listed, "language": "fr", **button}
    response = as_quality_lead.post(url("theme-terms", price), sent)
    text = html.unescape(response.content.decode())
    assert response.status_code == 422
    assert said in text.split('class="field-error"')[1]
    assert f"{listed}</textarea>" in text.replace("\n", "")
    assert words_of(price) == before


def test_the_same_term_twice_is_refused_beside_the_field(as_quality_lead, price, quality_lead):
    dictionary.save_terms(price, language="fr", listed="zinzin", by=quality_lead, now=NOON)
    sent = {"listed": "zozo, zinzins", "language": "fr"}
    response = as_quality_lead.post(url("theme-terms", price), sent)
    assert response.status_code == 422
    assert "“zinzins” finds the same as “zinzin”" in response.content.decode()
    assert "zozo, zinzins</textarea>" in response.content.decode()
    assert "zozo" not in words_of(price)


def test_a_term_of_another_theme_is_not_removed_here(as_quality_lead, price):
    term = ThemeTerm.objects.exclude(theme=price).first()
    for key in (term.pk, "x", "", "9" * 30):
        as_quality_lead.post(url("theme-term-remove", price), {"term": key})
    assert ThemeTerm.objects.filter(pk=term.pk).exists()


def test_words_are_tried_on_the_latest_answers_before_they_are_saved(as_quality_lead, price):
    RatingFactory(why="Quel zinzin, mais à l’heure.", language="fr")
    RatingFactory(why="Rien à dire.", language="fr")
    old = NOON - timedelta(days=200)
    RatingFactory(why="Un zinzin d’antan.", language="fr", answered_at=old)
    sent = {"listed": "zinzin", "language": "fr", "try": "1"}
    response = as_quality_lead.post(url("theme-terms", price), sent, headers=HTMX)
    assert (response.context["impact"].n, response.context["impact"].of) == (1, 2)
    text = html.unescape(response.content.decode())
    assert "1 answer of the latest 2 would get other themes." in text
    assert '<mark title="Price">zinzin</mark>' in text
    assert "zinzin</textarea>" in text
    assert "zinzin" not in words_of(price)
    assert themes.compiled().version == 1


def test_a_why_shows_its_themes_and_the_words_that_say_so(as_manager):
    sent = {"why": "Trop CHER,\net en retard !", "language": "fr"}
    part = html.unescape(as_manager.post(TRY, sent, headers=HTMX).content.decode())
    assert "<html" not in part
    assert '<mark title="Price">Trop CHER</mark>' in part
    assert "“en retard”" in part
    whole = html.unescape(as_manager.post(TRY, sent).content.decode())
    assert "<html" in whole
    assert '<mark title="Punctuality">en retard</mark>' in whole


def test_a_why_that_says_nothing_and_one_that_is_missing(as_manager):
    assert "No theme is found in it." in as_manager.post(TRY, {"why": "RAS"}).content.decode()
    response = as_manager.post(TRY, {"why": " "}, headers=HTMX)
    assert response.status_code == 422
    assert "Write or paste a why." in response.content.decode()


def test_hostile_text_is_escaped(as_manager):
    text = as_manager.post(TRY, {"why": "<b>trop</b> cher"}, headers=HTMX).content.decode()
    assert "<b>trop" not in text


def test_the_latest_unread_why_is_taken_with_its_discipline(as_manager):
    nothing = as_manager.post(TRY, {"latest": "1"}, headers=HTMX)
    assert (nothing.status_code, "Everything is read." in nothing.content.decode()) == (422, True)
    yoga = ServiceFactory(discipline=DisciplineFactory(code="yoga"))
    themes.label_due(now=NOON)
    RatingFactory(why="Les briques.", language="fr", intervention__service=yoga)
    text = as_manager.post(TRY, {"latest": "1"}, headers=HTMX).content.decode()
    assert "Les briques.</textarea>" in text
    assert ">briques</mark>" in text
    assert "(yoga)" in text


def test_progress_is_asked_until_all_is_labelled(as_manager):
    RatingFactory.create_batch(2)
    themes.label_due(now=NOON, limit=1)
    moving = as_manager.get(PROGRESS, headers=HTMX).content.decode()
    assert "Relabelling: 1 of 2" in moving
    assert 'hx-trigger="every 2s"' in moving
    assert '<progress value="1" max="2"' in moving
    assert "Relabelling: 1 of 2" in as_manager.get(LIST).content.decode()
    themes.label_due(now=NOON)
    done = as_manager.get(PROGRESS, headers=HTMX)
    assert "hx-get" not in done.content.decode()
    assert "announce" in done.headers["HX-Trigger"]
    assert as_manager.get(PROGRESS).url == LIST


@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_ask_the_same_number_of_queries(
    as_quality_lead, quality_lead, price, rows, django_assert_num_queries
):
    for number in range(rows):
        dictionary.save_terms(
            price,
            language="fr",
            listed=f"zinzin{number}",
            discipline=DisciplineFactory(),
            by=quality_lead,
            now=NOON,
        )
        RatingTheme.objects.create(rating=RatingFactory(), theme=price)
    with django_assert_num_queries(10):
        as_quality_lead.get(LIST)
    with django_assert_num_queries(11):
        as_quality_lead.get(url("theme", price))
