"""An import by real workers: one is killed with its rows written but not committed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from feedback.imports import imports
from feedback.models import ImportRun, Rating
from tests.factories import UserFactory
from tests.feedback.marketplace.conftest import WHOLE
from tests.process.conftest import wait_for
from triangle.models import Role

pytestmark = pytest.mark.process

STALLS = """
import django, sys, time; django.setup()
from django.conf import settings
settings.MEDIA_ROOT = sys.argv[1]
from feedback.imports import imports
def stall(*args, **kwargs):
    open(sys.argv[1] + "/stalled", "w").close()
    time.sleep(600)
imports._end = stall
imports.run_next()
"""
IMPORTS = """
import django, sys, time; django.setup()
from django.conf import settings
settings.MEDIA_ROOT = sys.argv[1]
from feedback import tasks
while True: tasks.run_imports(); time.sleep(0.1)
"""


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_ROOT.mkdir()
    return settings.MEDIA_ROOT


@pytest.fixture
def confirmed(transactional_db, media) -> ImportRun:
    lead = UserFactory(role=Role.QUALITY_LEAD)
    files = [SimpleUploadedFile(f"{name}.csv", text.encode()) for name, text in WHOLE.items()]
    imports.ask(files, by=lead, now=timezone.now())
    return imports.confirm(imports.run_next(), by=lead, now=timezone.now())


def test_a_worker_killed_before_its_commit_leaves_nothing_and_another_imports(
    processes, media, confirmed
):
    first = processes.start("-c", STALLS, str(media))
    wait_for((media / "stalled").exists)
    processes.kill(first)
    assert (ImportRun.objects.get(pk=confirmed.pk).state, Rating.objects.count()) == ("running", 0)
    processes.start("-c", IMPORTS, str(media))
    ImportRun.objects.filter(pk=confirmed.pk).update(
        leased_until=timezone.now() - timedelta(seconds=1)
    )
    wait_for(lambda: ImportRun.objects.get(pk=confirmed.pk).is_ended)
    run = ImportRun.objects.get(pk=confirmed.pk)
    assert (run.state, run.attempts, run.changes, Rating.objects.count()) == ("done", 2, 6, 1)


def test_two_workers_import_one_bundle_once(processes, media, confirmed):
    for _worker in range(2):
        processes.start("-c", IMPORTS, str(media))
    wait_for(lambda: ImportRun.objects.get(pk=confirmed.pk).is_ended)
    run = ImportRun.objects.get(pk=confirmed.pk)
    assert (run.state, run.attempts, run.changes, Rating.objects.count()) == ("done", 1, 6, 1)
