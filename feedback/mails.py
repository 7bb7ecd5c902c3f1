"""The invitation as a mail: eleven personal links, in the language of its reader."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime, formataddr, parseaddr
from typing import Any

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from feedback.models import Invitation
from triangle import links, typography

SCORES = range(11)
# Words stand between the day and the hour, and no line may break inside the hour.
WHEN = {"en": r"l j F \a\t H:i", "fr": "l j F à G\xa0\\h\xa0i"}
DAY = "j\xa0F"

_INLINER = css_inline.CSSInliner(keep_style_tags=False, load_remote_stylesheets=False)


def invitation(invitation: Invitation, *, wave: int, now: datetime) -> EmailMultiAlternatives:
    """The whole message; the same invitation and wave always has the same Message-ID."""
    language = reading_language(invitation.language)
    with override(language):
        page = _page(invitation, language)
        message = EmailMultiAlternatives(
            subject=_subject(page),
            body=render_to_string("feedback/mail_invitation.txt", page),
            from_email=_sender(page["manager"]),
            to=[formataddr((page["name"], invitation.contact.email if invitation.contact else ""))],
            headers=_headers(invitation, wave=wave, now=now),
        )
        html = _INLINER.inline(render_to_string("feedback/mail_invitation.html", page))
        message.attach_alternative(html, "text/html")
    return message


def reading_language(language: str) -> str:
    """The one of our two languages a person reads."""
    return "fr" if language.lower().startswith("fr") else "en"


def one_line(text: str) -> str:
    """A name as it may stand in a header: no line break, no control character."""
    return " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())


def _page(invitation: Invitation, language: str) -> dict[str, Any]:
    intervention, client = invitation.intervention, invitation.client
    at = timezone.localtime(
        intervention.scheduled_at or intervention.completed_at or invitation.due_at,
        timezone.get_default_timezone(),
    )
    until = timezone.localtime(invitation.expires_at, timezone.get_default_timezone())
    name = one_line(invitation.contact.name if invitation.contact else "")
    answer = links.address(reverse("answer", args=[invitation.token]))
    opt_out = links.address(reverse("opt-out", args=[invitation.opt_out_token]))
    return {
        "company": settings.COMPANY_NAME,
        "company_address": settings.COMPANY_ADDRESS,
        "language": language,
        "name": name,
        "first_name": first_name(name),
        "client": "" if client.kind == client.Kind.INDIVIDUAL else one_line(client.name),
        "partner": one_line(invitation.partner.name if invitation.partner else ""),
        "service": one_line(invitation.service.name),
        "manager": one_line(client.manager.get_full_name() if client.manager else ""),
        "when": written(at, WHEN[language], language),
        "day": written(at, DAY, language),
        "until": written(until, DAY, language),
        "scores": [(score, f"{answer}{score}/") for score in SCORES],
        "answer_address": answer,
        "opt_out_survey": f"{opt_out}?scope=survey",
        "opt_out_all": f"{opt_out}?scope=all",
    }


def written(at: datetime, pattern: str, language: str) -> str:
    return date_format(at, typography.day_pattern(pattern, at.date(), language))


def first_name(name: str) -> str:
    """How we greet; a title such as "Dr." is no name, then the whole name is said."""
    first, _space, _rest = name.partition(" ")
    return name if first.endswith(".") else first


def _subject(page: dict[str, Any]) -> str:
    return _("%(company)s asks you: how was “%(service)s” on %(day)s?") % page


def _sender(manager: str) -> str:
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
