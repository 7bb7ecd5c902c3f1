"""Whys labelled with themes, again after each change of the dictionary."""

import csv
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, connections, transaction

from feedback import tasks
from feedback.models import Rating, RatingTheme, Theme, ThemeTerm
from feedback.themes import dictionary, themes
from tests.factories import (
    NOON,
    DisciplineFactory,
    InterventionFactory,
    RatingFactory,
    ServiceFactory,
    UserFactory,
)
from triangle.models import JournalEntry, Role

pytestmark = pytest.mark.django_db
OWN_WHYS = Path(__file__).parent / "own_whys.csv"
LATE, DEAR = "Arrivé en retard.", "Beaucoup trop cher."


def labels(rating) -> set[str]:
    return set(rating.theme_links.filter(is_on=True).values_list("theme__code", flat=True))


def write(listed="zingué", code="punctuality") -> None:
    """One more French term."""
    dictionary.save_terms(
        Theme.objects.get(code=code),
        language="fr",
        listed=listed,
        by=UserFactory(role=Role.QUALITY_LEAD),
        now=NOON,
    )


def by_hand(rating, code, *, is_on=True) -> RatingTheme:
    theme = Theme.objects.get(code=code)
    return RatingTheme.objects.create(rating=rating, theme=theme, by_hand=True, is_on=is_on)


def facts() -> list[tuple]:
    """All that labelling writes."""
    links = RatingTheme.objects.order_by("pk").values_list()
    return [*links, *Rating.objects.order_by("pk").values_list("labelled_with", "contradiction")]


def test_nothing_is_due_without_whys():
    RatingFactory(why="", source="import")
    assert themes.label_due(now=NOON) == 0
    assert themes.progress() == themes.Progress(version=1, done=0, total=0)


def test_a_why_is_labelled_once_and_bears_the_version():
    rating = RatingFactory(why=f"{LATE} {DEAR}", language="fr", score=3)
    assert themes.label_due(now=NOON) == 1
    rating.refresh_from_db()
    assert labels(rating) == {"punctuality", "price"}
    assert (rating.labelled_with, rating.contradiction) == (1, "")
    assert themes.label_due(now=NOON) == 0


def test_labelling_leaves_no_entry_in_the_journal():
    RatingFactory(why=LATE)
    themes.label_due(now=NOON)
    assert not JournalEntry.objects.exists()


def test_labelling_twice_is_labelling_once():
    with OWN_WHYS.open() as file:
        for number, row in enumerate(list(csv.DictReader(file))[:40]):
            RatingFactory(why=row["why"], language="fr", score=number % 11)
    assert themes.label_due(now=NOON) == 40
    before = facts()
    Rating.objects.update(labelled_with=None)
    assert themes.label_due(now=NOON) == 40
    assert facts() == before
    assert RatingTheme.objects.count() > 30


def test_a_contradiction_is_flagged_and_the_flag_goes_with_its_reason():
    rating = RatingFactory(score=1, why="Tout était parfait, je recommande.", language="fr")
    assert themes.label_due(now=NOON) == 1
    rating.refresh_from_db()
    assert rating.contradiction == "praise"
    Rating.objects.update(why="Tout était lamentable.", labelled_with=None)
    themes.label_due(now=NOON)
    rating.refresh_from_db()
    assert rating.contradiction == ""


def test_a_term_of_a_discipline_labels_only_there():
    yoga = ServiceFactory(discipline=DisciplineFactory(code="yoga"))
    there = RatingFactory(why="Les briques.", language="fr", intervention__service=yoga)
    elsewhere = RatingFactory(why="Les briques.", language="fr")
    themes.label_due(now=NOON)
    assert (labels(there), labels(elsewhere)) == ({"equipment"}, set())


def test_a_rating_without_a_service_is_labelled_too():
    rating = Rating.objects.create(
        **{**InterventionFactory().scope(), "service_id": None},
        about="relation",
        score=2,
        why=LATE,
        language="fr",
        answered_at=NOON,
        answered_on=NOON.date(),
    )
    themes.label_due(now=NOON)
    assert labels(rating) == {"punctuality"}


def test_a_new_term_has_all_whys_read_again():
    rating = RatingFactory(why="Mal zingué.", language="fr")
    themes.label_due(now=NOON)
    write("zingué")
    assert themes.progress() == themes.Progress(version=2, done=0, total=1)
    assert themes.label_due(now=NOON) == 1
    assert labels(rating) == {"punctuality"}
    assert themes.progress() == themes.Progress(version=2, done=1, total=1)


def test_a_label_goes_with_its_term_and_with_its_theme(quality_lead):
    rating = RatingFactory(why=f"{LATE} {DEAR}", language="fr")
    themes.label_due(now=NOON)
    for term in ThemeTerm.objects.filter(theme__code="price"):
        dictionary.remove_term(term, by=quality_lead, now=NOON)
    themes.label_due(now=NOON)
    assert labels(rating) == {"punctuality"}
    punctuality = Theme.objects.get(code="punctuality")
    dictionary.use_theme(punctuality, is_used=False, by=quality_lead, now=NOON)
    themes.label_due(now=NOON)
    assert labels(rating) == set()


