from triangle.models.catalogue import (
    NOT_KNOWN,
    Discipline,
    Label,
    Region,
    Segment,
    Service,
    Setting,
    new_external_id,
)
from triangle.models.journal import JournalEntry
from triangle.models.pulse import Pulse
from triangle.models.user import Role, User

__all__ = [
    "NOT_KNOWN",
    "Discipline",
    "JournalEntry",
    "Label",
    "Pulse",
    "Region",
    "Role",
    "Segment",
    "Service",
    "Setting",
    "User",
    "new_external_id",
]
