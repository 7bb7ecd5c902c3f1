"""Labels a file of verbatims with the default dictionary of themes; nothing is stored."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from rich.console import Console
from rich.table import Table

from feedback.themes import theme_scores, theme_terms
from feedback.themes.labelling import Dictionary
from feedback.themes.theme_scores import Score, Unreadable

REFUSED = 2
CODES = [theme.code for theme in theme_terms.THEMES]


class Command(BaseCommand):
    help = (
        "Label the column `explication` of a CSV file (.csv or .csv.gz) with themes. With --coded: "
        "precision and recall against a coding by hand. Exit: 0 done, 2 file refused."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="a CSV file, UTF-8, packed or not")
        parser.add_argument("--coded", type=Path, help="a CSV file with row, sha256, themes")
        parser.add_argument("--json", action="store_true", help="one JSON document on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            document = _measure(options["path"], options["coded"])
        except Unreadable as refusal:
            Console(stderr=True).print(str(refusal), style="bold red", markup=False, soft_wrap=True)
            sys.exit(REFUSED)
        if options["json"]:
            self.stdout.write(json.dumps(document, ensure_ascii=False, indent=1))
        else:
            _print(document)


def _measure(path: Path, coded_path: Path | None) -> dict[str, Any]:
    whys = theme_scores.read_whys(path)
    coded = theme_scores.read_coded(coded_path, CODES) if coded_path else []
    start = time.perf_counter()
    labels = theme_scores.label(whys, Dictionary(theme_terms.terms()))
    seconds = time.perf_counter() - start
    counts = theme_scores.counts(labels.values())
    document: dict[str, Any] = {
        "whys": len(whys),
        "labelled": sum(bool(themes) for themes in labels.values()),
        "seconds": round(seconds, 2),
        "themes": {code: counts[code] for code in CODES},
    }
    if coded_path:
        scores = theme_scores.by_theme(theme_scores.pairs(whys, labels, coded), CODES)
        document["coded"] = len(coded)
        document["scores"] = {score.theme: _score(score) for score in scores}
        document["over_all"] = _score(theme_scores.over_all(scores))
    return document


def _score(score: Score) -> dict[str, Any]:
    return {
        "precision": _rounded(score.precision),
        "recall": _rounded(score.recall),
        "agreed": score.agreed,
        "labelled": score.labelled,
        "coded": score.coded,
    }


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 3)


def _print(document: dict[str, Any]) -> None:
    console = Console()
    share = document["labelled"] / document["whys"] if document["whys"] else 0
    console.print(f"{document['whys']:,} whys in {document['seconds']} s, {share:.0%} have a theme")
    table = Table("theme", "whys")
    for code, count in document["themes"].items():
        table.add_row(code, f"{count:,}")
    console.print(table)
    if "scores" in document:
        console.print(_score_table(document))


def _score_table(document: dict[str, Any]) -> Table:
    columns = ("precision", "recall", "agreed", "labelled", "coded")
    table = Table("theme", *columns, title=f"against {document['coded']} coded by hand")
    for code, score in {**document["scores"], "over all": document["over_all"]}.items():
        table.add_row(code, *("–" if score[name] is None else str(score[name]) for name in columns))
    return table
