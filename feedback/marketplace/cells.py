"""What one cell may say: text in, out the value as the database writes it, or why it cannot."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache
from unicodedata import is_normalized

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from triangle import whys
from triangle.errors import Refused

Cell = str | int | tuple[str, ...] | None
YEARS = range(1970, 2101)
WHY_MAX = 20_000  # characters
NOT_APPLICABLE = -1
SCORES = {str(score): score for score in range(11)}
FIVE_POINTS = {**{str(score): score for score in range(6)}, "na": NOT_APPLICABLE, "": None}
UNSEEN = re.compile(f"[{whys.INVISIBLE_LETTERS}]")
AMOUNT = re.compile(r"(?:\d{1,3}(?:[ \u00a0\u202f]\d{3})+|\d{1,10})(?:[.,]\d{1,2})?", re.ASCII)
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)?)?", re.ASCII
)
LANGUAGE = re.compile(r"[a-z]{2,3}(?:[-_][a-z0-9]{2,4})?", re.ASCII | re.IGNORECASE)


class BadCell(Refused):
    """The row with this cell is set aside."""

    def __init__(self, reason: str | Promise) -> None:
        super().__init__(reason)
        self.reason = reason


def text(length: int) -> Callable[[str], str | None]:
    """At most `length` characters without the blanks around; nothing when empty."""

    def convert(cell: str) -> str | None:
        cell = cell.strip()
        if len(cell) > length:
            raise BadCell(_("longer than %(max)s characters") % {"max": length})
        return cell or None

    return convert


def why(cell: str) -> str:
    """Cleaned like a typed one; what says little is kept, for it was said elsewhere."""
    if len(cell) > WHY_MAX:
        raise BadCell(_("longer than %(max)s characters") % {"max": WHY_MAX})
    is_plain = cell.isprintable() and not UNSEEN.search(cell) and is_normalized("NFC", cell)
    return cell.strip() if is_plain else whys.clean(cell)


def score(cell: str) -> int:
    try:
        return SCORES[cell]
    except KeyError:
        raise BadCell(_("a score is a whole number from 0 to 10")) from None


def five_points(cell: str) -> int | None:
    try:
        return FIVE_POINTS[cell]
    except KeyError:
        if cell.lower() == "na":
            return NOT_APPLICABLE
        raise BadCell(_("a whole number from 0 to 5, “na”, or nothing")) from None


def choice(*known: str) -> Callable[[str], str | None]:
    words: dict[str, str | None] = {"": None, **{word: word for word in known}}

    def convert(cell: str) -> str | None:
        try:
            return words[cell.strip().lower()]
        except KeyError:
            raise BadCell(_("not one of %(known)s") % {"known": ", ".join(known)}) from None

    return convert


def words(cell: str) -> tuple[str, ...]:
    """What stands between vertical bars, each once."""
    if not cell:
        return ()
    found = dict.fromkeys(word.strip() for word in cell.split("|"))
    found.pop("", None)
    if any(len(word) > 80 for word in found):
        raise BadCell(_("longer than %(max)s characters") % {"max": 80})
    return tuple(found)


def email(cell: str) -> str | None:
    cell = cell.strip()
    if not cell:
        return None
    try:
        validate_email(cell)
    except ValidationError:
        raise BadCell(_("not an e-mail address")) from None
    if len(cell) > 254:
        raise BadCell(_("longer than %(max)s characters") % {"max": 254})
    return cell


def lower_email(cell: str) -> str | None:
    found = email(cell)
    return found and found.lower()


def language(cell: str) -> str | None:
    cell = cell.strip()
    if cell and not LANGUAGE.fullmatch(cell):
        raise BadCell(_("a language is a code such as fr, en or pt-BR"))
    return cell or None


def currency(cell: str) -> str:
    cell = cell.strip().upper()
    if cell and not (len(cell) == 3 and cell.isascii() and cell.isalpha()):
        raise BadCell(_("a currency has three letters, such as EUR"))
    return cell


@lru_cache(maxsize=10_000)
def amount(cell: str) -> str | None:
    """With a decimal point or comma; a third decimal would make the comma ambiguous."""
    cell = cell.strip()
    if not cell:
        return None
    if not AMOUNT.fullmatch(cell):
        raise BadCell(_("an amount is a number such as 1250.50 or 1250,50, not negative"))
    plain = re.sub(r"\s", "", cell).replace(",", ".")
    if len(plain.split(".")[0]) > 10:
        raise BadCell(_("an amount has at most ten digits before the decimals"))
    return plain


def day(cell: str) -> str | None:
    cell = cell.strip()
    if not cell:
        return None
    if not DAY.fullmatch(cell):
        raise BadCell(_("a day is written 2026-11-21"))
    try:
        found = date.fromisoformat(cell)
    except ValueError:
        raise BadCell(_("this day does not exist")) from None
    if found.year not in YEARS:
        raise BadCell(_("not between 1970 and 2100"))
    return cell


@lru_cache(maxsize=50_000)
def instant(cell: str) -> tuple[str, str] | None:
    """The instant in UTC and its day in the company's time zone.

    Without an offset the cell tells the company's clock: the hour that spring skips is refused,
    the hour that autumn repeats is its first passage.
    """
    cell = cell.strip()
    if not cell:
        return None
    if not INSTANT.fullmatch(cell):
        raise BadCell(_("an instant is written 2026-11-21T14:30:00+01:00"))
    try:
        found = datetime.fromisoformat(cell.replace(",", "."))
    except ValueError:
        raise BadCell(_("this instant does not exist")) from None
    if found.year not in YEARS:
        raise BadCell(_("not between 1970 and 2100"))
    if found.tzinfo is None:
        found = _on_the_clock(found)
    local = found.astimezone(timezone.get_default_timezone())
    return str(found.astimezone(UTC))[:-6], local.date().isoformat()


def _on_the_clock(naive: datetime) -> datetime:
    zone = timezone.get_default_timezone()
    found = naive.replace(tzinfo=zone)
    if found.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != naive:
        raise BadCell(_("this hour does not exist: clocks went forward"))
    return found
