"""One page of a long list, counted no further than anybody would turn pages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet

PAGE_SIZE = 50  # rows
MOST_ROWS = 5_000  # beyond, a filter helps more than another page

Row = TypeVar("Row", bound=Model)


class BoundedPaginator(Paginator):
    object_list: QuerySet[Model]

    @cached_property
    def found(self) -> int:
        return self.object_list.order_by()[: MOST_ROWS + 1].count()

    @cached_property
    def count(self) -> int:  # type: ignore[override]
        return min(self.found, MOST_ROWS)

    @property
    def is_cut(self) -> bool:
        return self.found > MOST_ROWS


def page(rows: QuerySet[Row], query: Mapping[str, str], *, size: int = PAGE_SIZE) -> Page[Row]:
    """The page that `?page=` asks for, the nearest when there is no such page; two queries."""
    return BoundedPaginator(rows, size).get_page(query.get("page", "1"))
