"""From the upload to the end of its run: asked, checked, confirmed, taken over, forgotten."""

from __future__ import annotations

import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from feedback.imports import imports
from feedback.imports.imports import UploadRefused
from feedback.models import ImportRun, Rating
from tests.factories import NOON, ClientFactory, UserFactory
from tests.feedback.marketplace.conftest import RATINGS, WHOLE
from triangle.errors import StateError
from triangle.models import JournalEntry, Role


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def uploads(**files: str) -> list[SimpleUploadedFile]:
    whole = {**WHOLE, **files}
    return [SimpleUploadedFile(f"{name}.csv", text.encode()) for name, text in whole.items()]


def at(instant):
    return lambda: instant


@pytest.fixture
def asked(manager):
    def asked(**files: str) -> ImportRun:
        return imports.ask(uploads(**files), by=manager, now=NOON)

    return asked


@pytest.fixture
def checked(asked):
    def checked(**files: str) -> ImportRun:
        asked(**files)
        return imports.run_next(clock=at(NOON))

    return checked


def test_several_files_are_stored_as_one_zip(asked):
    run = asked()
    with zipfile.ZipFile(run.file.path) as archive:
        assert archive.namelist() == [f"{name}.csv" for name in WHOLE]
    assert (run.state, run.is_dry_run) == ("queued", True)


def test_a_zip_is_stored_as_it_came(manager):
    run = imports.ask([SimpleUploadedFile("b.zip", b"PK")], by=manager, now=NOON)
    assert run.file.read() == b"PK"


@pytest.mark.parametrize(
    "names", [[], ["a.pdf"], ["a.csv", "b.zip"], ["a.csv", "A.csv"], ["a.zip", "b.zip"]]
)
def test_other_files_are_refused(manager, names):
    with pytest.raises(UploadRefused):
        imports.ask([SimpleUploadedFile(name, b"x") for name in names], by=manager, now=NOON)
    assert ImportRun.objects.count() == 0


def test_an_upload_that_is_too_big_is_refused(manager, monkeypatch):
    monkeypatch.setattr(imports, "UPLOAD_BYTES_MAX", 100)
    with pytest.raises(UploadRefused):
        imports.ask(uploads(), by=manager, now=NOON)


def test_the_check_writes_nothing_but_its_report(checked):
    run = checked()
    assert (run.state, run.changes, run.attempts, run.leased_until) == ("done", 6, 1, None)
    assert Rating.objects.count() == 0


def test_nothing_waits_twice(checked):
    checked()
    assert imports.run_next(clock=at(NOON)) is None


def test_what_was_checked_is_imported_once(checked, manager):
    preview = checked()
    first = imports.confirm(preview, by=manager, now=NOON)
    assert imports.confirm(preview, by=manager, now=NOON) == first
    run = imports.run_next(clock=at(NOON))
    assert (run, run.state, run.changes, Rating.objects.count()) == (first, "done", 6, 1)


def test_an_import_leaves_one_entry_for_each_state(checked, manager):
    run = imports.confirm(checked(), by=manager, now=NOON)
    imports.run_next(clock=at(NOON))
    kinds = [entry.kind for entry in JournalEntry.objects.about(run).order_by("id")]
    assert kinds == ["import.confirmed", "import.done"]


def test_only_a_finished_check_can_be_confirmed(asked, manager):
    with pytest.raises(StateError):
        imports.confirm(asked(), by=manager, now=NOON)


def test_a_bundle_refused_says_why(checked):
    run = checked(clients="id,nom\n")
    assert run.state == "refused"
    assert run.message.startswith("clients.csv lacks the column external_id, name")


def test_rows_set_aside_can_be_downloaded(checked):
    run = checked(ratings=f"{RATINGS}r2,i1,11,Late,,2026-03-12,fr\n")
    assert (run.state, run.error_count) == ("done", 1)
    assert "ratings.csv,3,score,11" in run.errors_path.read_text(encoding="utf-8-sig")


def test_a_run_asked_in_another_language_ends_as_well(db):
    lead = UserFactory(role=Role.QUALITY_LEAD, language="fr")
    run = imports.ask(uploads(clients="id\n"), by=lead, now=NOON)
    assert imports.run_next(clock=at(NOON)) == run


def test_a_run_whose_worker_died_is_taken_over_after_its_lease(asked):
    run = asked()
    ImportRun.objects.update(state="running", attempts=1, leased_until=NOON)
    assert imports.run_next(clock=at(NOON)) is None
    taken = imports.run_next(clock=at(NOON + timedelta(seconds=1)))
    assert (taken, taken.state, taken.attempts) == (run, "done", 2)


