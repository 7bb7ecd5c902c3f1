"""A mail of a survey to oneself, to see it where it will be read; its links open previews only."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from feedback import matters
from feedback.models import Survey
from feedback.sending import mails
from feedback.sending.mails import Doors
from feedback.surveys import samples, surveys
from feedback.surveys.wording import BadWording, Content
from triangle import journal, links
from triangle.errors import Refused
from triangle.models import JournalEntry, User

KIND = "survey.tried"
MOST = 10  # mails
WITHIN = timedelta(hours=1)


class TooManyTrials(Refused):
    """Enough mails to oneself for now."""


class NotSent(Refused):
    """The mail server did not take it."""


def send(
    survey: Survey, content: Content, *, language: str, is_reminder: bool, to: User, now: datetime
) -> None:
    """Only ever to the one who asks, at the address of the account."""
    if found := surveys.problems(survey, content, now=now):
        raise BadWording(found)
    entries = JournalEntry.objects.about(survey).filter(kind=KIND, actor=to)
    if entries.filter(at__gt=now - WITHIN).count() >= MOST:
        raise TooManyTrials(_("Ten test mails within an hour are enough; try again later."))
    with override(language):
        sample = samples.invitation(survey, language=language, now=now)
        prefix = _("[Test]")
    letter = mails.letter(
        sample, content, language=language, is_reminder=is_reminder, doors=doors(survey, language)
    )
    message = EmailMultiAlternatives(
        subject=f"{prefix} {letter.subject}",
        body=letter.text,
        from_email=mails.sender(matters.of(sample).manager),
        to=[to.email],
        headers={"Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(letter.html, "text/html")
    # Noted first: a mail that hangs counts, so that nobody can press for ever.
    journal.record(KIND, survey, now=now, actor=to, language=language)
    try:
        message.send()
    except Exception as error:
        raise NotSent(_("The mail server did not take it; nothing was sent.")) from error


def doors(survey: Survey, language: str) -> Doors:
    """A score follows the address, as in a real mail."""
    preview = links.address(reverse("survey-sample", args=[survey.pk, language]))
    return Doors(answer=preview, opt_out=preview)
