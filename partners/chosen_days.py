"""Days chosen by hand in an address or a form."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)


class WrongDaysError(ValueError):
    """What was typed are no two days in order; `message` says it to who typed."""

    def __init__(self, message: _StrPromise) -> None:
        super().__init__(message)
        self.message = message


def chosen_days(first: str, last: str) -> tuple[date | None, date | None]:
    """Either may be empty; raises WrongDaysError for no date, one too far, or the wrong order."""
    try:
        start = date.fromisoformat(first) if first else None
        end = date.fromisoformat(last) if last else None
    except ValueError as error:
        raise WrongDaysError(_("One of the days is not a date.")) from error
    if not all(EARLIEST <= day <= LATEST for day in (start, end) if day):
        raise WrongDaysError(_("Choose days between 2000 and 2099."))
    if start and end and end < start:
        raise WrongDaysError(_("The last day comes before the first day."))
    return start, end
