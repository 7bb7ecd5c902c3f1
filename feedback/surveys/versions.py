"""Which texts and questions hold: those an invitation was opened with, else the survey's latest."""

from __future__ import annotations

from feedback.models import Invitation, Survey, SurveyVersion
from feedback.surveys import default_wording, wording
from feedback.surveys.wording import Content


def current(survey: Survey) -> SurveyVersion | None:
    """The one with the highest number."""
    return SurveyVersion.objects.filter(survey=survey).order_by("-number").first()


def content_of(invitation: Invitation) -> Content:
    """A reminder says what belongs to the first mail, whatever was published in between."""
    return content(invitation.version or current(invitation.survey), invitation.about)


def content(version: SurveyVersion | None, about: str) -> Content:
    """A survey made by hand in the admin says what we would have said."""
    return wording.from_json(version.content) if version else default_wording.content(about)
