from partners.models.debrief import CONDITIONS, Debrief, DebriefRequest
from partners.models.grid import Assessment, AssessmentScore, Criterion, CriterionGrid
from partners.models.intervention import OPEN, PLANNED, CancelledBy, Intervention, Status
from partners.models.partner import Partner
from partners.models.scoped import Scoped, ScopedFact

__all__ = [
    "CONDITIONS",
    "OPEN",
    "PLANNED",
    "Assessment",
    "AssessmentScore",
    "CancelledBy",
    "Criterion",
    "CriterionGrid",
    "Debrief",
    "DebriefRequest",
    "Intervention",
    "Partner",
    "Scoped",
    "ScopedFact",
    "Status",
]
