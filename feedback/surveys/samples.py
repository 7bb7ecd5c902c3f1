"""An invitation nobody will get: what a preview, a test mail and the last check are made of."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Client, Contact
from feedback.models import About, Invitation, Survey
from partners.models import DebriefRequest, Intervention, Partner, Status
from triangle.models import Discipline, Service, User


def invitation(
    survey: Survey, *, language: str, now: datetime, intervention: Intervention | None = None
) -> Invitation:
    """Not saved, in the language that is on; about this intervention, else an invented one."""
    source = intervention or _invented(language, now=now)
    client = source.client
    contact = source.contact or Contact(client=client, name="Nadia Ferrand", language=language)
    sample = Invitation(
        survey=survey,
        about=survey.about,
        language=language,
        partner=source.partner,
        due_at=now,
        expires_at=now + timedelta(days=survey.expires_days),
    )
    if survey.about != About.PULSE:
        sample.client, sample.contact = client, contact
    if survey.about in (About.INTERVENTION, About.CANCELLATION, About.DEBRIEF):
        sample.intervention, sample.service = source, source.service
        DebriefRequest(intervention=source)  # its link opens nothing
    elif survey.about != About.PULSE:
        sample.partner = None
    return sample


def _invented(language: str, *, now: datetime) -> Intervention:
    yesterday = timezone.localtime(now, timezone.get_default_timezone()) - timedelta(days=1)
    at = yesterday.replace(hour=12, minute=30, second=0, microsecond=0)
    client = Client(
        name="Lumen Assurances",
        language=language,
        manager=User(first_name="Claire", last_name="Morvan"),
    )
    discipline = Discipline(code="sample", name_en="Massage", name_fr="Massage")
    return Intervention(
        client=client,
        contact=Contact(client=client, name="Nadia Ferrand", language=language),
        service=Service(name=_("Chair massage"), discipline=discipline),
        partner=Partner(name="Julien Marchetti", language=language),
        status=Status.COMPLETED,
        scheduled_at=at,
        completed_at=at + timedelta(hours=1),
    )
