"""The line to the mail server: a refusal may be tried again, a cut may not.

With SMTP the conversation is held here, command by command: only so is it known whether the line
broke before the message began to leave, which may be tried again, or after, which may not.
"""

from __future__ import annotations

import re
import smtplib
import time
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parseaddr
from functools import lru_cache
from types import TracebackType
from typing import Self

from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend
from django.core.mail.message import sanitize_address

from feedback.sending import mime
from feedback.sending.refusals import Refusal, Stage, meaning

PLAIN = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]+", re.ASCII)
REMEMBERED = 10  # mails, about, in the mean duration
CUTS_IN_A_ROW = 3  # each leaves a mail in doubt: then the line is left alone for a while
GONE = (smtplib.SMTPServerDisconnected, OSError)

Reply = tuple[int, bytes]


class Unreachable(Exception):  # noqa: N818 - an answer of the line
    """Nobody took the call, or takes no mail now; nothing was handed over."""


class Declined(Exception):  # noqa: N818 - an answer of the line
    """The server said no to this message."""

    def __init__(self, reason: str, refusal: Refusal) -> None:
        super().__init__(reason)
        self.refusal = refusal


class Cut(Exception):  # noqa: N818 - an answer of the line
    """The line broke while the message was leaving; it may have arrived."""

    def __init__(self, reason: str, *, has_stalled: bool = False) -> None:
        super().__init__(reason)
        self.has_stalled = has_stalled


@dataclass(frozen=True)
class Parcel:
    """A message made ready, so that nothing can fail between "it leaves now" and its leaving."""

    message: EmailMessage
    sender: str = ""
    recipient: str = ""
    content: bytes = b""  # as it goes over an SMTP line; empty for other kinds of backend


