"""The French catalogue: whole, with its placeholders, in French typography."""

import ast
import re
import shutil

import pytest
from django.core.management import call_command

from tests.test_house import ROOT, messages

PO = ROOT / "triangle/locale/fr/LC_MESSAGES/django.po"
SOURCES = ("triangle", "clients", "partners", "feedback", "indicators", "templates")
PLACEHOLDER = re.compile(r"%\(\w+\)\d*[sdX]|\{\w*\}|%%|</?\w+>")
EXACT = re.compile(r"https?://\S+|\d{4}-\d\d-\d\dT\S+|%\(\w+\)\d*[sdX]")  # no language in it


def texts():
    """Every French text beside the English it stands for; a plural beside its own number."""
    plural_of = dict(re.findall(r'(?m)^msgid "(.*)"\nmsgid_plural "(.*)"', PO.read_text()))
    for key, french in messages(PO).items():
        name, number = key if isinstance(key, tuple) else (key, 0)
        english = name.rpartition("\4")[2]
        if english:
            yield (plural_of[english.replace('"', '\\"')] if number else english), french


def french_with(pattern):
    return [french for _, french in texts() if re.search(pattern, EXACT.sub("x", french))]


def test_no_entry_is_empty_fuzzy_or_dead():
    catalogue = PO.read_text()
    empty = re.findall(r'(?m)^(msgid.*)\n(?:msgid_plural.*\n)?msgstr(?:\[\d\])? ""$', catalogue)
    assert [line for line in empty if line != 'msgid ""'] == []
    assert re.findall(r"(?m)^(?:#,.*fuzzy|#[~|:]|\"POT-Creation-Date).*", catalogue) == []


def test_no_string_hides_from_the_catalogue_inside_another():
    """What stands in the braces of an f-string is not collected."""
    hidden = []
    for path in (path for name in SOURCES for path in (ROOT / name).rglob("*.py")):
        tree = ast.parse(path.read_text())
        inside = [n for f in ast.walk(tree) if isinstance(f, ast.JoinedStr) for n in ast.walk(f)]
        calls = [n for n in inside if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]
        hidden += [(path.name, n.lineno) for n in calls if re.search("gettext|^_$", n.func.id)]
    assert hidden == []


def test_placeholders_are_kept():
    assert [
        (english, french)
        for english, french in texts()
        if set(PLACEHOLDER.findall(french)) != set(PLACEHOLDER.findall(english))
    ] == []


def test_apostrophes_are_typographic():
    assert french_with(r"'") == []


def test_no_line_breaks_before_double_punctuation_or_inside_quotation_marks():
    assert french_with(r"(?<![\u00a0\u202f])(?:[;?!»]|:(?=\s|$)|(?<!%)%)") == []
    assert french_with(r"«(?![\u00a0\u202f])") == []


def test_quotation_marks_are_french():
    assert french_with(r"[“”\"]") == []


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="needs gettext")
def test_the_catalogue_holds_every_string_of_the_product(tmp_path, monkeypatch, settings):
    leave = shutil.ignore_patterns("locale", "migrations", "__pycache__")
    for name in SOURCES:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=leave)
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    (tmp_path / "locale").mkdir()
    monkeypatch.chdir(tmp_path)
    call_command("makemessages", locale=["fr"], keep_pot=True, no_wrap=True, verbosity=0)
    asked = re.sub(r"(?m)^#.*\n", "", (tmp_path / "locale/django.pot").read_text())
    entry = r'(?m)^(?:msgctxt .*\n)?msgid (?:".*"\n)+'
    known = set(re.findall(entry, PO.read_text()))
    assert set(re.findall(entry, asked)) == known
