"""The rules of the house that a machine can see."""

import ast
import fnmatch
import gettext
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOP_LEVEL = {
    ".ci", ".dockerignore", ".env.example", ".gitignore", "CONTRIBUTING.md", "Dockerfile",
    "LICENSE", "README.md", "clients", "docker-compose.yml", "docs", "feedback", "indicators",
    "manage.py", "partners", "pyproject.toml", "requirements", "static", "templates", "tests",
    "triangle",
}  # fmt: skip
IGNORED = [line.rstrip("/") for line in (ROOT / ".gitignore").read_text().split()] + [".git"]
TEXT = {
    ".py", ".md", ".toml", ".txt", ".html", ".css", ".js", ".yml", ".po", ".example", ".svg", "",
}  # fmt: skip
# Directories that exist on one machine only, and servers that packages came from
MACHINE = re.compile(r"(?<![\w.:$}/])/(?:home|Users|root|mnt|work\w*)/\w")
INDEX = re.compile(r"https?://[^\s\"')]*(?:pypi|/simple\b|registry\.npm|npmjs)", re.IGNORECASE)


def is_ignored(path: Path) -> bool:
    return any(fnmatch.fnmatch(part, pattern) for part in path.parts for pattern in IGNORED)


def files(*suffixes: str, under: str = ".") -> list[Path]:
    found = (path for path in (ROOT / under).rglob("*") if path.is_file())
    return [
        path
        for path in found
        if not is_ignored(path.relative_to(ROOT)) and (not suffixes or path.suffix in suffixes)
    ]


def where(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]


def test_the_top_level_is_the_one_in_the_plan():
    found = {path.name for path in ROOT.iterdir() if not is_ignored(path.relative_to(ROOT))}
    assert found == TOP_LEVEL


@pytest.mark.parametrize("lock", ["base.txt", "dev.txt"])
def test_a_lock_names_hashes_and_no_server(lock):
    text = (ROOT / "requirements" / lock).read_text()
    assert "http" not in text
    packages = re.split(r"\n(?=\S)", re.sub(r"(?m)^\s*#.*\n?", "", text).strip())
    assert [package for package in packages if "--hash=sha256:" not in package] == []


def test_no_other_lock_that_records_servers():
    assert [p for p in files() if p.name in {"uv.lock", "package-lock.json", "poetry.lock"}] == []


def test_no_file_names_one_machine_or_a_package_index():
    text = [p for p in files(*TEXT) if "vendor" not in p.parts and p != Path(__file__)]
    assert where(MACHINE, text) + where(INDEX, text) == []


def test_templates_need_no_inline_script_and_no_inline_style():
    inline = re.compile(r"\sstyle=|\son[a-z]+=[\"']|javascript:|<style|<script(?![^>]*\ssrc=)")
    allowed = re.compile(r"<script[^>]*(?:nonce=|application/json)")
    pages = [p for p in files(".html") if not p.name.startswith("mail_")]
    assert [line for line in where(inline, pages) if not allowed.search(line)] == []


def test_every_hx_get_has_its_href_and_every_hx_post_its_form():
    lonely = []
    for path in files(".html", under="templates"):
        for tag in re.findall(r"<\w+[^<>]*\shx-(?:get|post)=[^<>]*>", path.read_text()):
            if "hx-get" in tag and not re.search(r"\shref=|^<form|\sname=|hx-trigger=", tag):
                lonely.append(f"{path.relative_to(ROOT)}: {tag}")
            if "hx-post" in tag and not re.search(r"^<form|\sformaction=|\sname=", tag):
                lonely.append(f"{path.relative_to(ROOT)}: {tag}")
    assert lonely == []


def messages(po: Path) -> dict[str | tuple[str, int], str]:
    """What a .po file stands for, with the keys of `gettext`; fuzzy entries are left out."""
    catalogue = {}
    for entry in po.read_text(encoding="utf-8").split("\n\n"):
        words: dict[str, str] = {}
        for line in entry.splitlines():
            if found := re.match(r"(msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?) (\".*)", line):
                word, text = found.groups()
                words[word] = ast.literal_eval(text)
            elif line.startswith('"'):
                words[word] += ast.literal_eval(line)
        if "msgid" not in words or re.search(r"(?m)^#,.*\bfuzzy\b", entry):
            continue
        key = f"{words['msgctxt']}\4{words['msgid']}" if "msgctxt" in words else words["msgid"]
        if words.get("msgstr"):
            catalogue[key] = words["msgstr"]
        elif words.get("msgstr[0]"):
            forms = [word for word in words if word.startswith("msgstr[")]
            catalogue |= {(key, int(word[7:-1])): words[word] for word in forms}
    return catalogue


@pytest.mark.parametrize("po", files(".po"), ids=lambda path: str(path.relative_to(ROOT)))
def test_compiled_messages_match_their_source(po):
    with po.with_suffix(".mo").open("rb") as compiled:
        assert gettext.GNUTranslations(compiled)._catalog == messages(po)


def test_every_variable_of_the_settings_has_its_line_in_the_example():
    sources = [ROOT / "triangle" / name for name in ("settings.py", "server.py", "production.py")]
    asked = re.compile(r"(?:env(?:\.\w+)?|environ\.get)\(\s*\"([A-Z_]+)\"")
    variables = {name for source in sources for name in asked.findall(source.read_text())}
    example = (ROOT / ".env.example").read_text()
    assert [name for name in variables if not re.search(rf"(?m)^# {name}: ", example)] == []
    assert len(variables) > 15
