"""A database of its own for a benchmark, made and thrown away beside the real one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from urllib.parse import quote
from uuid import uuid4

from django.db import connection
from django.test.utils import override_settings

IN_MEMORY = "django.core.cache.backends.locmem.LocMemCache"


@contextmanager
def scratch_database() -> Iterator[None]:
    """Migrated and empty; the connection points to it until the end. Nothing real is touched.

    The cache is another one as well: what is read here must not be shown to anybody.
    """
    name = f"bench_{uuid4().hex[:8]}"
    kept = connection.settings_dict["NAME"]
    caches = {"default": {"BACKEND": IN_MEMORY, "LOCATION": name}}
    changed = override_settings(DEBUG=False, CACHES=caches)
    with TemporaryDirectory(prefix=name) as folder, changed:
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


def url() -> str:
    """The database the connection points to, as a child process names it."""
    at = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{at['NAME']}"
    user = ":".join(quote(at[part], safe="") for part in ("USER", "PASSWORD") if at[part])
    return f"postgres://{user}@{at['HOST']}:{at['PORT'] or 5432}/{at['NAME']}"
