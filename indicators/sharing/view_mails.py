"""A saved view as a mail: its figures in words, the whole as a PDF, and the way to the page."""

from __future__ import annotations

from datetime import datetime
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from indicators.files import exports
from indicators.files.exports import Export
from indicators.files.pdf import said
from indicators.models import SavedView, ViewSchedule
from indicators.sharing.saved_views import choice_of, one_line, scope_of
from triangle.links import address
from triangle.models import User
from triangle.periods import local_day


def message(schedule: ViewSchedule, *, to: User, now: datetime) -> EmailMultiAlternatives:
    """In the language of its reader, with the rows its reader may see."""
    view = schedule.view
    with override(to.language):
        export = _export(view, to=to, now=now)
        name = one_line(view.name)
        page = {
            "company": settings.COMPANY_NAME,
            "language": to.language,
            "name": name,
            "by": "" if view.owner_id == to.pk else str(view.owner),
            "words": export.words,
            "figures": _figures(export),
            "address": address(view.address),
        }
        mail = EmailMultiAlternatives(
            subject=_("%(name)s: %(period)s") % {"name": name, "period": export.words[0]},
            body=render_to_string("indicators/mail_view.txt", page),
            from_email=formataddr((settings.COMPANY_NAME, _sender())),
            to=[formataddr((one_line(str(to)), to.email))],
            headers={
                "Message-ID": f"<view.{schedule.pk}.{now:%Y%m%d%H%M%S}.{to.pk}@{_domain()}>",
                "Auto-Submitted": "auto-generated",
            },
        )
        mail.attach_alternative(render_to_string("indicators/mail_view.html", page), "text/html")
        mail.attach(export.file_name("pdf"), export.pdf(), "application/pdf")
    return mail


def _export(view: SavedView, *, to: User, now: datetime) -> Export:
    today = local_day(now)
    scope, choice = scope_of(view.query, user=to), choice_of(view.query, today=today)
    if view.page == SavedView.Page.PARTNERS:
        return exports.of_partners(scope, choice, form="pdf")
    if view.page == SavedView.Page.GAPS:
        return exports.of_gaps(scope, choice, form="pdf")
    return exports.of_dashboard(scope, choice, today=today)


def _figures(export: Export) -> list[tuple[str, str, str]]:
    """Name, value and n of the tiles; boards of partners and of gaps are in the file alone."""
    if export.name != "dashboard":
        return []
    return [(said(row[0]), said(row[1]) or "–", said(row[4])) for row in export.tables[0].rows]


def _sender() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def _domain() -> str:
    return _sender().rpartition("@")[2]
