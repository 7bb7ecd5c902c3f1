"""Many facts that are alike, written by the database itself: thousands in less than a second."""

# ruff: noqa: S608 (names come from our own models, values are parameters)

from io import StringIO

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
        columns, values = _row(first, "external_id")
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
        columns, values = _row(rating, "intervention_id")
        _write(
            f"{_into(rating, columns, 'intervention_id')} SELECT {_places(values)}, held.id"
            f" {UNRATED}",
            [*values, number],
        )


def answers(columns, rows):
    """Ratings that differ in these columns, one for each intervention in their order."""
    about = Intervention.objects.order_by("pk").first()
    rating = Rating(**about.scope(), score=0, why="Because.", source=Rating.Source.IMPORT)
    same, values = _row(rating, "intervention_id", *columns)
    table, differing = Rating._meta.db_table, ", ".join(columns)
    drawn = f"CREATE TEMPORARY TABLE drawn AS SELECT 0 AS n, {differing} FROM {table} LIMIT 0"
    _write(drawn, [])
    _copy(rows, width=1 + len(columns))
    numbered = f"SELECT id, row_number() OVER (ORDER BY id) AS n FROM {Intervention._meta.db_table}"
    _write(
        f"{_into(rating, [*same, *columns], 'intervention_id')} SELECT {_places(values)},"
        f" {differing}, held.id FROM drawn JOIN ({numbered}) held ON held.n = drawn.n",
        values,
    )
    _write("DROP TABLE drawn", [])


def _copy(rows, *, width):
    """Into the table of what was drawn, numbered from 1: numbers and instants, None is NULL."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            numbered = ((n, *row) for n, row in enumerate(rows, start=1))
            cursor.executemany(f"INSERT INTO drawn VALUES ({_places(range(width))})", numbered)
            return
        lines = ("\t".join(map(str, (n, *row))) for n, row in enumerate(rows, start=1))
        text = "\n".join(lines).replace("None", r"\N")
        cursor.copy_expert("COPY drawn FROM STDIN", StringIO(text))


def _row(fact, *without):
    """Columns and values as they are stored, but for the key and those that differ."""
    fields = [
        one
        for one in fact._meta.concrete_fields
        if not one.primary_key and not isinstance(one, GeneratedField) and one.column not in without
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