class Line:
    """One connection for many messages; once it failed it stays down, so that a tick ends soon."""

    def __init__(self, backend: BaseEmailBackend | None = None) -> None:
        self._backend = backend or mail.get_connection()
        self._smtp = self._backend if isinstance(self._backend, SmtpBackend) else None
        self._failure = ""
        self._cuts = 0
        self.seconds_each = 0.01  # that a mail takes to leave: of the last ones, at first a guess

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._hang_up()

    @property
    def is_down(self) -> bool:
        return bool(self._failure)

    def open(self) -> None:
        """Make sure somebody listens; to be called before anything is noted as leaving."""
        if self._failure:
            raise Unreachable(self._failure)
        try:
            self._backend.open()
            if self._smtp and self._smtp.connection:
                self._smtp.connection.ehlo_or_helo_if_needed()
        except Exception as error:  # whatever a backend raises, nothing has left
            self._hang_up()
            raise self._down(describe(error)) from error

    def pack(self, message: EmailMessage) -> Parcel:
        if self._smtp is None:
            return Parcel(message)
        [recipient] = message.recipients()
        return Parcel(
            message,
            sender=_bare(message.from_email),
            recipient=_bare(recipient),
            content=_leading_dots_doubled(mime.content_of(message)),
        )

    def hand_over(self, parcel: Parcel) -> str:
        """One message to one person; the id a provider gave it on accepting, empty with SMTP."""
        if self._failure:
            raise Unreachable(self._failure)
        started = time.monotonic()
        try:
            taken = self._by_smtp(parcel) if self._smtp else self._by_backend(parcel.message)
        except Cut as cut:
            self._cuts += 1
            if self._cuts >= CUTS_IN_A_ROW or cut.has_stalled:
                self._down(str(cut))
            raise
        finally:
            lasted = time.monotonic() - started
            self.seconds_each += (lasted - self.seconds_each) / REMEMBERED
        self._cuts = 0
        return taken

    def _by_smtp(self, parcel: Parcel) -> str:
        self._call(parcel)
        smtp = self._connection
        try:
            self._expect(smtp.rcpt(parcel.recipient), {250, 251}, Stage.RECIPIENT)
            self._expect(smtp.docmd("DATA"), {354}, Stage.MESSAGE)
        except ValueError as error:  # an address no command can hold
            self._hang_up()
            raise Declined(describe(error), Refusal.OURS) from error
        except GONE as error:  # over this mail, it seems: nothing has left, another may pass
            self._hang_up()
            if _has_stalled(error):
                self._down(describe(error))
            raise Declined(describe(error), Refusal.BUSY) from error
        try:
            smtp.send(parcel.content)
            reply = smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self._hang_up()
            raise Cut(describe(error), has_stalled=_has_stalled(error)) from error
        if reply[0] < 0:
            self._hang_up()
            raise Cut(f"no answer but {reply[1]!r}"[:500])
        self._expect(reply, {250}, Stage.MESSAGE)
        return ""

    def _call(self, parcel: Parcel) -> None:
        """Name the sender. A server hangs up on a line that was idle: then call once more."""
        for is_last in (False, True):
            self.open()
            smtp = self._connection
            size = [f"size={len(parcel.content)}"] if smtp.has_extn("size") else []
            try:
                return self._expect(smtp.mail(parcel.sender, size), {250}, Stage.SENDER)
            except GONE as error:
                self._hang_up()
                if is_last:
                    raise self._down(describe(error)) from error
        return None

    @property
    def _connection(self) -> smtplib.SMTP:
        smtp = self._smtp.connection if self._smtp else None
        if smtp is None:
            raise self._down("no connection")
        return smtp

    def _expect(self, reply: Reply, good: set[int], stage: Stage) -> None:
        code, said = reply
        if code in good:
            return
        reason = f"{code} {said.decode(errors='replace')}"[:500]
        refusal = meaning(code, reason, stage)
        if refusal is Refusal.AWAY or code < 0:
            self._hang_up()
            raise self._down(reason)
        try:
            self._connection.rset()
        except (smtplib.SMTPException, OSError):
            self._hang_up()
        raise Declined(reason, refusal)

    def _by_backend(self, message: EmailMessage) -> str:
        """A provider's API, a folder, a test's outbox."""
        try:
            self._backend.send_messages([message])
        except AnymailRecipientsRefused as error:
            raise Declined(describe(error), Refusal.NEVER) from error
        except AnymailAPIError as error:
            raise self._answer_of_api(error) from error
        except ImproperlyConfigured as error:
            raise self._down(describe(error)) from error
        except AnymailError as error:  # what the provider cannot do: nothing was sent
            raise Declined(describe(error), Refusal.OURS) from error
        except Exception as error:
            raise Cut(describe(error)) from error
        status = getattr(message, "anymail_status", None)
        return str(getattr(status, "message_id", None) or "")

    def _answer_of_api(self, error: AnymailAPIError) -> Exception:
        """Too many requests or no permission is not the mail's fault; a 5xx may have taken it."""
        code = error.status_code or 500
        if code in {401, 403, 429}:
            return self._down(describe(error))
        if 400 <= code < 500:
            return Declined(describe(error), Refusal.NEVER)
        return Cut(describe(error))

    def _down(self, reason: str) -> Unreachable:
        self._failure = reason
        return Unreachable(reason)

    def _hang_up(self) -> None:
        with suppress(Exception):  # nothing is lost on a line that is given up
            self._backend.close()


def _has_stalled(error: BaseException) -> bool:
    """smtplib tells a line that is silent too long as one that was closed."""
    return isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)


def describe(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]


@lru_cache(maxsize=1024)
def _bare(address: str) -> str:
    """nadia@example.org, without the name before it, as an SMTP command can hold it."""
    bare = parseaddr(address)[1]
    return bare if PLAIN.fullmatch(bare) else parseaddr(sanitize_address(address, "utf-8"))[1]


def _leading_dots_doubled(content: bytes) -> bytes:
    """The message as DATA carries it, with the line of one dot that ends it (RFC 5321, 4.5.2)."""
    body = content if content.endswith(b"\r\n") else content + b"\r\n"
    return (b"." if body.startswith(b".") else b"") + body.replace(b"\r\n.", b"\r\n..") + b".\r\n"
