"""What is refused whole, what is set aside row by row, and what odd files are accepted."""

from __future__ import annotations

import zipfile

import pytest

from clients.models import Client
from feedback.marketplace import bundle as bundles
from feedback.marketplace import csv_reader
from feedback.marketplace.report import BundleRefused
from feedback.models import Rating
from partners.models import Intervention
from tests.feedback.marketplace.conftest import CLIENTS, INTERVENTIONS, PARTNERS, RATINGS
from tests.feedback.marketplace.test_load import rows_of_all_tables

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
HEADER = "external_id,name,discipline\n"

REFUSED_FILES = {
    "latin-1": (
        {"clients": "external_id,name\nc1,Café Léa\n".encode("latin-1")},
        "clients.csv is not UTF-8 text: byte 0xE9 on line 2 (it looks like Latin-1)",
    ),
    "latin-1 with semicolons": (
        {"clients": "external_id;name\nc1;Café Léa\n".encode("latin-1")},
        "clients.csv is not UTF-8 text: byte 0xE9 on line 2 (it looks like Latin-1)",
    ),
    "cp1252": (
        {"clients": "external_id,name\nc1,Déjà 5 €\n".encode("cp1252")},
        "clients.csv is not UTF-8 text: byte 0xE9 on line 2 (it looks like Windows-1252)",
    ),
    "utf-16 without mark": (
        {"clients": CLIENTS.encode("utf-16-le")},
        "clients.csv holds a zero byte",
    ),
    "NUL": ({"clients": CLIENTS.replace("Lyon", "Ly\0n")}, "clients.csv holds a zero byte"),
    "png": ({"clients": PNG}, "clients.csv is not text but a file of another kind (PNG)"),
    "xlsx": (
        {"clients": b"PK\x03\x04rest"},
        "clients.csv is not text but a file of another kind (zip, xlsx)",
    ),
    "empty": ({"clients": b""}, "clients.csv is empty"),
    "blank": ({"clients": b"\n\n"}, "clients.csv is empty"),
    "wrong header": (
        {"clients": "id,nom\nc1,Atelier\n"},
        "clients.csv lacks the column external_id, name; its first line names: id, nom.",
    ),
    "no header": ({"clients": "c1,Atelier\n"}, "clients.csv lacks the column external_id, name"),
    "doubled header": (
        {"clients": "external_id,name,Name\nc1,a,b\n"},
        "clients.csv names a column twice: name.",
    ),
    "cut in a quoted cell": (
        {"ratings": RATINGS + 'r2,i1,9,"It was'},
        "ratings.csv ends inside a quoted cell: the file was cut",
    ),
    "cut in a row": (
        {"interventions": INTERVENTIONS + "i3,c1,yoga"},
        "interventions.csv ends in the middle of a row: the file was cut",
    ),
    "cut in a character": (
        {"clients": "external_id,name\nc1,Café".encode()[:-1]},
        "clients.csv ends in the middle of a character: the file was cut",
    ),
    "stray quote": (
        {"clients": 'external_id,name\nc1,"Ate"lier\n'},
        "clients.csv has a stray quote on line 2",
    ),
    "cell of 10 MB": (
        {"ratings": RATINGS + "r2,i1,9," + "a" * 10_000_000 + ",,2026-03-11,fr\n"},
        "ratings.csv has a cell of over 1,000,000 characters on line 3",
    ),
    "quoted cell of 10 MB": (
        {"ratings": RATINGS + 'r2,i1,9,"' + "aaaa\n" * 2_000_000 + '",,2026-03-11,fr\n'},
        "ratings.csv has a cell of over 1,000,000 characters on line",
    ),
    "a thousand new regions": (
        {
            "clients": "external_id,name,region\n"
            + "".join(f"c{n},Client,region {n}\n" for n in range(1001))
        },
        "The bundle would bring 1002 new labels of the kind “region”",
    ),
    "too many criteria": (
        {
            "ratings": "external_id,intervention,score,answered_at,"
            + ",".join(f"satisfaction:new{n}" for n in range(17))
            + "\n"
        },
        "but all 16 places are taken",
    ),
}


