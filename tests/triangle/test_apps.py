import pytest
from django.apps import apps
from django.db import connection
from django.db.models.signals import pre_migrate


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no such limit")
def test_a_migration_may_take_longer_than_a_page(db):
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 30000")
        pre_migrate.send(apps.get_app_config("triangle"), using="default")
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)
