from datetime import UTC, datetime

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.filebased import EmailBackend

from triangle import mailbox


def letter(subject):
    message = EmailMultiAlternatives(
        subject, "Texte : https://x.example/r/1/", "avis@example.org", ["nadia@example.org"]
    )
    message.attach_alternative("<p>Réponse</p>", "text/html")
    return message


def post(folder, *subjects):
    backend = EmailBackend(file_path=str(folder))
    backend.send_messages([letter(subject) for subject in subjects])


def write(folder, stem, *subjects):
    content = b"".join(letter(s).message().as_bytes() + mailbox.RULER for s in subjects)
    (folder / f"{stem}.log").write_bytes(content)


def subjects(envelopes):
    return [envelope.subject for envelope in envelopes]


def test_an_empty_or_missing_folder_has_no_mail(tmp_path):
    assert mailbox.newest(tmp_path) == []
    assert mailbox.newest(tmp_path / "missing") == []


def test_what_django_writes_is_read_newest_first(tmp_path):
    post(tmp_path, "Réponse 1", "Réponse 2")
    assert subjects(mailbox.newest(tmp_path)) == ["Réponse 2", "Réponse 1"]


def test_later_files_come_first(tmp_path):
    write(tmp_path, "20260102-000000-1", "third")
    write(tmp_path, "20260101-000000-99", "first", "second")
    assert subjects(mailbox.newest(tmp_path)) == ["third", "second", "first"]


def test_a_page_continues_where_the_one_before_ended(tmp_path):
    write(tmp_path, "20260102-000000-1", "d", "e")
    write(tmp_path, "20260101-000000-1", "a", "b", "c")
    first = mailbox.newest(tmp_path, size=3)
    second = mailbox.newest(tmp_path, before=first[-1].name, size=3)
    assert subjects(first) == ["e", "d", "c"]
    assert subjects(second) == ["b", "a"]


def test_a_mail_still_being_written_waits(tmp_path):
    write(tmp_path, "20260101-000000-1", "done")
    with (tmp_path / "20260101-000000-1.log").open("ab") as file:
        file.write(b"Subject: half")
    (tmp_path / "20260102-000000-1.log").write_bytes(b"")
    assert subjects(mailbox.newest(tmp_path)) == ["done"]


def test_one_mail_is_read_whole(tmp_path):
    post(tmp_path, "first", "Réponse")
    envelope = mailbox.newest(tmp_path)[0]
    read = mailbox.read(tmp_path, envelope.name)
    assert read.envelope == envelope
    assert read.envelope.recipient == "nadia@example.org"
    assert read.text == "Texte : https://x.example/r/1/"
    assert read.html == "<p>Réponse</p>"
    assert ("Subject", "Réponse") in read.headers


def test_a_name_that_is_not_a_mail_s_reads_nothing(tmp_path):
    write(tmp_path, "20260101-000000-1", "first", "second")
    for name in (
        "",
        "../x",
        "20260101-000000-1.7",
        "20260101-000000-1.99999",
        "20260101-000000-2.0",
    ):
        assert mailbox.read(tmp_path, name) is None


def test_a_date_that_cannot_be_read_is_unknown(tmp_path):
    for stem, date in [("20260101-000000-1", "yesterday"), ("20260101-000000-2", "")]:
        content = f"Subject: s\nDate: {date}\n\nx".encode() + mailbox.RULER
        (tmp_path / f"{stem}.log").write_bytes(content)
    assert [envelope.sent_at for envelope in mailbox.newest(tmp_path)] == [None, None]


def test_the_date_is_an_instant(tmp_path):
    content = b"Subject: s\nDate: Wed, 18 Nov 2026 10:05:00 +0100\n\nx" + mailbox.RULER
    (tmp_path / "20261118-100500-1.log").write_bytes(content)
    assert mailbox.newest(tmp_path)[0].sent_at == datetime(2026, 11, 18, 9, 5, tzinfo=UTC)
