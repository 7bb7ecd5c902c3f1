"""A large marketplace for benchmarks, written by the database itself and always the same."""

# ruff: noqa: S608 (names come from our own models)

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.core.management.color import no_style
from django.db import connection
from django.db.models import Field, GeneratedField, Max, Model
from django.utils import timezone

from clients.models import Client
from feedback.models import (
    IMPORTANCE_FIELDS,
    SATISFACTION_FIELDS,
    Invitation,
    Rating,
    RatingCriterion,
    Survey,
)
from indicators.bench.bare import bare
from indicators.tallies.recount import drain_all, recount_all
from partners.models import Intervention, Partner
from triangle.models import Discipline, Region, Segment, Service, Setting, User

DAYS = 1_800  # about five years
FIRST = "2021-01-01"
UNREAD = 30  # last days of which no manager has read the answers
LATELY = 3  # days of those who were asked last
EXTRA = 1_000_000_000  # keys above belong to a benchmark, not to the market
ASKED = 5  # criteria of one rating
OFFERED = 3  # services that one partner does
DISCIPLINES, SERVICES, SEGMENTS, REGIONS, PARTNERS, CLIENTS, MANAGERS = 4, 12, 5, 8, 300, 2_000, 6
PRIMES = (48_271, 69_621, 16_807, 39_373, 40_692, 40_014, 45_991, 52_774, 22_695, 31_792)


def drawn(which: int, among: int) -> str:
    """A number below `among` for row i, the same on every machine.

    Squared, since numbers that grow by a step would draw the same days for the same services.
    """
    grown = f"((i * {PRIMES[which % len(PRIMES)]} + {which * 7_919}) % 2147483647)"
    return f"({grown} * {grown} % 2147483647 % {among})"


def fill(ratings: int) -> None:
    """As many interventions, invitations and ratings; counted, and analysed for the planner.

    What is there already stays and is topped up. While it is written the tables have neither
    indexes nor foreign keys nor triggers: only a scratch database may do so.
    """
    present = Rating.objects.filter(pk__lt=EXTRA).aggregate(last=Max("pk"))["last"] or 0
    if present >= ratings:
        return
    few()
    with bare(FACTS):
        for model in FACTS:
            write(model, present + 1, ratings)
    reset_sequences(FACTS)
    recount_all(now=timezone.now())
    settle()


def ask(many: int) -> None:
    """As many more interventions of the last days: their clients were asked and did not answer."""
    first, last, lately = EXTRA + 1, EXTRA + many, f"({DAYS} - 1 - i % {LATELY})"
    day, instant = {"scheduled_on": on(lately)}, at(lately)
    done = {"status": "'completed'", "cancelled_by": "''", "completed_at": instant}
    write(Intervention, first, last, **day, **done, scheduled_at=instant, completed_on=on(lately))
    open_until = "'2100-01-01 00:00:00'"
    sent = {"status": "'sent'", "answered_at": "NULL", "expires_at": open_until}
    write(Invitation, first, last, **sent, counted_on=on(lately), is_explained="false")
    drain_all(now=timezone.now())


def answer(first: int, last: int) -> None:
    """Ratings of some of those who were asked, counted from 1, on the last days."""
    lately = f"({DAYS} - 1 - i % {LATELY})"
    when = {"answered_on": on(lately), "answered_at": at(lately), "read_at": "NULL"}
    write(Rating, EXTRA + first, EXTRA + last, **when)


def write(model: type[Model], first: int, last: int, **instead: str) -> None:
    """Rows with the keys from first to last; some columns otherwise, as SQL for row i."""
    names, values = _row(model, {**COLUMNS[model](), **instead})
    numbers = f"generate_series({first}::bigint, {last}) AS n(i)"
    if connection.vendor == "sqlite":
        numbers = (
            f"(WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL"
            f" SELECT i + 1 FROM n WHERE i < {last}) SELECT i FROM n)"
        )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({names}) SELECT {values} FROM {numbers}"
        )


def reset_sequences(models: Iterable[type[Model]]) -> None:
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [*models]):
            cursor.execute(statement)


def settle() -> None:
    """What autovacuum does sooner or later, now; inside a transaction only the planner's part."""
    can_vacuum = connection.vendor == "postgresql" and not connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)" if can_vacuum else "ANALYZE")


def few() -> None:
    """The rows that facts point to, with keys from 1."""
    labels = {"name_en": "Bench", "name_fr": "Bench"}

    def write(model: Any, many: int, **fields: Any) -> None:
        present = set(model.objects.values_list("pk", flat=True))
        model.objects.bulk_create(
            model(pk=pk, **{name: make(pk) for name, make in fields.items()})
            for pk in range(1, many + 1)
            if pk not in present
        )

    code = {"code": "bench-{}".format}
    named = {name: (lambda _pk, text=text: text) for name, text in labels.items()}
    for model, many in ((Discipline, DISCIPLINES), (Segment, SEGMENTS), (Region, REGIONS)):
        write(model, many, **code, **named)
    write(User, MANAGERS, email="manager{}@example.org".format)
    write(
        Service,
        SERVICES,
        name="Service {}".format,
        external_id="service-{}".format,
        discipline_id=lambda pk: pk % DISCIPLINES + 1,
    )
    write(Partner, PARTNERS, name="Partner {}".format, external_id="partner-{}".format)
    write(
        Client,
        CLIENTS,
        name="Client {}".format,
        external_id="client-{}".format,
        manager_id=lambda pk: pk % MANAGERS + 1,
    )
    reset_sequences([Discipline, Segment, Region, User, Service, Partner, Client])


