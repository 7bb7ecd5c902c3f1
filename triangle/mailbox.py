"""The mails that would have left, as Django's file backend wrote them; newest first.

A file holds every mail of one connection, each followed by a line of 79 dashes. A mail's name is
its file's and the byte where it starts, so one mail is read without the others.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from itertools import islice
from pathlib import Path

from django.utils.timezone import is_aware

RULER = b"\n" + b"-" * 79 + b"\n"
NAME = re.compile(r"(?P<file>\d{8}-\d{6}-\d{1,20})\.(?P<start>\d{1,12})", re.ASCII)
PAGE_SIZE = 50  # mails


@dataclass(frozen=True)
class Envelope:
    name: str
    subject: str
    sender: str
    recipient: str
    sent_at: datetime | None


@dataclass(frozen=True)
class Letter:
    envelope: Envelope
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str


def newest(folder: Path, *, before: str = "", size: int = PAGE_SIZE) -> list[Envelope]:
    """One page of envelopes; `before` is the name of the last mail of the page before."""
    parser = BytesHeaderParser(policy=policy.default)
    found = islice(_backwards(folder, before), size)
    return [_envelope(name, parser.parsebytes(content)) for name, content in found]


def read(folder: Path, name: str) -> Letter | None:
    """None when there is no such mail."""
    place = NAME.fullmatch(name)
    path = folder / f"{place['file']}.log" if place else None
    if place is None or path is None or not path.is_file():
        return None
    content = path.read_bytes()
    start = int(place["start"])
    end = content.find(RULER, start)
    if end < 0 or (start and content[start - len(RULER) : start] != RULER):
        return None
    message = message_from_bytes(content[start:end], policy=policy.default)
    return Letter(
        envelope=_envelope(name, message),
        headers=tuple((key, str(value)) for key, value in message.items()),
        text=_part(message, "plain"),
        html=_part(message, "html"),
    )


def _backwards(folder: Path, before: str) -> Iterator[tuple[str, bytes]]:
    place = NAME.fullmatch(before)
    for path in sorted(folder.glob("*.log"), reverse=True):
        if place and path.stem > place["file"]:
            continue
        end = int(place["start"]) if place and path.stem == place["file"] else None
        yield from _mails(path, end)


def _mails(path: Path, end: int | None) -> Iterator[tuple[str, bytes]]:
    """The mails of one file that end at or before a byte, last first; an unfinished one waits."""
    if not path.stat().st_size:
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        stop = content.rfind(RULER, 0, len(content) if end is None else end)
        while stop >= 0:
            ruler = content.rfind(RULER, 0, stop)
            start = ruler + len(RULER) if ruler >= 0 else 0
            yield f"{path.stem}.{start}", content[start:stop]
            stop = ruler


def _envelope(name: str, message: EmailMessage) -> Envelope:
    return Envelope(
        name=name,
        subject=str(message.get("Subject", "")),
        sender=str(message.get("From", "")),
        recipient=str(message.get("To", "")),
        sent_at=_instant(str(message.get("Date", ""))),
    )


def _instant(text: str) -> datetime | None:
    try:
        instant = parsedate_to_datetime(text)
    except ValueError:
        return None
    return instant if is_aware(instant) else None


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if isinstance(part, EmailMessage) else ""
