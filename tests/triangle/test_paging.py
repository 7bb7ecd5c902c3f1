"""Pages of a long list."""

import pytest

from tests.factories import DisciplineFactory
from triangle import paging
from triangle.models import Discipline

pytestmark = pytest.mark.django_db


def asked(number, *, size=2):
    return paging.page(Discipline.objects.order_by("pk"), {"page": number}, size=size)


def test_nothing_is_one_empty_page():
    page = asked("1")
    assert (list(page), page.number, page.has_other_pages()) == ([], 1, False)


@pytest.mark.parametrize(
    ("text", "number", "rows"),
    [("1", 1, 2), ("2", 2, 1), ("9", 2, 1), ("x", 1, 2), ("10" * 5000, 1, 2), ("", 1, 2)],
)
def test_the_nearest_page_answers(text, number, rows):
    DisciplineFactory.create_batch(3)
    page = asked(text)
    assert (page.number, len(page), page.paginator.count) == (number, rows, 3)


def test_counting_stops_where_nobody_turns_pages(monkeypatch):
    DisciplineFactory.create_batch(5)
    monkeypatch.setattr(paging, "MOST_ROWS", 4)
    page = asked("3")
    assert (page.paginator.is_cut, page.number, page.paginator.count) == (True, 2, 4)