def test_what_a_hand_set_or_took_survives_relabelling(quality_lead):
    rating = RatingFactory(why=f"{LATE} {DEAR}", language="fr")
    by_hand(rating, "place")
    by_hand(rating, "price", is_on=False)
    for _time in range(2):
        themes.label_due(now=NOON)
        assert labels(rating) == {"punctuality", "place"}
        write(f"motif {_time}")
    assert RatingTheme.objects.count() == 3


def test_batches_go_on_where_they_were_cut():
    ratings = [RatingFactory(why=LATE, language="fr") for _ in range(5)]
    assert [themes.label_due(now=NOON, limit=2) for _ in range(4)] == [2, 2, 1, 0]
    write()
    assert [themes.label_due(now=NOON, limit=3) for _ in range(3)] == [3, 2, 0]
    assert [labels(rating) for rating in ratings] == [{"punctuality"}] * 5


def test_a_batch_that_fails_leaves_nothing_half_labelled(monkeypatch):
    rating = RatingFactory(why=LATE, language="fr")

    def fail(*_args):
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(themes.contradictions, "contradiction", fail)
        with pytest.raises(ConnectionError):
            themes.label_due(now=NOON)
    rating.refresh_from_db()
    assert (labels(rating), rating.labelled_with) == (set(), None)
    assert themes.label_due(now=NOON) == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_a_batch_asks_the_same_number_of_queries(rows, django_assert_num_queries):
    for _ in range(rows):
        RatingFactory(why=LATE, language="fr", score=3)
    themes.compiled()
    with django_assert_num_queries(10):
        assert themes.label_due(now=NOON) == rows


def test_the_whole_dictionary_is_read_once_for_its_version(django_assert_num_queries):
    themes.compiled()
    with django_assert_num_queries(1):
        themes.compiled()
    write()
    with django_assert_num_queries(3):
        assert themes.compiled().version == 2


def test_the_versions_since_revised_are_labelled_too():
    rating = RatingFactory(why=LATE, language="fr", is_current=False)
    assert themes.label_due(now=NOON) == 1
    assert labels(rating) == {"punctuality"}


LABELERS, WHYS = 4, 60


def together(work, times: int) -> list:
    """The same work in threads that start at once, each with its own connection."""
    ready = Barrier(times)

    def shift(number: int):
        ready.wait()
        try:
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(shift, range(times)))


def label_all(_number: int) -> int:
    """Until nothing is due; rows another one holds come back when it is done with them."""
    total = 0
    while themes.progress().done != WHYS:
        total += themes.label_due(now=NOON, limit=7)
    return total


@pytest.mark.django_db(transaction=True)
def test_without_its_guards_the_race_is_real():
    """Two that only look see the same rows, and both write."""
    RatingFactory(why=LATE, language="fr")
    late = Theme.objects.get(code="punctuality")
    have_looked = Barrier(2)

    def label(_number: int) -> bool:
        due = list(Rating.objects.filter(labelled_with=None))
        have_looked.wait()
        try:
            RatingTheme.objects.bulk_create(RatingTheme(rating=one, theme=late) for one in due)
        except IntegrityError:
            return False
        return True

    assert sorted(together(label, 2)) == [False, True]


@pytest.mark.django_db(transaction=True)
def test_labelers_at_once_leave_no_duplicate_and_no_half():
    ratings = [RatingFactory(why=f"{LATE} {DEAR}", language="fr") for _ in range(WHYS)]
    assert sum(together(label_all, LABELERS)) == WHYS
    assert [labels(rating) for rating in ratings] == [{"punctuality", "price"}] * WHYS
    assert RatingTheme.objects.count() == 2 * WHYS


@pytest.mark.django_db(transaction=True)
def test_a_change_during_labelling_wins(quality_lead):
    ratings = [RatingFactory(why="Mal zingué.", language="fr") for _ in range(WHYS)]
    price = Theme.objects.get(code="price")

    def work(number: int) -> None:
        if number:
            label_all(number)
        else:
            dictionary.save_terms(price, language="fr", listed="zingué", by=quality_lead, now=NOON)

    together(work, LABELERS)
    while themes.label_due(now=NOON):
        pass
    assert [labels(rating) for rating in ratings] == [{"price"}] * WHYS


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one transaction write")
def test_rows_that_another_labeler_holds_are_passed_over_not_waited_for():
    held, free = RatingFactory(why=LATE, language="fr"), RatingFactory(why=LATE, language="fr")
    with transaction.atomic():
        Rating.objects.select_for_update().get(pk=held.pk)
        assert together(lambda _number: themes.label_due(now=NOON), 1) == [1]
    assert (labels(held), labels(free)) == (set(), {"punctuality"})


def test_an_old_reader_does_not_undo_what_a_newer_one_wrote(monkeypatch):
    rating = RatingFactory(why="Mal zingué.", language="fr")
    old = themes.compiled()
    write("zingué")
    themes.label_due(now=NOON)
    with transaction.atomic():
        assert themes._take(old.version, 10) == []
    assert labels(rating) == {"punctuality"}


def test_the_task_labels_until_nothing_is_due(monkeypatch):
    monkeypatch.setattr(themes, "BATCH", 2)
    RatingFactory.create_batch(5, why=LATE, language="fr")
    tasks.label()
    assert themes.progress().done == 5