@pytest.mark.parametrize("case", REFUSED_FILES)
def test_a_file_that_cannot_be_read_refuses_the_bundle(run, bundle, case):
    files, message = REFUSED_FILES[case]
    before = rows_of_all_tables()
    with pytest.raises(BundleRefused) as refusal:
        run(bundle(**files))
    assert message in refusal.value.message
    assert rows_of_all_tables() == before


def test_the_refusal_says_how_to_save_the_file(run, bundle):
    with pytest.raises(BundleRefused) as refusal:
        run(bundle(clients="external_id;name\nc1;Léa\n".encode("latin-1")))
    assert refusal.value.message.endswith(
        "In the spreadsheet choose “CSV UTF-8” when saving, then import again."
    )
    assert (refusal.value.file, refusal.value.line) == ("clients.csv", 2)


def test_a_bad_byte_far_into_a_file_has_its_line(run, bundle):
    rows = "".join(f"c{n},Client {n}\n" for n in range(50_000)).encode()
    with pytest.raises(BundleRefused) as refusal:
        run(bundle(clients=b"external_id,name\n" + rows + b"x,\xe9\n"))
    assert refusal.value.line == 50_002


@pytest.mark.parametrize("name", ["missing", "notes.txt", "empty"])
def test_what_is_no_bundle_is_refused(run, tmp_path, name):
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("external_id,name")
    with pytest.raises(BundleRefused):
        run(tmp_path / name)


def test_a_folder_of_other_files_is_refused(run, tmp_path):
    (tmp_path / "orders.csv").write_text("a,b\n")
    with pytest.raises(BundleRefused) as refusal:
        run(tmp_path)
    assert refusal.value.message.startswith("No file of a bundle is here")


def test_a_zip_cut_short_is_refused(run, bundle, zipped):
    path = zipped(bundle())
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(BundleRefused):
        run(path)


def test_a_zip_with_a_damaged_file_is_refused(run, bundle, zipped):
    path = zipped(bundle())
    data = bytearray(path.read_bytes())
    data[60:70] = b"\0" * 10
    path.write_bytes(data)
    with pytest.raises(BundleRefused):
        run(path)


def test_a_zip_bomb_is_refused_by_its_ratio_before_it_is_read(run, tmp_path):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("clients.csv", "external_id,name\n" + "0" * 20_000_000)
    with pytest.raises(BundleRefused) as refusal:
        run(path)
    assert "unpacks to more than 200 times its size" in refusal.value.message


def test_a_bundle_that_declares_too_much_is_refused(run, bundle, zipped, monkeypatch):
    monkeypatch.setattr(bundles, "BYTES_MAX", 500)
    for path in (bundle(), zipped(bundle())):
        with pytest.raises(BundleRefused) as refusal:
            run(path)
        assert "the limit is 0 MB" in refusal.value.message


def test_a_bundle_of_too_many_lines_is_refused(run, bundle, monkeypatch):
    monkeypatch.setattr(bundles, "LINES_MAX", 5)
    with pytest.raises(BundleRefused) as refusal:
        run(bundle())
    assert "has more than 5 lines" in refusal.value.message


def test_a_file_that_is_there_twice_is_refused(run, tmp_path):
    path = tmp_path / "twice.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/clients.csv", CLIENTS)
        archive.writestr("b/Clients.csv", CLIENTS)
    with pytest.raises(BundleRefused):
        run(path)


