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
from triangle.models.idempotency import IdempotencyKey
from triangle.models.journal import JournalEntry
from triangle.models.pulse import Pulse
from triangle.models.token import Scope, TokenScope, scopes_open_to
from triangle.models.user import Role, User

__all__ = [
    "NOT_KNOWN",
    "Discipline",
    "IdempotencyKey",
    "JournalEntry",
    "Label",
    "Pulse",
    "Region",
    "Role",
    "Scope",
    "Segment",
    "Service",
    "Setting",
    "TokenScope",
    "User",
    "new_external_id",
    "scopes_open_to",
]
