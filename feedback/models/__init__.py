from feedback.models.delivery import Delivery
from feedback.models.imports import ImportRun
from feedback.models.invitation import Invitation, LinkOpening, Suppression
from feedback.models.rating import (
    IMPORTANCE_FIELDS,
    NOT_APPLICABLE,
    SATISFACTION_FIELDS,
    Rating,
)
from feedback.models.survey import SLOTS, RatingCriterion, ReasonChip, Survey

__all__ = [
    "IMPORTANCE_FIELDS",
    "NOT_APPLICABLE",
    "SATISFACTION_FIELDS",
    "SLOTS",
    "Delivery",
    "ImportRun",
    "Invitation",
    "LinkOpening",
    "Rating",
    "RatingCriterion",
    "ReasonChip",
    "Suppression",
    "Survey",
]
