"""Whether a mail, as it will really be, lets its reader answer and stop: both parts are read."""

from __future__ import annotations

import re
from datetime import datetime
from html.parser import HTMLParser

from django.utils.translation import gettext as _
from django.utils.translation import override

from feedback.models import Survey
from feedback.sending import mails
from feedback.sending.mails import Doors, Letter
from feedback.sending.skeletons import SCORES
from feedback.surveys import samples
from feedback.surveys.wording import LANGUAGES, Content, Problem

ADDRESS = re.compile(r"https?://[^\s<>]+")


def problems(survey: Survey, content: Content, *, now: datetime) -> list[Problem]:
    """One at each body whose mail lacks a link; the texts themselves are known to be good."""
    found = []
    for language in LANGUAGES:
        for name, is_reminder in (("body", False), ("reminder_body", True)):
            with override(language):
                sample = samples.invitation(survey, language=language, now=now)
            doors = mails.doors(sample)
            letter = mails.letter(
                sample, content, language=language, is_reminder=is_reminder, doors=doors
            )
            has_scores = "{scores}" in getattr(content.words(language), name)
            if not _is_whole(letter, doors, has_scores=has_scores):
                message = _("The mail written with this text has no working link.")
                found.append(Problem(f"{language}.{name}", message))
    return found


def _is_whole(letter: Letter, doors: Doors, *, has_scores: bool) -> bool:
    needed = {f"{doors.opt_out}?scope=survey", f"{doors.opt_out}?scope=all"}
    if has_scores:
        needed |= {f"{doors.answer}{score}/" for score in SCORES}
    else:
        needed.add(doors.answer)
    return needed <= _addresses(letter.html) and needed <= set(ADDRESS.findall(letter.text))


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {value for name, value in attrs if tag == "a" and name == "href" and value}


def _addresses(html: str) -> set[str]:
    parser = _Links()
    parser.feed(html)
    return parser.found
