"""Numbers, dates and quotations as each language writes them; pure functions, unknown is a dash.

The codes are spelled out because these characters look alike in an editor.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

NO_BREAK = "\u00a0"
THIN_NO_BREAK = "\u202f"
MINUS = "\u2212"
DASH = "\u2013"
PLUS_MINUS = "\u00b1"

Number = int | float

MONTHS = {
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "fr": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
}
DAYS = {
    "en": "Mon Tue Wed Thu Fri Sat Sun",
    "fr": "lun. mar. mer. jeu. ven. sam. dim.",
}


def number(value: Number | None, language: str, *, places: int = 0) -> str:
    """1486 is 1,486 in English and 1 486 in French; a rounded zero has no sign."""
    if value is None:
        return DASH
    text = f"{abs(value):,.{places}f}"
    if is_french(language):
        text = text.replace(",", THIN_NO_BREAK).replace(".", ",")
    is_zero = not any(figure in text for figure in "123456789")
    return text if value >= 0 or is_zero else f"{MINUS}{text}"


def signed(value: Number | None, language: str, *, places: int = 0) -> str:
    text = number(value, language, places=places)
    if value is None or text.startswith(MINUS) or not any(f in text for f in "123456789"):
        return text
    return f"+{text}"


def percent(share: Number | None, language: str, *, places: int = 1) -> str:
    """A share of 1; both languages keep a no-break space, as in the product's pictures."""
    if share is None:
        return DASH
    return f"{number(share * 100, language, places=places)}{NO_BREAK}%"


def points(value: Number | None, language: str, *, places: int = 0) -> str:
    """A change of a share of 1, in percentage points."""
    if value is None:
        return DASH
    return f"{number(value * 100, language, places=places)}{NO_BREAK}pt"


def margin(low: Number | None, high: Number | None, language: str, *, places: int = 0) -> str:
    """Half the width of an interval: ± 4, not ± 0; empty when there is no interval."""
    if low is None or high is None:
        return ""
    width = (high - low) / 2
    shown = number(width, language, places=telling_places(width, places))
    return f"{PLUS_MINUS}{NO_BREAK}{shown}"


def telling_places(value: Number, places: int) -> int:
    """One place more for what would read as nothing and is something."""
    return places + 1 if value and not round(abs(value), places) else places


def clock(moment: datetime, language: str) -> str:
    if is_french(language):
        return f"{moment.hour}{NO_BREAK}h{NO_BREAK}{moment.minute:02}"
    return f"{moment:%H:%M}"


def short_day(day: date, language: str, *, today: date) -> str:
    """17 Nov this year, 17 Nov 2025 otherwise."""
    text = _day_and_month(day, language)
    return text if day.year == today.year else f"{text}{NO_BREAK}{day.year}"


def days(first: date, last: date, language: str) -> str:
    """1 Jan – 31 Mar 2025; each day with its year where they differ; one day alone once."""
    ends = f"{_day_and_month(last, language)}{NO_BREAK}{last.year}"
    if first == last:
        return ends
    starts = _day_and_month(first, language)
    if first.year != last.year:
        starts = f"{starts}{NO_BREAK}{first.year}"
    return f"{starts} {DASH} {ends}"


def _day_and_month(day: date, language: str) -> str:
    return f"{day_of_month(day, language)}{NO_BREAK}{short_month(day, language)}"


def day_of_month(day: date, language: str) -> str:
    """French counts the first of a month as an ordinal: 1er décembre, then 2 décembre."""
    return "1er" if is_french(language) and day.day == 1 else str(day.day)


def day_pattern(pattern: str, day: date, language: str) -> str:
    """A date format such as "l j F", with that ordinal in it."""
    return pattern.replace("j", r"j\e\r") if day_of_month(day, language) == "1er" else pattern


def short_month(day: date, language: str) -> str:
    return MONTHS[code(language)].split()[day.month - 1]


def week_day(day: date, language: str) -> str:
    return DAYS[code(language)].split()[day.weekday()]


def duration(span: timedelta, language: str) -> str:
    """1 h 27, 12 min, 3 days; always without a sign."""
    minutes = int(abs(span).total_seconds() // 60)
    if minutes < 60:
        return f"{minutes}{NO_BREAK}min"
    if minutes < 48 * 60:
        return f"{minutes // 60}{NO_BREAK}h{NO_BREAK}{minutes % 60:02}"
    days = minutes // (24 * 60)
    return f"{days}{NO_BREAK}{'jours' if is_french(language) else 'days'}"


def quoted(text: str, language: str) -> str:
    if is_french(language):
        return f"«{NO_BREAK}{text}{NO_BREAK}»"
    return f"“{text}”"


def code(language: str) -> str:
    return "fr" if is_french(language) else "en"


def is_french(language: str) -> bool:
    return language.split("-")[0] == "fr"
