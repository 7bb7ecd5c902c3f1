"""A message as bytes for an SMTP line: what Django and the standard library would write, quicker.

Only for the one shape our mails have, a text part and an HTML part; any other message takes
Django's way.
"""

from __future__ import annotations

import re
import secrets
from base64 import b64encode
from binascii import b2a_qp
from collections.abc import Iterator

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.message import ADDRESS_HEADERS, BadHeaderError, sanitize_address

MOST_CHARACTERS = 998  # of a line (RFC 5322, 2.1.1)
ENCODED_AT_ONCE = 45  # bytes, 60 characters of base64
LINE_ENDS = re.compile(r"\r\n|\r|\n")


def content_of(message: EmailMessage) -> bytes:
    """Lines end in CR LF."""
    if not isinstance(message, EmailMultiAlternatives) or not _has_our_shape(message):
        return bytes(message.message().as_bytes(linesep="\r\n"))
    boundary = f"=_{secrets.token_hex(16)}"
    kind = f'multipart/alternative; boundary="{boundary}"'
    parts = [(str(message.body), "plain"), (str(message.alternatives[0][0]), "html")]
    lines = [
        f"Content-Type: {kind}",
        "MIME-Version: 1.0",
        *(_header(name, value) for name, value in _headers(message)),
        "",
        "",
    ]
    body = b"".join(_part(text, kind, boundary) for text, kind in parts)
    return "\r\n".join(lines).encode() + body + f"--{boundary}--\r\n".encode()


def _has_our_shape(message: EmailMultiAlternatives) -> bool:
    return (
        bool(message.body)
        and not message.attachments
        and not message.cc
        and not message.reply_to
        and message.encoding in (None, "utf-8")
        and [kind for _content, kind in message.alternatives] == ["text/html"]
        and {"date", "message-id"} <= {name.lower() for name in message.extra_headers}
        and not {"from", "to"} & {name.lower() for name in message.extra_headers}
    )


def _headers(message: EmailMultiAlternatives) -> Iterator[tuple[str, str]]:
    yield "Subject", str(message.subject)
    yield "From", message.from_email
    yield "To", ", ".join(map(str, message.to))
    yield from ((name, str(value)) for name, value in message.extra_headers.items())


def _header(name: str, value: str) -> str:
    """Words that are not ASCII are encoded as Django encodes them, addresses by their parts."""
    if "\n" in value or "\r" in value:
        raise BadHeaderError(f"a line break in {name}")
    if not value.isascii():
        is_address = name.lower() in ADDRESS_HEADERS
        value = sanitize_address(value, "utf-8") if is_address else _encoded(value)
    return f"{name}: {value}"


def _encoded(words: str) -> str:
    """Encoded words (RFC 2047) of at most 75 characters, each a line; none cuts a character."""
    chunks, start = [], 0
    content = words.encode()
    while start < len(content):
        end = min(start + ENCODED_AT_ONCE, len(content))
        while end < len(content) and content[end] & 0xC0 == 0x80:  # in the middle of a character
            end -= 1
        chunks.append(f"=?utf-8?b?{b64encode(content[start:end]).decode()}?=")
        start = end
    return "\r\n ".join(chunks)


def _part(text: str, kind: str, boundary: str) -> bytes:
    """As it is, or quoted where a line is longer than mail servers take."""
    content = "\r\n".join(LINE_ENDS.split(text)).encode() + b"\r\n"
    encoding = "7bit" if content.isascii() else "8bit"
    if max(map(len, content.split(b"\r\n"))) > MOST_CHARACTERS:
        content, encoding = b2a_qp(content, istext=True), "quoted-printable"
    head = (
        f"--{boundary}\r\n"
        f'Content-Type: text/{kind}; charset="utf-8"\r\n'
        "MIME-Version: 1.0\r\n"
        f"Content-Transfer-Encoding: {encoding}\r\n\r\n"
    )
    return head.encode() + content
