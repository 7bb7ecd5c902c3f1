"""Which moments a client lived in an intervention, and the reasons that can be tapped for them."""

from __future__ import annotations

from feedback.models import ReasonChip
from partners.models import Intervention, Status
from triangle.prepared import Read

Touchpoint = ReasonChip.Touchpoint
OFFERED = Read(ReasonChip.objects.filter(is_offered=True))


def lived(intervention: Intervention) -> set[str]:
    completed = intervention.status == Status.COMPLETED
    moments = {
        Touchpoint.INTRODUCTION: intervention.introduced_at is not None,
        Touchpoint.PREPARATION: intervention.brief_refined_at is not None or completed,
        Touchpoint.PUNCTUALITY: intervention.started_at is not None or completed,
        Touchpoint.ACT: completed,
        Touchpoint.FOLLOW_UP: completed,
        Touchpoint.OTHER: True,
    }
    return {str(moment) for moment, was_lived in moments.items() if was_lived}


def chips(intervention: Intervention) -> list[ReasonChip]:
    """In the order of the journey."""
    order = {moment: place for place, moment in enumerate(Touchpoint.values)}
    moments = lived(intervention)
    offered = [chip for chip in OFFERED.rows() if chip.touchpoint in moments]
    return sorted(offered, key=lambda chip: (order[chip.touchpoint], chip.pk))
