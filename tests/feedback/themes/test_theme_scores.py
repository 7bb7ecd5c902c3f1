import gzip

import pytest

from feedback.themes.labelling import Dictionary, term
from feedback.themes.theme_scores import (
    Coded,
    Score,
    Unreadable,
    by_theme,
    fingerprint,
    label,
    over_all,
    pairs,
    read_coded,
    read_whys,
)

NONE, PRICE, BOTH = frozenset(), frozenset({"price"}), frozenset({"price", "place"})
FILE = "id,explication\n7,Cher\n8,NA\n9,\n10,Salle froide\n"


def test_nothing_measured_is_no_figure():
    (score,) = by_theme([], ["price"])
    assert (score.precision, score.recall) == (None, None) == (over_all([]).precision, None)


def test_precision_and_recall():
    found = by_theme(
        [(PRICE, BOTH), (BOTH, PRICE), (NONE, PRICE), (NONE, NONE)], ["price", "place"]
    )
    assert found == [Score("price", 2, 2, 3), Score("place", 0, 1, 1)]
    assert [score.recall for score in found] == [2 / 3, 0]
    assert over_all(found) == Score("", 2, 3, 4)


@pytest.mark.parametrize("name", ["whys.csv", "whys.csv.gz"])
def test_rows_without_a_why_are_left_out(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(gzip.compress(FILE.encode()) if name.endswith("gz") else FILE.encode())
    assert read_whys(path) == {1: "Cher", 4: "Salle froide"}


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("empty.csv", b"", "no column explication"),
        ("other.csv", b"why\nCher\n", "no column explication"),
        ("latin.csv", "explication\nTrès cher\n".encode("latin-1"), "not UTF-8"),
        ("not.csv.gz", b"explication\nCher\n", "cannot be read"),
        ("cut.csv.gz", gzip.compress(FILE.encode() * 99, mtime=0)[:60], "cannot be read"),
        ("huge.csv", b"explication\n" + b"a" * 1_100_000, "not a CSV file"),
        ("nul.png.gz", gzip.compress(b"\x89PNG\xff\x00", mtime=0), "not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path, name, body, words):
    (tmp_path / name).write_bytes(body)
    with pytest.raises(Unreadable, match=words):
        read_whys(tmp_path / name)


def test_a_missing_file_and_a_folder_say_why(tmp_path):
    for path in (tmp_path / "no.csv", tmp_path):
        with pytest.raises(Unreadable):
            read_whys(path)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("x,abc,price", "line 1 has no row number"),
        ("1,abc,prise", "unknown themes: prise"),
    ],
)
def test_a_coding_that_cannot_be_used_says_why(tmp_path, line, words):
    path = tmp_path / "coded.csv"
    path.write_text(f"row,sha256,themes\n{line}\n")
    with pytest.raises(Unreadable, match=words):
        read_coded(path, ["price"])


def test_a_coding_of_another_text_is_refused():
    whys = {1: "Cher"}
    labels = label(whys, Dictionary([term("price", "fr", "cher")]))
    assert pairs(whys, labels, [Coded(1, fingerprint("Cher"), PRICE)]) == [(PRICE, PRICE)]
    for other in (Coded(1, fingerprint("cher"), PRICE), Coded(2, fingerprint("Cher"), PRICE)):
        with pytest.raises(Unreadable, match="is it another file"):
            pairs(whys, labels, [other])
