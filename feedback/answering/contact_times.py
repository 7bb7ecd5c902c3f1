"""When a client wants to be called: kept as a day and hours any reader and export understands."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from django.utils import formats
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from holidays import country_holidays

from triangle import typography

ANY_TIME = ""
BY_MAIL = "e-mail"
HOURS = ((9, 12), (14, 17))
SATURDAY = 5
HOLIDAYS = country_holidays("FR")
SLOT = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d)-(\d\d)", re.ASCII)


def choices(*, today: date) -> list[tuple[str, str]]:
    """The next two working days by half days, then by mail."""
    days = [day for day in (today + timedelta(days=n) for n in range(1, 8)) if is_worked(day)]
    slots = [f"{day:%Y-%m-%d} {start:02}-{end:02}" for day in days[:2] for start, end in HOURS]
    return [(value, words(value, today=today)) for value in (*slots, BY_MAIL)]


def is_worked(day: date) -> bool:
    return day.weekday() < SATURDAY and day not in HOLIDAYS


def is_known(value: str) -> bool:
    """A page left open overnight still offers yesterday's tomorrow: that is taken too."""
    return value in (ANY_TIME, BY_MAIL) or _slot(value) is not None


def words(value: str, *, today: date) -> str:
    if value == BY_MAIL:
        return pgettext("call me back", "by e-mail")
    slot = _slot(value)
    if slot is None:
        return value
    day, start, end = slot
    language = get_language() or "en"
    hours = " – ".join(typography.clock(hour, language) for hour in (start, end))
    if day == today + timedelta(days=1):
        return _("tomorrow, %(hours)s") % {"hours": hours}
    pattern = typography.day_pattern("l j F", day, language)
    return f"{formats.date_format(day, pattern)}, {hours}"


def _slot(value: str) -> tuple[date, datetime, datetime] | None:
    match = SLOT.fullmatch(value)
    if not match:
        return None
    try:
        day = date.fromisoformat(match[1])
        start, end = (datetime.combine(day, time(int(hour))) for hour in match.groups()[1:])
    except ValueError:
        return None
    return day, start, end
