"""What the "no" of a mail server means, and how long to wait before asking again.

A reply is a code of three digits, often followed by an enhanced code of three numbers (RFC 3463),
which knows better. An address is only given up for good on a word about the mailbox itself: a
server that dislikes us says 550 to everybody.
"""

from __future__ import annotations

import re
from enum import Enum, auto


class Stage(Enum):
    """What the server was told last."""

    SENDER = auto()
    RECIPIENT = auto()
    MESSAGE = auto()


class Refusal(Enum):
    AWAY = auto()  # the server as a whole: no mail's fault, all wait
    BUSY = auto()  # this mail for now: a grey list, a lock
    FULL = auto()  # this mail until somebody tidies: a full mailbox, a full disk
    OURS = auto()  # we could not write it, or its worker died
    NO_MAILBOX = auto()  # this address for good
    NEVER = auto()  # this mail for good: policy, size, a word about us


WAITS_MINUTES: dict[Refusal, tuple[int, ...]] = {  # after the first, second, ... attempt
    Refusal.BUSY: (5, 15, 60, 240),  # a grey list opens after some minutes
    Refusal.FULL: (60, 240, 720, 1440),
    Refusal.OURS: (1, 10, 60, 360),
}
AWAY_MINUTES = 1  # whoever waits for the server costs no attempt, so it need not wait longer

ENHANCED = re.compile(r"\b([45])\.(\d{1,3})\.(\d{1,3})\b")
ABOUT_US = re.compile(
    r"spam|block|black|deny|denied|policy|relay|reputation|listed|dnsbl|rbl|dmarc|dkim|\bspf\b|auth",
    re.IGNORECASE,
)
MAILBOX_CODES = {550, 551, 553}
ABOUT_SENDER = {7, 8}  # 5.1.7 and 5.1.8 speak of the sender's address


def meaning(code: int, words: str, stage: Stage) -> Refusal:
    if code == 421:
        return Refusal.AWAY
    enhanced = _enhanced(words, str(code)[0])
    if code < 500:
        return Refusal.FULL if code == 452 or enhanced == (2, 2) else Refusal.BUSY
    if stage is Stage.SENDER:
        return Refusal.NEVER if code == 552 else Refusal.AWAY  # who may not send at all waits
    if enhanced:
        return Refusal.NO_MAILBOX if _is_no_mailbox(*enhanced) else Refusal.NEVER
    is_about_mailbox = stage is Stage.RECIPIENT and code in MAILBOX_CODES
    return Refusal.NO_MAILBOX if is_about_mailbox and not ABOUT_US.search(words) else Refusal.NEVER


def wait_minutes(refusal: Refusal, attempts: int) -> int:
    """How long after so many attempts; the last wait goes on for whoever tries more often."""
    waits = WAITS_MINUTES[refusal]
    return waits[min(attempts, len(waits)) - 1]


def may_pass(refusal: Refusal) -> bool:
    return refusal in WAITS_MINUTES


def _enhanced(words: str, first: str) -> tuple[int, int] | None:
    """Subject and detail, such as (1, 1) of 5.1.1; an address in the words is not one."""
    found = ENHANCED.search(words)
    return (int(found[2]), int(found[3])) if found and found[1] == first else None


def _is_no_mailbox(subject: int, detail: int) -> bool:
    """5.1.x: bad destination; 5.2.1: a mailbox that was closed."""
    return (subject == 1 and detail not in ABOUT_SENDER) or (subject, detail) == (2, 1)
