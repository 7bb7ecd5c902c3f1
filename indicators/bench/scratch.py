"""A database of its own for a benchmark, made and thrown away beside the real one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from uuid import uuid4

from django.db import connection
from django.test.utils import override_settings


@contextmanager
def scratch_database() -> Iterator[None]:
    """Migrated and empty; the connection points to it until the end. Nothing real is touched."""
    name = f"bench_{uuid4().hex[:8]}"
    kept = connection.settings_dict["NAME"]
    with TemporaryDirectory(prefix=name) as folder, override_settings(DEBUG=False):
        is_file = connection.vendor == "sqlite"
        connection.settings_dict["TEST"]["NAME"] = f"{folder}/{name}.sqlite3" if is_file else name
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SET statement_timeout = 0")
            yield
        finally:
            connection.creation.destroy_test_db(kept, verbosity=0)
