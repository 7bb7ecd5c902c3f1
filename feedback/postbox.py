"""The line to the mail server: a refusal may be tried again, a cut may not."""

from __future__ import annotations

import smtplib
from contextlib import suppress
from types import TracebackType
from typing import Self

from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class Unreachable(Exception):  # noqa: N818 - an answer of the line
    """Nobody took the call; nothing was handed over."""


class Declined(Exception):  # noqa: N818 - an answer of the line
    """The server said no to this message."""

    def __init__(self, reason: str, *, is_lasting: bool) -> None:
        super().__init__(reason)
        self.is_lasting = is_lasting


class Cut(Exception):  # noqa: N818 - an answer of the line
    """The line broke while the message was leaving; it may have arrived."""


class Line:
    """One connection for many messages; once it failed it stays down, so that a tick ends soon."""

    def __init__(self, backend: BaseEmailBackend | None = None) -> None:
        self._backend = backend or mail.get_connection()
        self._failure = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with suppress(Exception):
            self._backend.close()

    @property
    def is_down(self) -> bool:
        return bool(self._failure)

    def open(self) -> None:
        """Make sure somebody listens; to be called before anything is noted as leaving."""
        if self._failure:
            raise Unreachable(self._failure)
        try:
            if not self._is_alive():
                self._backend.open()
        except Exception as error:  # whatever a backend raises, nothing has left
            self._failure = describe(error)
            raise Unreachable(self._failure) from error

    def hand_over(self, message: EmailMessage) -> None:
        """One message to one person; returns when the server has accepted it."""
        try:
            self._backend.send_messages([message])
        except smtplib.SMTPRecipientsRefused as error:
            code, reason = next(iter(error.recipients.values()))
            raise _declined(code, reason) from error
        except smtplib.SMTPResponseException as error:
            raise _declined(error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPNotSupportedError as error:
            raise Declined(describe(error), is_lasting=True) from error
        except Exception as error:  # disconnected, timed out, or a backend of another kind
            self._failure = describe(error)
            raise Cut(self._failure) from error

    def _is_alive(self) -> bool:
        """A server hangs up on a line that was idle: ask before the message leaves."""
        smtp = getattr(self._backend, "connection", None)
        if not isinstance(smtp, smtplib.SMTP):
            return False
        with suppress(smtplib.SMTPException, OSError):
            if smtp.noop()[0] == 250:
                return True
        self._backend.close()
        return False


def describe(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]


def _declined(code: int, reason: bytes | str) -> Declined:
    text = reason.decode(errors="replace") if isinstance(reason, bytes) else reason
    return Declined(f"{code} {text}"[:500], is_lasting=code >= 500)
