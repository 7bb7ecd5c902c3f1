from feedback.models.delivery import Delivery, MailEvent, Recipient
from feedback.models.draft import Draft
from feedback.models.imports import ImportRun
from feedback.models.invitation import Invitation, LinkOpening, Suppression
from feedback.models.pulse import PulseAnswer
from feedback.models.rating import (
    IMPORTANCE_FIELDS,
    NOT_APPLICABLE,
    SATISFACTION_FIELDS,
    Rating,
)
from feedback.models.survey import (
    OF_CLIENT,
    SLOTS,
    About,
    ContactPolicy,
    RatingCriterion,
    ReasonChip,
    Rule,
    Survey,
    SurveyVersion,
)
from feedback.models.theme import RatingTheme, Theme, ThemeDictionary, ThemeTerm, themes_on

__all__ = [
    "IMPORTANCE_FIELDS",
    "NOT_APPLICABLE",
    "OF_CLIENT",
    "SATISFACTION_FIELDS",
    "SLOTS",
    "About",
    "ContactPolicy",
    "Delivery",
    "Draft",
    "ImportRun",
    "Invitation",
    "LinkOpening",
    "MailEvent",
    "PulseAnswer",
    "Rating",
    "RatingCriterion",
    "RatingTheme",
    "ReasonChip",
    "Recipient",
    "Rule",
    "Suppression",
    "Survey",
    "SurveyVersion",
    "Theme",
    "ThemeDictionary",
    "ThemeTerm",
    "themes_on",
]
