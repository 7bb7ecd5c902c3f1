"""Many facts that are alike, written by the database itself: thousands in less than a second."""

# ruff: noqa: S608 (names come from our own models, values are parameters)

from django.db import connection
from django.db.models import GeneratedField

from feedback.models import Rating
from partners.models import Intervention
from tests.factories import NOON, InterventionFactory
from triangle.periods import local_day

NUMBERS = (
    "WITH RECURSIVE n(i) AS (SELECT CAST(1 AS bigint) UNION ALL SELECT i + 1 FROM n WHERE i < %s)"
)
UNRATED = (
    f"FROM {Intervention._meta.db_table} held WHERE NOT EXISTS (SELECT 1"
    f" FROM {Rating._meta.db_table} r WHERE r.intervention_id = held.id) ORDER BY held.id LIMIT %s"
)


def interventions(number, **fields):
    """One as the factory makes it, and copies of it; the first comes back."""
    first = InterventionFactory(**fields)
    if number > 1:
        columns, values = _row(first, without="external_id")
        _write(
            f"{_into(first, columns, 'external_id')} {NUMBERS}"
            f" SELECT {_places(values)}, 'copy-{first.pk}-' || i FROM n",
            [number - 1, *values],
        )
    return first


def ratings(distribution, *, why="Because."):
    """So many of each score from 0 to 10, each of an intervention that has none yet."""
    about = Intervention.objects.order_by("pk").first()
    for score, number in enumerate(distribution):
        rating = Rating(
            **about.scope(),
            score=score,
            why=why,
            answered_at=NOON,
            answered_on=local_day(NOON),
            source=Rating.Source.IMPORT,
        )
        columns, values = _row(rating, without="intervention_id")
        _write(
            f"{_into(rating, columns, 'intervention_id')} SELECT {_places(values)}, held.id"
            f" {UNRATED}",
            [*values, number],
        )


def _row(fact, *, without):
    """Columns and values as they are stored, but for the key and one that differs."""
    fields = [
        one
        for one in fact._meta.concrete_fields
        if not one.primary_key and not isinstance(one, GeneratedField) and one.column != without
    ]
    values = [one.get_db_prep_save(getattr(fact, one.attname), connection) for one in fields]
    return [one.column for one in fields], values


def _into(fact, columns, last):
    return f"INSERT INTO {fact._meta.db_table} ({', '.join([*columns, last])})"


def _places(values):
    return ", ".join(["%s"] * len(values))


def _write(sql, values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