def test_a_worker_that_was_overtaken_writes_nothing(checked, manager, monkeypatch):
    imports.confirm(checked(), by=manager, now=NOON)
    end = imports._end

    def overtaken(run, *args, **kwargs):
        ImportRun.objects.filter(pk=run.pk).update(attempts=2)
        end(run, *args, **kwargs)

    monkeypatch.setattr(imports, "_end", overtaken)
    run = imports.run_next(clock=at(NOON))
    assert (run.state, Rating.objects.count()) == ("running", 0)


def test_a_run_that_was_interrupted_three_times_is_set_apart(asked):
    run = asked()
    ImportRun.objects.update(state="running", attempts=3, leased_until=NOON)
    assert imports.run_next(clock=at(NOON + timedelta(minutes=5))) is None
    run.refresh_from_db()
    assert (run.state, run.message) == (
        "failed",
        "The import was interrupted three times; nothing was written.",
    )


def test_a_run_that_fails_is_tried_three_times(asked, monkeypatch):
    def broken(*args, **kwargs):
        raise OSError("disk full")

    run = asked()
    monkeypatch.setattr(imports, "load", broken)
    states = [imports.run_next(clock=at(NOON)).state for _attempt in range(3)]
    assert (states, imports.run_next(clock=at(NOON))) == (["queued", "queued", "failed"], None)
    assert run.attempts == 0


def test_a_run_of_a_closed_account_is_refused(asked, manager):
    asked()
    manager.is_active = False
    manager.save()
    assert imports.run_next(clock=at(NOON)).state == "refused"


def test_a_manager_imports_into_the_own_portfolio(checked):
    client = ClientFactory(external_id="c1", name="Theirs", manager=UserFactory())
    run = checked()
    assert {error["reason"] for error in run.report["errors"]} == {
        "the client is in the portfolio of another manager",
        "unknown: neither in interventions.csv of this bundle nor here yet",
    }
    assert [(file["name"], file["set_aside"]) for file in run.report["files"]] == [
        ("services.csv", 0),
        ("partners.csv", 0),
        ("clients.csv", 1),
        ("interventions.csv", 2),
        ("ratings.csv", 1),
    ]
    client.refresh_from_db()
    assert client.name == "Theirs"


def test_progress_is_written_while_it_reads(asked, monkeypatch):
    seen = []
    renew = imports._renew

    def spy(run, progress, *, now):
        renew(run, progress, now=now)
        seen.append(ImportRun.objects.values_list("step", "rows_done", "rows_total").get())

    monkeypatch.setattr(imports, "_renew", spy)
    asked()
    imports.run_next(clock=at(NOON))
    assert ("Reading ratings.csv", 11, 11) in seen


def test_old_files_and_rows_set_aside_are_forgotten(checked):
    run = checked(ratings=f"{RATINGS}r2,i1,11,Late,,2026-03-12,fr\n")
    path = run.file.path
    assert imports.forget(now=NOON + timedelta(days=6)) == 0
    assert imports.forget(now=NOON + timedelta(days=8)) == 1
    run.refresh_from_db()
    assert (run.file.name, run.report["errors"], run.error_count) == ("", [], 1)
    assert not run.errors_path.exists() and not run.file.storage.exists(path)
    assert imports.forget(now=NOON + timedelta(days=8)) == 0


def test_a_check_whose_files_are_gone_cannot_be_confirmed(checked, manager):
    run = checked()
    imports.forget(now=NOON + timedelta(days=8))
    run.refresh_from_db()
    with pytest.raises(StateError):
        imports.confirm(run, by=manager, now=NOON)


def test_a_running_import_has_a_lease(asked):
    asked()
    with pytest.raises(IntegrityError), transaction.atomic():
        ImportRun.objects.update(state="running", leased_until=None)


def test_an_ended_import_has_an_instant(asked):
    asked()
    with pytest.raises(IntegrityError), transaction.atomic():
        ImportRun.objects.update(state="done", ended_at=None)


def test_a_manager_sees_the_own_imports_and_a_lead_all(asked, manager, quality_lead):
    asked()
    other = UserFactory(role=Role.MANAGER)
    partner = UserFactory(role=Role.PARTNER)
    seen = [
        ImportRun.objects.visible_to(user).count()
        for user in (manager, quality_lead, other, partner)
    ]
    assert seen == [1, 1, 0, 0]
