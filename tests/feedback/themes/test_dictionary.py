"""The dictionary of themes: what people change in it, and what it starts with."""

import pytest

from feedback import reference
from feedback.models import Theme, ThemeDictionary, ThemeTerm
from feedback.themes import dictionary, theme_terms
from tests.factories import NOON, DisciplineFactory
from triangle.models import JournalEntry

pytestmark = pytest.mark.django_db


def version() -> int:
    return ThemeDictionary.objects.get(pk=1).version


@pytest.fixture
def theme() -> Theme:
    return Theme.objects.create(code="parking", name_en="Parking", name_fr="Stationnement")


@pytest.fixture
def add(theme, quality_lead):
    def save(listed, language="fr", discipline=None):
        return dictionary.save_terms(
            theme,
            language=language,
            listed=listed,
            discipline=discipline,
            by=quality_lead,
            now=NOON,
        )

    return save


def test_an_installation_starts_with_themes_and_terms_for_all():
    assert Theme.objects.count() == len(theme_terms.THEMES)
    for_all = {term for term in theme_terms.terms() if term.discipline is None}
    assert ThemeTerm.objects.count() == len(for_all) > 1000
    assert version() == 1


def test_ensuring_again_brings_nothing_back():
    ThemeTerm.objects.filter(theme__code="price").delete()
    Theme.objects.filter(code="price").update(name_en="Money")
    reference.ensure()
    assert Theme.objects.get(code="price").name_en == "Money"
    assert not ThemeTerm.objects.filter(theme__code="price").exists()


def test_a_new_discipline_gets_its_terms_once():
    yoga = DisciplineFactory(code="yoga")
    DisciplineFactory(code="juggling")
    dictionary.give_terms_to_new_disciplines(now=NOON)
    assert version() == 2
    mats = ThemeTerm.objects.filter(discipline=yoga, theme__code="equipment", words="tapis")
    assert mats.delete()[0] == 1
    dictionary.give_terms_to_new_disciplines(now=NOON)
    assert not mats.exists()
    assert version() == 2
    assert set(ThemeTerm.objects.values_list("discipline__code", flat=True)) == {None, "yoga"}


def test_terms_are_saved_with_their_stems_and_noted_once(add, theme, quality_lead):
    terms = add("se garer,  places de parking\ngaré")
    assert [(term.words, term.stems) for term in terms] == [
        ("se garer", "se gar"),
        ("places de parking", "plac de parking"),
        ("garé", "gar"),
    ]
    assert version() == 2
    entry = JournalEntry.objects.about(theme).get()
    assert (entry.kind, entry.actor, entry.data) == (
        "theme.terms_added",
        quality_lead,
        {
            "words": "se garer, places de parking, garé",
            "language": "fr",
            "discipline": "",
            "version": 2,
        },
    )


@pytest.mark.parametrize("listed", ["", " , ,\n", "!!!", "parking, ???", "l’", "\u200b"])
def test_a_term_that_stems_to_nothing_is_refused(add, theme, listed):
    with pytest.raises(dictionary.SaysNothing):
        add(listed)
    assert (theme.terms.count(), version(), JournalEntry.objects.count()) == (0, 1, 0)


def test_a_long_term_is_refused(add):
    with pytest.raises(dictionary.TooLong, match="too long"):
        add("mot " * 21)


def test_the_same_term_twice_is_refused_kindly(add, theme):
    add("garé")
    with pytest.raises(dictionary.AlreadyThere, match="“garé” is already a term of this theme"):
        add("garé")
    with pytest.raises(dictionary.AlreadyThere, match="“garées” finds the same as “garé”"):
        add("parking, garées")
    assert (theme.terms.count(), version()) == (1, 2)
    assert [term.words for term in add("se garer, se garée")] == ["se garer"]


def test_a_term_for_all_covers_each_discipline_but_not_the_other_way(add):
    yoga = DisciplineFactory()
    add("garé", discipline=yoga)
    add("garé")
    add("garage", discipline=yoga)
    with pytest.raises(dictionary.AlreadyThere):
        add("garé", discipline=DisciplineFactory())


def test_the_same_words_in_another_language_are_another_term(add):
    assert add("parking") + add("parking", language="en")


def test_a_term_is_removed_once(add, theme, quality_lead):
    [term] = add("garé")
    assert dictionary.remove_term(term, by=quality_lead, now=NOON)
    assert not dictionary.remove_term(term, by=quality_lead, now=NOON)
    assert (theme.terms.count(), version()) == (0, 3)
    assert JournalEntry.objects.filter(kind="theme.term_removed").count() == 1


def test_a_theme_is_added_and_renamed_without_another_version(quality_lead):
    def save(theme=None, **names):
        return dictionary.save_theme(theme, **names, by=quality_lead, now=NOON)

    theme = save(name_en="Green care", name_fr="Écologie")
    again = save(theme, name_en="Ecology", name_fr="Écologie")
    assert (again.pk, again.code, version()) == (theme.pk, "green_care", 1)
    with pytest.raises(dictionary.AlreadyThere):
        save(name_en="ecology", name_fr="Autre")
    assert save(name_en="Green care", name_fr="Soin vert").code == "green_care_2"
    assert save(name_en="緑", name_fr="緑").code == "theme"
    assert JournalEntry.objects.filter(kind__startswith="theme.").count() == 4


def test_a_theme_is_stopped_and_used_again(theme, quality_lead):
    stop = {"by": quality_lead, "now": NOON}
    assert dictionary.use_theme(theme, is_used=False, **stop)
    assert not dictionary.use_theme(theme, is_used=False, **stop)
    assert version() == 2
    assert dictionary.use_theme(theme, is_used=True, **stop)
    kinds = JournalEntry.objects.about(theme).order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["theme.stopped", "theme.used"]
