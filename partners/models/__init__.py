from partners.models.debrief import Debrief
from partners.models.grid import Assessment, AssessmentScore, Criterion, CriterionGrid
from partners.models.intervention import CancelledBy, Intervention, Status
from partners.models.partner import Partner
from partners.models.scoped import ScopedFact

__all__ = [
    "Assessment",
    "AssessmentScore",
    "CancelledBy",
    "Criterion",
    "CriterionGrid",
    "Debrief",
    "Intervention",
    "Partner",
    "ScopedFact",
    "Status",
]
