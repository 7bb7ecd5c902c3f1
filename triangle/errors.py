"""What a verb answers when it refuses: one family of errors, each with a message for the page."""

from __future__ import annotations


class Refused(Exception):  # noqa: N818 - an answer, not a fault
    """Nothing was written; the message is a translated sentence for the person who asked."""

    @property
    def message(self) -> str:
        return str(self.args[0]) if self.args else ""


class StateError(Refused):
    """The step is not possible from the present status."""
