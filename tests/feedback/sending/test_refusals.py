"""What the "no" of a mail server means."""

import pytest

from feedback.sending.refusals import WAITS_MINUTES, Refusal, Stage, meaning, wait_minutes

SENDER, RECIPIENT, MESSAGE = Stage


@pytest.mark.parametrize(
    ("code", "words", "stage", "refusal"),
    [
        (421, "closing", RECIPIENT, Refusal.AWAY),
        (450, "grey listed", RECIPIENT, Refusal.BUSY),
        (451, "4.7.1 try later", MESSAGE, Refusal.BUSY),
        (452, "disk full", MESSAGE, Refusal.FULL),
        (450, "4.2.2 over quota", RECIPIENT, Refusal.FULL),
        (550, "no such user", RECIPIENT, Refusal.NO_MAILBOX),
        (551, "moved", RECIPIENT, Refusal.NO_MAILBOX),
        (553, "bad name", RECIPIENT, Refusal.NO_MAILBOX),
        (554, "5.1.1 unknown", MESSAGE, Refusal.NO_MAILBOX),
        (550, "5.2.1 closed", RECIPIENT, Refusal.NO_MAILBOX),
        (550, "5.1.8 bad sender", RECIPIENT, Refusal.NEVER),
        (550, "5.7.1 not from you", RECIPIENT, Refusal.NEVER),
        (550, "blocked using dnsbl.example", RECIPIENT, Refusal.NEVER),
        (550, "Relaying denied", RECIPIENT, Refusal.NEVER),
        (550, "we do not like this text", MESSAGE, Refusal.NEVER),
        (552, "too large", MESSAGE, Refusal.NEVER),
        (552, "too large", SENDER, Refusal.NEVER),
        (530, "log in first", SENDER, Refusal.AWAY),
        (554, "no mail from you", SENDER, Refusal.AWAY),
        (550, "4.1.1 is said of another", RECIPIENT, Refusal.NO_MAILBOX),
        (550, "no box at 5.1.1.7, sorry", RECIPIENT, Refusal.NO_MAILBOX),
    ],
)
def test_each_no_has_its_meaning(code, words, stage, refusal):
    assert meaning(code, f"{code} {words}", stage) is refusal


def test_every_wait_is_longer_than_the_one_before():
    for refusal, waits in WAITS_MINUTES.items():
        tried = [wait_minutes(refusal, attempts) for attempts in range(1, 5)]
        assert tried == sorted(set(waits))


def test_the_last_wait_goes_on():
    assert wait_minutes(Refusal.BUSY, 9) == WAITS_MINUTES[Refusal.BUSY][-1]
