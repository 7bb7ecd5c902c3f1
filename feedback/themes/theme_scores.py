"""Labels a file of verbatims and tells how well the labels agree with a coding by hand."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from feedback.themes.labelling import FRENCH, Dictionary

TEXT_COLUMN = "explication"
ABSENT = frozenset({"", "NA"})  # how the files say that there is no why
FINGERPRINT_LETTERS = 12
LARGEST_BYTES = 200_000_000  # unpacked

Themes = frozenset[str]


class Unreadable(Exception):  # noqa: N818 - an answer, not a fault
    """Why a file cannot be used, in words for the person who gave it."""


@dataclass(frozen=True)
class Score:
    """Precision and recall are None where nothing was labelled, or nothing coded."""

    theme: str
    agreed: int
    labelled: int
    coded: int

    @property
    def precision(self) -> float | None:
        return self.agreed / self.labelled if self.labelled else None

    @property
    def recall(self) -> float | None:
        return self.agreed / self.coded if self.coded else None


@dataclass(frozen=True)
class Coded:
    row: int
    fingerprint: str
    themes: Themes


def by_theme(pairs: Iterable[tuple[Themes, Themes]], themes: Iterable[str]) -> list[Score]:
    """One score for each theme asked for; a pair is (labelled, coded) of one why."""
    pairs = list(pairs)
    return [
        Score(
            theme=theme,
            agreed=sum(theme in labelled and theme in coded for labelled, coded in pairs),
            labelled=sum(theme in labelled for labelled, _coded in pairs),
            coded=sum(theme in coded for _labelled, coded in pairs),
        )
        for theme in themes
    ]


def over_all(scores: Iterable[Score]) -> Score:
    """Each label counts once, so frequent themes weigh more."""
    scores = list(scores)
    return Score(
        theme="",
        agreed=sum(score.agreed for score in scores),
        labelled=sum(score.labelled for score in scores),
        coded=sum(score.coded for score in scores),
    )


def label(
    whys: dict[int, str], dictionary: Dictionary, language: str = FRENCH
) -> dict[int, Themes]:
    return {row: dictionary.labels(why, language, None) for row, why in whys.items()}


def counts(labels: Iterable[Themes]) -> Counter[str]:
    return Counter(theme for themes in labels for theme in themes)


def pairs(
    whys: dict[int, str], labels: dict[int, Themes], coded: Iterable[Coded]
) -> list[tuple[Themes, Themes]]:
    """Refuses a coding of another file, or of another version of this one."""
    found = []
    for code in coded:
        if fingerprint(whys.get(code.row, "")) != code.fingerprint:
            raise Unreadable(f"Row {code.row} is not the text that was coded: is it another file?")
        found.append((labels[code.row], code.themes))
    return found


def fingerprint(why: str) -> str:
    return hashlib.sha256(why.encode()).hexdigest()[:FINGERPRINT_LETTERS]


def read_whys(path: Path) -> dict[int, str]:
    """The whys that say something, by row; the first row under the head is 1."""
    rows = _rows(path, {TEXT_COLUMN})
    return {
        number: row[TEXT_COLUMN]
        for number, row in enumerate(rows, start=1)
        if (row[TEXT_COLUMN] or "").strip() not in ABSENT
    }


def read_coded(path: Path, themes: Iterable[str]) -> list[Coded]:
    known = frozenset(themes)
    found = []
    for number, row in enumerate(_rows(path, {"row", "sha256", "themes"}), start=1):
        coded = frozenset((row["themes"] or "").split("|")) - {""}
        if not (row["row"] or "").isdecimal():
            raise Unreadable(f"{path.name}: line {number} has no row number.")
        if unknown := sorted(coded - known):
            raise Unreadable(
                f"{path.name}: line {number} has unknown themes: {', '.join(unknown)}."
            )
        found.append(Coded(int(row["row"]), row["sha256"] or "", coded))
    return found


def _rows(path: Path, needed: set[str]) -> Iterator[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(_text(path), newline=""))
    try:
        missing = needed - set(reader.fieldnames or ())
        if missing:
            raise Unreadable(f"{path.name}: no column {', '.join(sorted(missing))}.")
        yield from reader
    except csv.Error as error:
        raise Unreadable(f"{path.name}: not a CSV file: {error}.") from error


def _text(path: Path) -> str:
    """Never more than `LARGEST_BYTES` in memory, whatever a small packed file unfolds to."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            body = file.read(LARGEST_BYTES + 1)
    except FileNotFoundError:
        raise Unreadable(f"{path}: there is no such file.") from None
    except (OSError, EOFError, zlib.error) as error:
        raise Unreadable(f"{path.name}: cannot be read: {error}.") from error
    if len(body) > LARGEST_BYTES:
        raise Unreadable(f"{path.name}: more than {LARGEST_BYTES:,} bytes.")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(f"{path.name}: not UTF-8 text.") from None
