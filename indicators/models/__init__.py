from indicators.models.action import Action
from indicators.models.alert import Alert, AlertDigest, AlertPolicy, AlertPreference, Sureness
from indicators.models.amendment import Amendment
from indicators.models.benchmark import Benchmark
from indicators.models.closed_month import ClosedMonth
from indicators.models.job_run import JobRun
from indicators.models.tally import (
    ALL,
    ANSWERS_TO_A_CRITERION,
    CELL,
    NOBODY,
    SCORES,
    Count,
    DebriefTally,
    Family,
    Grain,
    Handover,
    InterventionTally,
    InvitationTally,
    Kept,
    RatingTally,
    Tally,
    TallyState,
    Touched,
)
from indicators.models.target import SCALES, Target
from indicators.models.view import (
    STEERING,
    SavedView,
    SharedLink,
    ViewSchedule,
    may_steer,
)
from indicators.models.zone_change import ZoneChange

__all__ = [
    "ALL",
    "ANSWERS_TO_A_CRITERION",
    "CELL",
    "NOBODY",
    "SCALES",
    "SCORES",
    "STEERING",
    "Action",
    "Alert",
    "AlertDigest",
    "AlertPolicy",
    "AlertPreference",
    "Amendment",
    "Benchmark",
    "ClosedMonth",
    "Count",
    "DebriefTally",
    "Family",
    "Grain",
    "Handover",
    "InterventionTally",
    "InvitationTally",
    "JobRun",
    "Kept",
    "RatingTally",
    "SavedView",
    "SharedLink",
    "Sureness",
    "Tally",
    "TallyState",
    "Target",
    "Touched",
    "ViewSchedule",
    "ZoneChange",
    "may_steer",
]
