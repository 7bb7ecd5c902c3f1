"""How long a bundle takes to be checked, linked and written, against the fastest plain insert."""

# ruff: noqa: S608 (names come from our own models)

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from feedback.marketplace.load import load
from feedback.models import Invitation, Rating
from indicators.bench import copying, market, timing
from indicators.models import Touched
from indicators.tallies import triggers
from partners.models import Intervention

MOST = 20_000  # interventions, and as many ratings
WRITTEN = (Intervention, Invitation, Rating)
START = datetime(2021, 1, 1, 11, tzinfo=UTC)


def run(size: int) -> dict[str, Any]:
    """Ratio: rows per second of the import against COPY (SQLite: executemany) of the same rows.

    The plain insert goes into the same tables, with their indexes and foreign keys, without
    triggers. The second run finds nothing to change.
    """
    many = min(size, MOST)
    market.few()
    imports, copies, again = [], [], []
    with TemporaryDirectory() as folder:
        bundle = Path(folder)
        _write_bundle(bundle, many)
        for _ in range(timing.RUNS):
            _empty()
            imports.append(timing.once(lambda: load(bundle, now=timezone.now())))
            again.append(timing.once(lambda: load(bundle, now=timezone.now())))
            copies.append(_plain_insert())
    rows = 2 * many  # lines of the bundle
    imported, copied = timing.middle(imports), timing.middle(copies)
    return {
        "rows": rows,
        "import_ms": imported,
        "import_rows_per_second": timing.per_second(rows, imported),
        "again_ms": timing.middle(again),
        "plain_insert_ms": copied,
        "plain_rows_per_second": timing.per_second(rows, copied),
        "import_against_plain": timing.ratio(copied, imported),
        "stored": {model._meta.model_name: model._default_manager.count() for model in WRITTEN},
    }


def _write_bundle(folder: Path, many: int) -> None:
    _write(folder / "interventions.csv", _interventions(many))
    _write(folder / "ratings.csv", _ratings(many))


def _write(path: Path, rows: Iterator[dict[str, object]]) -> None:
    first = next(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, first.keys())
        writer.writeheader()
        writer.writerow(first)
        writer.writerows(rows)


def _interventions(many: int) -> Iterator[dict[str, object]]:
    for i in range(many):
        at = START + timedelta(hours=i * 7 % (market.DAYS * 24))
        yield {
            "external_id": f"bench-{i}",
            "client": f"client-{i % market.CLIENTS + 1}",
            "service": f"service-{i % market.SERVICES + 1}",
            "partner": f"partner-{i % market.PARTNERS + 1}",
            "status": "completed",
            "setting": "company",
            "scheduled_at": at.isoformat(),
            "completed_at": (at + timedelta(hours=1)).isoformat(),
        }


def _ratings(many: int) -> Iterator[dict[str, object]]:
    for i in range(many):
        at = START + timedelta(hours=i * 7 % (market.DAYS * 24) + 30)
        yield {
            "external_id": f"bench-{i}",
            "intervention": f"bench-{i}",
            "score": i % 11,
            "why": "On time, kind and well prepared.",
            "invited_at": (at - timedelta(hours=20)).isoformat(),
            "answered_at": at.isoformat(),
            **{f"satisfaction:{code}": i % 6 for code in market.criteria()},
        }


def _empty() -> None:
    """As before the first import; SQLite has no TRUNCATE."""
    tables = [model._meta.db_table for model in reversed(WRITTEN)]
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"TRUNCATE {', '.join(tables)} CASCADE")
        else:
            triggers.remove(connection)
            for table in tables:
                cursor.execute(f"DELETE FROM {table}")
            triggers.install()
        cursor.execute(f"DELETE FROM {Touched._meta.db_table}")


def _plain_insert() -> float:
    """Milliseconds to put all rows back, and to commit them; they are taken out first."""
    with ExitStack() as stack, connection.cursor() as cursor:
        put = [copying.taken(stack, model) for model in WRITTEN]
        _empty()
        triggers.remove(connection)

        def write() -> None:
            with transaction.atomic():
                for back in put:
                    back(cursor)

        duration = timing.once(write)
        triggers.install()
        return duration
