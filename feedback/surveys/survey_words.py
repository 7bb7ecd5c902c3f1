"""The parts of a survey in words: its texts, its placeholders, and what a rule does."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from feedback.models import About, Rating, Rule
from feedback.surveys.wording import HIGH, LOW, MIDDLE, NEUTRAL
from triangle import typography

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

TEXTS: dict[str, StrOrPromise] = {
    "subject": gettext_lazy("Subject of the mail"),
    "body": gettext_lazy("Text of the mail"),
    "reminder_subject": gettext_lazy("Subject of the reminder"),
    "reminder_body": gettext_lazy("Text of the reminder"),
    "intro": gettext_lazy("Words above the question"),
    "thanks": gettext_lazy("Words of thanks"),
}
BANDS: dict[str, StrOrPromise] = {
    LOW: gettext_lazy("Question after 0 to 6"),
    MIDDLE: gettext_lazy("Question after 7 or 8"),
    HIGH: gettext_lazy("Question after 9 or 10"),
    NEUTRAL: gettext_lazy("Question before a score"),
}
LISTS: dict[str, StrOrPromise] = {
    "criteria": gettext_lazy("Criteria of the grid"),
    "chips": gettext_lazy("Reasons to tap"),
    "readers": gettext_lazy("Who may read the answer"),
}
LANGUAGE_NAMES: dict[str, StrOrPromise] = {
    "fr": gettext_lazy("French"),
    "en": gettext_lazy("English"),
}
READERS: dict[str, StrOrPromise] = {
    Rating.Confidentiality.COMPANY: gettext_lazy("The company, with the name"),
    Rating.Confidentiality.NAMED: gettext_lazy("The company and the partner, with the name"),
    Rating.Confidentiality.AGGREGATED: gettext_lazy("The company, without any name"),
}
PLACEHOLDERS: dict[str, StrOrPromise] = {
    "first_name": gettext_lazy("first name of who is asked"),
    "company": gettext_lazy("name of the company"),
    "intervention": gettext_lazy("the intervention: service, partner, day and hour, client"),
    "service": gettext_lazy("the service"),
    "partner": gettext_lazy("the partner"),
    "client": gettext_lazy("the client, when it is a company"),
    "day": gettext_lazy("day of the intervention"),
    "until": gettext_lazy("last day of the link (mails only)"),
    "manager": gettext_lazy("the client’s manager (mails only)"),
    "scores": gettext_lazy("the eleven scores, alone on a line (mails only)"),
    "link": gettext_lazy("the link without a score; alone in a paragraph, a button (mails only)"),
}


def label_of(place: str) -> str:
    """In words, without the language: "fr.questions.low" is "Question after 0 to 6"."""
    parts = place.split(".")
    if len(parts) == 1:
        return str(LISTS[place])
    if parts[1] == "questions":
        return str(BANDS[parts[2]])
    if parts[1] == "by_discipline":
        return f"{'.'.join(parts[2:-1])} · {BANDS[parts[-1]]}"
    return str(TEXTS[parts[1]])


def rule(one: Rule) -> str:
    """Such as "2 h after the intervention, reminder after 4 days, for Yoga"."""
    parts = [_when(one), _reminders(one.reminder_days)]
    if audience := _audience(one):
        parts.append(_("for %(audience)s") % {"audience": audience})
    return ", ".join(parts)


def _when(one: Rule) -> str:
    if one.survey.is_periodic:
        days = one.every_days or 0
        return ngettext("every %(days)s day", "every %(days)s days", days) % {"days": days}
    said = {"delay": _delay(one.delay_hours)}
    match one.survey.about:
        case About.CANCELLATION:
            return _("%(delay)s after the cancellation") % said
        case About.ONBOARDING:
            return _("%(delay)s after the onboarding") % said
    return _("%(delay)s after the intervention") % said


def _delay(hours: int) -> str:
    if hours < 48 or hours % 24:
        return f"{hours}{typography.NO_BREAK}h"
    days = hours // 24
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": days}


def _reminders(days: tuple[int, ...]) -> str:
    match days:
        case ():
            return _("no reminder")
        case (first,):
            return ngettext(
                "reminder after %(first)s day", "reminder after %(first)s days", first
            ) % {"first": first}
    return _("reminders after %(first)s and %(second)s days") % {
        "first": days[0],
        "second": days[1],
    }


def _audience(one: Rule) -> str:
    names: list[str] = []
    kinds: tuple[Iterable[object], ...] = (
        one.disciplines.all(),
        one.settings.all(),
        one.segments.all(),
    )
    for rows in kinds:
        names += [str(row) for row in rows]
    return ", ".join(names)
