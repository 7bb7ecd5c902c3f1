import json

import pytest
from django.core.management import call_command

from feedback.themes.theme_scores import fingerprint

WHYS = ("Trop cher", "RAS", "Accueil froid et en retard")


@pytest.fixture
def verbatims(tmp_path):
    path = tmp_path / "whys.csv"
    path.write_text("explication\n" + "\n".join(WHYS) + "\n", encoding="utf-8")
    return path


def test_counts_as_json(verbatims, capsys):
    call_command("themes", verbatims, "--json")
    document = json.loads(capsys.readouterr().out)
    assert (document["whys"], document["labelled"]) == (3, 2)
    counted = {code: count for code, count in document["themes"].items() if count}
    assert counted == {"price": 1, "listening": 1, "punctuality": 1}
    assert "scores" not in document


def test_precision_and_recall_as_json(verbatims, tmp_path, capsys):
    coded = tmp_path / "coded.csv"
    coded.write_text(f"row,sha256,themes\n1,{fingerprint(WHYS[0])},price|result\n")
    call_command("themes", verbatims, "--coded", coded, "--json")
    document = json.loads(capsys.readouterr().out)
    assert document["scores"]["price"]["precision"] == 1
    assert document["scores"]["result"] == {
        "precision": None, "recall": 0, "agreed": 0, "labelled": 0, "coded": 1,
    }  # fmt: skip
    assert document["over_all"]["recall"] == 0.5


def test_tables_for_people(verbatims, capsys):
    call_command("themes", verbatims)
    out = capsys.readouterr().out
    assert "3 whys" in out and "67% have a theme" in out


def test_a_refused_file_leaves_with_two_and_says_why(tmp_path, capsys):
    with pytest.raises(SystemExit) as left:
        call_command("themes", tmp_path / "none.csv", "--json")
    captured = capsys.readouterr()
    assert left.value.code == 2
    assert "there is no such file" in captured.err and captured.out == ""
