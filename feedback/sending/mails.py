"""The invitation as a mail: eleven personal links, in the words and the language of its reader."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from feedback import matters
from feedback.matters import Matter
from feedback.models import About, Invitation, Rating
from feedback.sending import recipients, skeletons
from feedback.surveys import versions
from feedback.surveys.wording import Content
from triangle import links, typography

# Words stand between the day and the hour, and no line may break inside the hour.
WHEN = {"en": r"l j F \a\t H:i", "fr": "l j F à G\xa0\\h\xa0i"}
DAY = "j\xa0F"


@dataclass(frozen=True)
class Doors:
    """Where the links of a mail lead."""

    answer: str  # a score and a slash follow it
    opt_out: str


@dataclass(frozen=True)
class Letter:
    subject: str
    text: str
    html: str


def invitation(invitation: Invitation, *, wave: int, now: datetime) -> EmailMultiAlternatives:
    """The whole message; the same invitation and wave always has the same Message-ID."""
    language = reading_language(invitation.language)
    content = versions.content_of(invitation)
    written_letter = letter(
        invitation, content, language=language, is_reminder=wave > 0, doors=doors(invitation)
    )
    name, email = one_line(recipients.name_of(invitation)), recipients.email_of(invitation)
    message = EmailMultiAlternatives(
        subject=written_letter.subject,
        body=written_letter.text,
        from_email=sender(one_line(matters.of(invitation).manager)),
        to=[formataddr((name, email))],
        headers=_headers(invitation, wave=wave, now=now),
    )
    message.attach_alternative(written_letter.html, "text/html")
    return message


def letter(
    invitation: Invitation, content: Content, *, language: str, is_reminder: bool, doors: Doors
) -> Letter:
    skeleton = skeletons.of(
        content.words(language), invitation.about, language, is_reminder=is_reminder
    )
    with override(language):
        values = all_values(invitation, content, language, doors)
    subject, text, html = skeleton.fill(values)
    return Letter(one_line(subject), text, html)


def all_values(
    invitation: Invitation, content: Content, language: str, doors: Doors
) -> dict[str, str]:
    """For every hole of a skeleton, in the language that is on."""
    return {
        **facts(invitation, language),
        "link": doors.answer,
        skeletons.ANSWER: doors.answer,
        skeletons.READ_BY: _read_by(invitation, content),
        skeletons.OPT_OUT_SURVEY: f"{doors.opt_out}?scope=survey",
        skeletons.OPT_OUT_ALL: f"{doors.opt_out}?scope=all",
    }


def doors(invitation: Invitation) -> Doors:
    opt_out = links.address(reverse("opt-out", args=[invitation.opt_out_token]))
    return Doors(links.address(_door(invitation)), opt_out)


def _door(invitation: Invitation) -> str:
    if invitation.about == About.PULSE:
        return reverse("pulse", args=[invitation.token])
    if invitation.about == About.DEBRIEF and invitation.intervention:
        return reverse("partner-link", args=[invitation.intervention.debrief_request.token])
    return reverse("answer", args=[invitation.token])


def facts(invitation: Invitation, language: str) -> dict[str, str]:
    """What each placeholder stands for, in the language that is on; empty where it is unknown."""
    matter = matters.of(invitation)
    zone = timezone.get_default_timezone()
    at, until = matter.at.astimezone(zone), invitation.expires_at.astimezone(zone)
    return {
        "first_name": first_name(one_line(recipients.name_of(invitation))),
        "company": settings.COMPANY_NAME,
        "intervention": phrase(matter, language, with_partner=invitation.about != About.DEBRIEF),
        "service": one_line(matter.service),
        "partner": one_line(matter.partner),
        "client": one_line(matter.client),
        "day": written(at, DAY, language),
        "until": written(until, DAY, language),
        "manager": one_line(matter.manager),
    }


def phrase(matter: Matter, language: str, *, with_partner: bool) -> str:
    """The intervention in a few words; nothing where there was none."""
    if not matter.service:
        return ""
    at = matter.at.astimezone(timezone.get_default_timezone())
    said = {
        "service": typography.quoted(one_line(matter.service), language),
        "partner": one_line(matter.partner),
        "when": written(at, WHEN[language], language),
        "client": one_line(matter.client),
    }
    match bool(said["partner"]) and with_partner, bool(said["client"]):
        case True, True:
            return _("%(service)s with %(partner)s, on %(when)s, at %(client)s") % said
        case True, False:
            return _("%(service)s with %(partner)s, on %(when)s") % said
        case False, True:
            return _("%(service)s, on %(when)s, at %(client)s") % said
    return _("%(service)s, on %(when)s") % said


def _read_by(invitation: Invitation, content: Content) -> str:
    """Who reads the answer, unless the reader chooses otherwise on the page."""
    company = settings.COMPANY_NAME
    partner = one_line(matters.of(invitation).partner)
    said = {"company": company, "partner": partner}
    if invitation.about == About.PULSE:
        return _("Your answer is anonymous: nobody can tell who said what.")
    reader = content.readers[0] if content.readers else Rating.Confidentiality.COMPANY
    if reader == Rating.Confidentiality.AGGREGATED:
        return _("Your answer is read by %(company)s, without any name.") % said
    if reader == Rating.Confidentiality.NAMED and partner:
        return _("Your answer is read by %(company)s and by %(partner)s, with your name.") % said
    if partner:
        return (
            _("Your answer is read by %(company)s; your name is not passed on to %(partner)s.")
            % said
        )
    return _("Your answer is read by %(company)s.") % said


def reading_language(language: str) -> str:
    """The one of our two languages a person reads."""
    return "fr" if language.lower().startswith("fr") else "en"


def one_line(text: str) -> str:
    """A name as it may stand in a header: no line break, no control character."""
    return " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())


def written(at: datetime, pattern: str, language: str) -> str:
    return date_format(at, typography.day_pattern(pattern, at.date(), language))


def first_name(name: str) -> str:
    """How we greet; a title such as "Dr." is no name, then the whole name is said."""
    first, _space, _rest = name.partition(" ")
    return name if first.endswith(".") else first


def sender(manager: str) -> str:
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    company = settings.COMPANY_NAME
    return formataddr((f"{manager}, {company}" if manager else company, address))


def _headers(invitation: Invitation, *, wave: int, now: datetime) -> dict[str, str]:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    opt_out = links.address(reverse("opt-out", args=[invitation.opt_out_token]))
    return {
        "Message-ID": f"<invitation.{invitation.token_hash[:24]}.{wave}@{domain}>",
        "Date": format_datetime(now),
        "X-Invitation": str(invitation.pk),
        "X-Wave": str(wave),
        "Auto-Submitted": "auto-generated",
        "List-Unsubscribe": f"<{opt_out}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
