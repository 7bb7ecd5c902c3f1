from __future__ import annotations

import json

import pytest
from django.core.management import call_command

from feedback.models import ImportRun, Rating
from tests.feedback.marketplace.conftest import RATINGS
from triangle.models import JournalEntry

BAD = f"{RATINGS}r2,i1,11,Late,,2026-03-12,fr\n"


@pytest.fixture
def command(db, capsys, tmp_path):
    """Exit code and the document on stdout."""

    def command(*args):
        with pytest.raises(SystemExit) as end:
            call_command(
                "import_marketplace", *map(str, args), "--json", f"--errors={tmp_path}/aside.csv"
            )
        return end.value.code, json.loads(capsys.readouterr().out)

    return command


def test_all_accepted_ends_with_0(command, bundle):
    code, document = command(bundle())
    assert (code, document["status"], document["changes"]) == (0, "imported", 6)
    assert document["files"]["ratings.csv"] == {
        "read": 1,
        "created": 1,
        "changed": 0,
        "unchanged": 0,
        "set_aside": 0,
    }


def test_rows_set_aside_end_with_1_and_the_others_are_imported(command, bundle, tmp_path):
    code, document = command(bundle(ratings=BAD))
    assert (code, Rating.objects.count()) == (1, 1)
    assert document["errors"] == [
        {
            "file": "ratings.csv",
            "line": 3,
            "column": "score",
            "value": "11",
            "reason": "a score is a whole number from 0 to 10",
        }
    ]
    assert document["errors_file"] == f"{tmp_path}/aside.csv"


def test_strict_ends_with_1_and_imports_nothing(command, bundle):
    code, document = command(bundle(ratings=BAD), "--strict")
    assert (code, document["status"], Rating.objects.count()) == (1, "not_imported", 0)


def test_a_refused_bundle_ends_with_2(command, bundle):
    code, document = command(bundle(clients="external_id;name\nc1;Léa\n".encode("latin-1")))
    assert (code, document["status"], document["file"], document["line"]) == (
        2,
        "refused",
        "clients.csv",
        2,
    )


def test_a_dry_run_ends_with_0_and_writes_nothing(command, bundle):
    code, document = command(bundle(), "--dry-run")
    assert (code, document["status"], Rating.objects.count()) == (0, "checked", 0)


def test_only_an_import_that_changed_something_is_noted(command, bundle):
    command(bundle(), "--dry-run")
    command(bundle())
    command(bundle())
    run = ImportRun.objects.get()
    assert (run.state, run.name, run.changes) == ("done", "bundle", 6)
    assert [entry.kind for entry in JournalEntry.objects.about(run)] == ["import.done"]