SET_ASIDE = {
    "score -1": ("ratings", "r2,i1,-1,Late,,2026-03-12,fr", "score", "-1"),
    "score 11": ("ratings", "r2,i1,11,Late,,2026-03-12,fr", "score", "11"),
    "score 9.5": ("ratings", "r2,i1,9.5,Late,,2026-03-12,fr", "score", "9.5"),
    "score with a blank": ("ratings", "r2,i1,9 ,Late,,2026-03-12,fr", "score", "9 "),
    "score NaN": ("ratings", "r2,i1,NaN,Late,,2026-03-12,fr", "score", "NaN"),
    "score in Arabic digits": ("ratings", "r2,i1,٩,Late,,2026-03-12,fr", "score", "٩"),
    "no score": ("ratings", "r2,i1,,Late,,2026-03-12,fr", "score", ""),
    "no answer instant": ("ratings", "r2,i1,9,Late,,,fr", "answered_at", ""),
    "impossible day": ("ratings", "r2,i1,9,Late,,2026-02-30,fr", "answered_at", "2026-02-30"),
    "hour of the spring": (
        "ratings",
        "r2,i1,9,Late,,2026-03-29T02:30,fr",
        "answered_at",
        "2026-03-29T02:30",
    ),
    "unknown intervention": ("ratings", "r2,i9,9,Late,,2026-03-12,fr", "intervention", "i9"),
    "rating twice": ("ratings", "r1,i1,2,Late,,2026-03-12,fr", "external_id", "r1"),
    "long why": ("ratings", f"r2,i1,9,{'a' * 50_000},,2026-03-12,fr", "why", "a" * 200),
    "too many cells": ("ratings", "r2,i1,9,Late, and rude,,2026-03-12,fr", "", "r2"),
    "too few cells": ("ratings", "r2,i1,9", "", "r2"),
    "unknown client": ("interventions", "i3,c9,yoga,p1,confirmed,,,,,,", "client", "c9"),
    "unknown service": ("interventions", "i3,c1,judo,p1,confirmed,,,,,,", "service", "judo"),
    "unknown partner": ("interventions", "i3,c1,yoga,p9,confirmed,,,,,,", "partner", "p9"),
    "unknown status": ("interventions", "i3,c1,yoga,p1,done,,,,,,", "status", "done"),
    "completed without instant": (
        "interventions",
        "i3,c1,yoga,p1,completed,,2026-03-10,,,,",
        "completed_at",
        "",
    ),
    "unknown side": ("interventions", "i3,c1,yoga,p1,cancelled,,,,me,,", "cancelled_by", "me"),
    "side without cancellation": (
        "interventions",
        "i3,c1,yoga,p1,confirmed,,,,client,,",
        "cancelled_by",
        "client",
    ),
    "ambiguous amount": (
        "interventions",
        'i3,c1,yoga,p1,confirmed,,,,,"1,250",EUR',
        "amount",
        "1,250",
    ),
    "long id": ("clients", f"{'c' * 101},Atelier,company,,,,", "external_id", "c" * 101),
    "no name": ("clients", "c2,,company,,,,", "name", ""),
    "unknown kind": ("clients", "c2,Atelier,firm,,,,", "kind", "firm"),
    "no discipline": ("partners", "p2,Ida Blanc,,,", "disciplines", ""),
}
FILES = {
    "ratings": RATINGS,
    "interventions": INTERVENTIONS,
    "clients": CLIENTS,
    "partners": PARTNERS,
}


@pytest.mark.parametrize("case", SET_ASIDE)
def test_a_bad_row_is_set_aside_with_its_line_and_the_others_are_imported(run, bundle, case):
    name, row, column, value = SET_ASIDE[case]
    report = run(bundle(**{name: f"{FILES[name]}{row}\n"}))
    (error,) = report.errors
    line = FILES[name].count("\n") + 1
    assert (error.file, error.line, error.column, error.value) == (
        f"{name}.csv",
        line,
        column,
        value,
    )
    assert error.reason
    assert (Rating.objects.count(), report.changes) == (1, 6)


def test_strict_imports_nothing_when_one_row_is_bad(run, bundle):
    before = rows_of_all_tables()
    report = run(bundle(ratings=f"{RATINGS}r2,i1,11,Late,,2026-03-12,fr\n"), strict=True)
    assert (report.is_imported, report.error_count) == (False, 1)
    assert rows_of_all_tables() == before


def test_strict_imports_a_bundle_without_fault(run, bundle):
    assert run(bundle(), strict=True).is_imported


def test_what_refers_to_a_row_set_aside_is_set_aside_too(run, bundle):
    report = run(bundle(clients=CLIENTS.replace(",company,company", ",firm,company")))
    assert [(one.file, one.line, one.column) for one in report.errors] == [
        ("clients.csv", 2, "kind"),
        ("interventions.csv", 2, "client"),
        ("interventions.csv", 3, "client"),
        ("ratings.csv", 2, "intervention"),
    ]
    assert Intervention.objects.count() == 0