def criteria() -> list[str]:
    """Codes of the criteria that are asked."""
    return list(RatingCriterion.objects.order_by("slot").values_list("code", flat=True)[:ASKED])


def _scope() -> dict[str, str]:
    settings = list(Setting.objects.order_by("pk").values_list("pk", flat=True))
    places = " ".join(f"WHEN {place} THEN {key}" for place, key in enumerate(settings))
    return {
        "id": "i",
        "service_id": f"1 + ({drawn(1, PARTNERS)} + {drawn(0, OFFERED)}) % {SERVICES}",
        "partner_id": f"1 + {drawn(1, PARTNERS)}",
        "client_id": f"1 + {drawn(2, CLIENTS)}",
        "segment_id": f"1 + {drawn(3, SEGMENTS)}",
        "region_id": f"1 + {drawn(4, REGIONS)}",
        "setting_id": f"CASE {drawn(5, len(settings))} {places} END",
    }


def on(days: str) -> str:
    """The day that is so many days after the first, as SQL."""
    if connection.vendor == "sqlite":
        return f"date('{FIRST}', '+' || {days} || ' days')"
    return f"(DATE '{FIRST}' + CAST({days} AS integer))"


def at(days: str) -> str:
    """Noon of that day, or an hour from it."""
    if connection.vendor == "sqlite":
        return f"({on(days)} || ' 11:00:00')"
    return f"({on(days)} + TIME '11:00') AT TIME ZONE 'UTC'"


def _day(later: int = 0) -> str:
    return on(_days(later))


def _instant(later: int = 0) -> str:
    return at(_days(later))


def _days(later: int) -> str:
    return f"({drawn(6, DAYS)} + {later})"


def _interventions() -> dict[str, str]:
    is_done = f"{drawn(7, 100)} < 94"
    return {
        **_scope(),
        "external_id": "'bench-' || i",
        "status": f"CASE WHEN {is_done} THEN 'completed' ELSE 'cancelled' END",
        "cancelled_by": f"CASE WHEN {is_done} THEN '' ELSE 'client' END",
        "scheduled_at": _instant(),
        "scheduled_on": _day(),
        "completed_at": f"CASE WHEN {is_done} THEN {_instant()} END",
        "completed_on": f"CASE WHEN {is_done} THEN {_day()} END",
        "expected_percent": f"60 + {drawn(8, 40)}",
        "delivered_percent": f"60 + {drawn(9, 40)}",
    }


def _invitations() -> dict[str, str]:
    return {
        **_scope(),
        "intervention_id": "i",
        "survey_id": str(Survey.objects.values_list("pk", flat=True)[0]),
        "link_seed": "'bench-' || i",
        "token_hash": "'bench-' || i",
        "opt_out_hash": "'bench-' || i",
        "status": "'answered'",
        "due_at": _instant(),
        "expires_at": _instant(14),
        "sent_at": _instant(),
        "answered_at": _instant(1),
        "is_explained": "true",
        "counted_on": _day(),
    }


def _ratings() -> dict[str, str]:
    points = {
        name: drawn(place, 6)
        for place, name in enumerate([*SATISFACTION_FIELDS[:ASKED], *IMPORTANCE_FIELDS[:ASKED]])
    }
    return {
        **_scope(),
        **points,
        "intervention_id": "i",
        "invitation_id": "i",
        "score": f"CASE WHEN {drawn(8, 10)} < 6 THEN 9 + {drawn(9, 2)} ELSE {drawn(9, 9)} END",
        "why": f"CASE WHEN {drawn(7, 10)} = 0 THEN '' ELSE 'Because it went so.' END",
        "company_score": drawn(3, 6),
        "partner_score": drawn(4, 6),
        "answered_at": _instant(1),
        "answered_on": _day(1),
        "read_at": f"CASE WHEN {_days(0)} < {DAYS - UNREAD} THEN {_instant(2)} END",
        "source": "'import'",
    }


FACTS: tuple[type[Model], ...] = (Intervention, Invitation, Rating)
COLUMNS: dict[type[Model], Callable[[], dict[str, str]]] = {
    Intervention: _interventions,
    Invitation: _invitations,
    Rating: _ratings,
}


def _row(model: type[Model], columns: dict[str, str]) -> tuple[str, str]:
    """Every column of a table: as given, or its default."""
    fields = [one for one in model._meta.concrete_fields if not isinstance(one, GeneratedField)]
    values = [columns.get(one.column) or _default(one) for one in fields]
    return ", ".join(f'"{one.column}"' for one in fields), ", ".join(values)


def _default(one: Field[Any, Any]) -> str:
    value = one.get_default()
    if value is None:
        return "NULL"
    return f"'{value}'" if isinstance(value, str) else str(value).lower()
