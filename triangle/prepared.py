"""Querysets that are compiled to SQL once and run again and again with other values.

Django compiles a queryset each time it is run. Where many columns are read or written, on the way
of a client's answer, that costs ten times as much as the database takes to run the statement.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import connection, models
from django.db.models.query import get_related_populators  # type: ignore[attr-defined]
from django.db.models.sql import DeleteQuery, UpdateQuery

M = TypeVar("M", bound=models.Model)


class Given(models.Value):
    """The place of a value that is known at each run, such as `filter(pk=Given("key"))`.

    Instants, days and whatever else a database wants in its own way need their field.
    """

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return "%s", [self]

    def of(self, given: dict[str, Any]) -> Any:
        value = given[self.value]
        field: Any = self._output_field_or_none  # type: ignore[attr-defined]
        return field.get_db_prep_value(value, connection) if field else value

    def _resolve_output_field(self) -> None:
        """A name says nothing of the value."""


class Statement(NamedTuple):
    sql: str
    params: tuple[Any, ...]

    def run(self, given: dict[str, Any], then: Callable[[Any], Any]) -> Any:
        values = [one.of(given) if isinstance(one, Given) else one for one in self.params]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, values)
            return then(cursor)


class Select(Generic[M]):
    """The rows of a queryset, as lists: of `values_list()`."""

    def __init__(self, queryset: models.QuerySet[M, Any]) -> None:
        self._queryset = queryset

    def lists(self, **given: Any) -> list[list[Any]]:
        found = self._statement.run(given, lambda cursor: cursor.fetchall())
        return list(self._compiler.apply_converters(found, self._converters))

    @cached_property
    def _compiled(self) -> tuple[Any, Statement]:
        compiler = self._queryset.query.clone().get_compiler("default")
        return compiler, Statement(*compiler.as_sql())

    @property
    def _compiler(self) -> Any:
        return self._compiled[0]

    @property
    def _statement(self) -> Statement:
        return self._compiled[1]

    @cached_property
    def _converters(self) -> Any:
        """From what the database gives to what a field holds, by place in the row."""
        return self._compiler.get_converters([column[0] for column in self._compiler.select])


class Read(Select[M]):
    """The rows of a queryset of whole models, with their relations and annotations."""

    def rows(self, **given: Any) -> list[M]:
        return [self._instance(row) for row in self.lists(**given)]

    def _instance(self, row: list[Any]) -> M:
        first, names = self._own
        one: M = self._queryset.model.from_db("default", names, row[first : first + len(names)])
        for related in self._related:
            related.populate(row, one)
        for name, place in self._compiler.annotation_col_map.items():
            setattr(one, name, row[place])
        return one

    @cached_property
    def _own(self) -> tuple[int, list[str]]:
        places = self._compiler.klass_info["select_fields"]
        columns = self._compiler.select[places[0] : places[-1] + 1]
        return places[0], [column[0].target.attname for column in columns]

    @cached_property
    def _related(self) -> list[Any]:
        klass_info, select = self._compiler.klass_info, self._compiler.select
        return list(get_related_populators(klass_info, select, "default"))


class Write:
    """An update of the rows of a queryset, or their deletion when no new values are named."""

    def __init__(self, queryset: models.QuerySet[Any], **values: Any) -> None:
        self._queryset, self._values = queryset, values

    def run(self, **given: Any) -> int:
        """How many rows."""
        count: int = self._statement.run(given, lambda cursor: cursor.rowcount)
        return count

    @cached_property
    def _statement(self) -> Statement:
        query: Any = self._queryset.query.chain(UpdateQuery if self._values else DeleteQuery)
        if self._values:
            query.add_update_values(self._values)
        return Statement(*query.get_compiler("default").as_sql())
