"""Reads a CSV file as a stream of rows: its encoding, its separator, and what is wrong with it.

Accepted: UTF-8 with or without byte order mark, UTF-16 with one; comma, semicolon or tab; any
line end. Everything else is refused with the line and the way out, because a guess would write
wrong names into the books.
"""

from __future__ import annotations

import codecs
import csv
import io
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _

from feedback.marketplace.report import BundleRefused

CELL_MAX = 1_000_000  # characters
BLOCK = 1 << 18  # bytes
CHUNK_ROWS = 5_000
SEPARATORS = (",", ";", "\t")
SIGNATURES = {
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"%PDF": "PDF",
    b"PK\x03\x04": "zip, xlsx",
    b"\xd0\xcf\x11\xe0": "xls",
    b"\x1f\x8b": "gzip",
    b"SQLite": "SQLite",
}

CUT_REASONS = ("unexpected end of data", "truncated data")

csv.field_size_limit(CELL_MAX)


@dataclass(frozen=True)
class Chunk:
    lines: list[int]  # where each row starts, from 1
    rows: list[list[str]]
    last_line: int


class Table:
    """One file: its header, then its rows in chunks."""

    def __init__(self, name: str, stream: IO[bytes]) -> None:
        self.name = name
        self._ends_with_newline = True
        lines = self._lines(stream)
        first = next(lines, "")
        if not first.strip():
            raise self._refused(_("is empty: its first line must name the columns"), line=1)
        self._reader = csv.reader(
            itertools.chain([first], lines), delimiter=_separator(first), strict=True
        )
        with self._csv_errors():
            self.header = [cell.strip().lower() for cell in next(self._reader)]

    def chunks(self) -> Iterator[Chunk]:
        """Rows with at least one filled cell, each with the line it starts on."""
        lines: list[int] = []
        rows: list[list[str]] = []
        last: list[str] = self.header
        reader = self._reader
        start = reader.line_num + 1
        with self._csv_errors():
            for row in reader:
                if any(row):
                    lines.append(start)
                    rows.append(row)
                    last = row
                start = reader.line_num + 1
                if len(rows) == CHUNK_ROWS:
                    yield Chunk(lines, rows, reader.line_num)
                    lines, rows = [], []
        if len(last) < len(self.header) and not self._ends_with_newline:
            raise self._refused(
                _("ends in the middle of a row: the file was cut, export it again"),
                line=reader.line_num,
            )
        if rows:
            yield Chunk(lines, rows, reader.line_num)

    def _lines(self, stream: IO[bytes]) -> Iterator[str]:
        rest, seen = "", 0
        for text in self._decoded(stream):
            if "\0" in text:
                line = seen + text[: text.index("\0")].count("\n") + 1
                raise self._refused(
                    _("holds a zero byte: this is not text (or UTF-16 without its mark)"), line=line
                )
            seen += text.count("\n")
            whole, rest = _cut(rest + text)
            # A cell may hold many lines, but no line may hold more than one big cell.
            if len(rest) > CELL_MAX:
                raise self._cell_too_big(seen + 1)
            yield from io.StringIO(whole, newline="")
        self._ends_with_newline = not rest
        if rest:
            yield rest

    def _decoded(self, stream: IO[bytes]) -> Iterator[str]:
        block = stream.read(BLOCK)
        self._refuse_signatures(block)
        is_utf_16 = block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        decoder = codecs.getincrementaldecoder("utf-16" if is_utf_16 else "utf-8-sig")()
        lines = 1
        while block:
            following = stream.read(BLOCK)
            try:
                text = decoder.decode(block, final=not following)
            except UnicodeDecodeError as error:
                raise self._not_utf_8(error, lines) from error
            lines += text.count("\n")
            yield text
            block = following

    def _refuse_signatures(self, block: bytes) -> None:
        for signature, kind in SIGNATURES.items():
            if block.startswith(signature):
                raise self._refused(
                    _("is not text but a file of another kind (%(kind)s); save it as CSV UTF-8")
                    % {"kind": kind}
                )

    def _not_utf_8(self, error: UnicodeDecodeError, lines: int) -> BundleRefused:
        line = lines + error.object[: error.start].count(b"\n")
        if error.end == len(error.object) and error.reason in CUT_REASONS:
            return self._refused(
                _("ends in the middle of a character: the file was cut, export it again"), line=line
            )
        around = error.object[max(0, error.start - 5_000) : error.start + 5_000]
        guess = "Windows-1252" if any(0x80 <= byte <= 0x9F for byte in around) else "Latin-1"
        return self._refused(
            _(
                "is not UTF-8 text: byte 0x%(byte)02X on line %(line)s (it looks like %(guess)s). "
                "In the spreadsheet choose “CSV UTF-8” when saving, then import again"
            )
            % {"byte": error.object[error.start], "line": line, "guess": guess},
            line=line,
        )

    @contextmanager
    def _csv_errors(self) -> Iterator[None]:
        try:
            yield
        except csv.Error as error:
            line = self._reader.line_num
            if "unexpected end" in str(error):
                raise self._refused(
                    _("ends inside a quoted cell: the file was cut, export it again"), line=line
                ) from error
            if "field limit" in str(error):
                raise self._cell_too_big(line) from error
            raise self._refused(
                _("has a stray quote on line %(line)s or before it; double the quotes in a cell")
                % {"line": line},
                line=line,
            ) from error

    def _cell_too_big(self, line: int) -> BundleRefused:
        return self._refused(
            _("has a cell of over %(max)s characters on line %(line)s, or a quote never closed")
            % {"max": f"{CELL_MAX:,}", "line": line},
            line=line,
        )

    def _refused(self, what: str, *, line: int | None = None) -> BundleRefused:
        return BundleRefused(f"{self.name} {what}.", file=self.name, line=line)


def _separator(first: str) -> str:
    return max(SEPARATORS, key=first.count)


def _cut(text: str) -> tuple[str, str]:
    """Whole lines, and the rest that waits; a last carriage return may be half of a line end."""
    end = text.rfind("\n") + 1
    if not end and "\r" in text[:-1]:
        end = text.rfind("\r", 0, len(text) - 1) + 1
    return text[:end], text[end:]