def test_a_row_set_aside_leaves_what_is_already_here(run, bundle):
    run(bundle())
    report = run(bundle(clients=CLIENTS.replace(",company,company", ",firm,company")))
    assert [(one.file, one.column) for one in report.errors] == [("clients.csv", "kind")]
    assert (Client.objects.count(), Intervention.objects.count()) == (1, 2)


def test_the_line_of_an_error_counts_the_lines_inside_cells(run, bundle):
    rows = 'r2,i1,8,"three\nlong\nlines",,2026-03-12,fr\nr3,i1,11,Late,,2026-03-12,fr\n'
    (error,) = run(bundle(ratings=RATINGS + rows)).errors
    assert error.line == 6


def test_all_errors_are_written_and_no_cell_is_a_formula(run, bundle, tmp_path):
    rows = "".join(f"r{n},=cmd|x!A{n},9,,,2026-03-12,fr\n" for n in range(2, 1200))
    path = tmp_path / "errors.csv"
    report = run(bundle(ratings=RATINGS + rows), errors_path=path)
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert (len(report.errors), report.error_count, len(lines)) == (1000, 1198, 1199)
    assert lines[0] == "file,line,column,value,reason"
    assert lines[1].startswith("ratings.csv,3,intervention,'=cmd|x!A2,unknown")


ACCEPTED = {
    "byte order mark": lambda text: text.encode("utf-8-sig"),
    "utf-16": lambda text: text.encode("utf-16"),
    "semicolons": lambda text: text.replace(",", ";").encode(),
    "tabs": lambda text: text.replace(",", "\t").encode(),
    "Windows line ends": lambda text: text.replace("\n", "\r\n").encode(),
    "old Mac line ends": lambda text: text.replace("\n", "\r").encode(),
    "no last line end": lambda text: text.rstrip("\n").encode(),
    "blank lines": lambda text: text.replace("\n", "\n\n").encode() + b",,,,,,\n",
    "capitals in the header": lambda text: text.replace("external_id", " External_ID ").encode(),
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_the_dialects_of_spreadsheets_are_accepted(run, bundle, case):
    report = run(bundle(clients=ACCEPTED[case](CLIENTS)))
    assert (report.error_count, Client.objects.get().name) == (0, "Atelier Rousseau")


def test_decimal_commas_are_accepted_between_semicolons(run, bundle):
    semicolons = INTERVENTIONS.replace(",", ";").replace("120.50", "120,50")
    run(bundle(interventions=semicolons))
    assert str(Intervention.objects.get(external_id="i1").amount) == "120.50"


def test_a_block_that_ends_inside_a_character_is_read(run, bundle, monkeypatch):
    monkeypatch.setattr(csv_reader, "BLOCK", 7)
    monkeypatch.setattr(csv_reader, "CHUNK_ROWS", 1)
    report = run(bundle())
    assert (report.changes, Rating.objects.get().why) == (6, "Toujours à l’heure")


@pytest.mark.parametrize("why", ["=1+1", "+33 6", "-10 %", "@home", '"quoted, twice"', "a\\tb\\N"])
def test_text_that_looks_like_something_else_stays_text(run, bundle, why):
    cell = '"' + why.replace('"', '""') + '"'
    run(bundle(ratings=RATINGS.replace("Toujours à l’heure", cell)))
    assert Rating.objects.get().why == why


def test_backslashes_and_tabs_do_not_move_a_cell(run, bundle):
    name = '"Ate\\lier\tdu\\N\nport"'
    run(bundle(clients=CLIENTS.replace("Atelier Rousseau", name)))
    assert Client.objects.get().name == "Ate\\lier\tdu\\N\nport"


def test_a_cell_that_reads_like_nothing_is_text(run, bundle):
    run(bundle(clients=CLIENTS.replace("Atelier Rousseau", "\\N")))
    assert Client.objects.get().name == "\\N"


def test_unknown_columns_and_files_are_left_out_with_a_warning(run, bundle):
    folder = bundle(clients="external_id,name,colour\nc1,Atelier,red\n")
    (folder / "orders.csv").write_text("a,b\n")
    warnings = run(folder).warnings
    assert "clients.csv: the column colour is not known and was left out" in warnings
    assert "orders.csv is not a file of a bundle" in warnings
