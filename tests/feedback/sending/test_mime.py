"""The bytes of a mail say what Django's own way says."""

from email import message_from_bytes
from email.policy import default

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.message import BadHeaderError

from feedback.sending import mime
from tests.factories import NOON, InvitationFactory

MARKS = {"Message-ID": "<1@example.org>", "Date": "Tue, 10 Mar 2026 12:00:00 +0100"}


def written(subject="Hello", body="Text", html="<p>HTML</p>", to="a@example.org", **headers):
    message = EmailMultiAlternatives(
        subject, body, "Company <c@example.org>", [to], headers={**MARKS, **headers}
    )
    message.attach_alternative(html, "text/html")
    return message


def read(content):
    """Headers but for the marks of the parts, and the parts as text."""
    message = message_from_bytes(content, policy=default)
    headers = {name: value.strip() for name, value in message.items() if name != "Content-Type"}
    parts = [
        (part.get_content_type(), part.get_content().splitlines()) for part in message.iter_parts()
    ]
    return headers, parts


def same(message):
    ours = mime.content_of(message)
    assert read(ours) == read(message.message().as_bytes(linesep="\r\n"))
    assert ours.count(b"\n") == ours.count(b"\r\n")
    assert max(map(len, ours.split(b"\r\n"))) <= mime.MOST_CHARACTERS
    return ours


@pytest.mark.parametrize(
    "message",
    [
        written(),
        written(subject="Comment était « Yoga » ? " * 5),
        written(subject="A subject of many plain words " * 8),
        written(to="Zoé Lefèvre <zoe@example.org>"),
        written(to='"Ferrand, Nadia" <nadia@example.org>'),
        written(to="zoe@exämple.org"),
        written(body="Zeile\n.\n..\nété\u2028end\n\n"),
        written(body="a\rb\r\nc\n\nd"),
        written(html="<p>" + "é" * 3000 + "</p>\n<p>=20 = </p>"),
        written(html="x" * 2000 + "\n" + "trailing  \n"),
        written(body=""),
        written(html=""),
        written(**{"X-Name": "é" * 200, "List-Unsubscribe": f"<https://e.org/{'a' * 200}>"}),
    ],
)
def test_it_reads_the_same(message):
    same(message)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("wave", [0, 1])
def test_our_own_mails_read_the_same(language, wave):
    from feedback.sending import mails

    one = InvitationFactory(language=language)
    same(mails.invitation(one, wave=wave, now=NOON))


@pytest.mark.parametrize("value", ["a\r\nBcc: b@example.org", "a\nb", "a\rb"])
def test_nobody_adds_a_header(value):
    with pytest.raises(BadHeaderError):
        mime.content_of(written(subject=value))


def test_any_other_message_takes_djangos_way():
    message = EmailMessage("Hello", "Text", "c@example.org", ["a@example.org"], headers=MARKS)
    assert mime.content_of(message) == message.message().as_bytes(linesep="\r\n")
