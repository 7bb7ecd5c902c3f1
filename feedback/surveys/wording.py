"""What a survey says and asks, as a quality lead wrote it: pure, strict, and never a template.

Stored text holds placeholders of a fixed list in braces. It is cut at them once, and each value
goes in as it is: a value that looks like a placeholder is text, and no text can call anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from django.utils.translation import gettext as _

from feedback.models.survey import OF_CLIENT, About
from triangle.errors import Refused
from triangle.typography import NO_BREAK

LANGUAGES = ("fr", "en")
LOW, MIDDLE, HIGH, NEUTRAL = BANDS = ("low", "middle", "high", "neutral")
READERS = ("company", "named", "aggregated")

SCORES, LINK = "scores", "link"
ON_PAGES = ("first_name", "company", "intervention", "service", "partner", "client", "day")
IN_SUBJECTS = (*ON_PAGES, "until", "manager")
PLACEHOLDERS = (*IN_SUBJECTS, SCORES, LINK)

SUBJECT_MAX, QUESTION_MAX, NOTE_MAX, BODY_MAX = 150, 200, 600, 4_000  # characters
FEWEST_CRITERIA, MOST_CRITERIA = 3, 6
MOST_CHIPS = 12

BRACED = re.compile(r"\{([^{}\n]{0,60})\}")
HOLE = re.compile(r"(?P<before>[ \u00a0])?\{(?P<name>\w+)\}")
FOLLOWING = re.compile(r", ?|\n")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]")


@dataclass(frozen=True)
class Bands:
    """One question for each part of the scale; empty where another wording holds."""

    low: str = ""
    middle: str = ""
    high: str = ""
    neutral: str = ""

    def over(self, other: Bands) -> Bands:
        """This wording, and the other one where this says nothing."""
        return Bands(**{band: getattr(self, band) or getattr(other, band) for band in BANDS})


@dataclass(frozen=True)
class Words:
    """All that is said in one language."""

    subject: str = ""
    body: str = ""
    reminder_subject: str = ""
    reminder_body: str = ""
    intro: str = ""
    thanks: str = ""
    questions: Bands = Bands()
    by_discipline: tuple[tuple[str, Bands], ...] = ()

    def questions_of(self, discipline: str) -> Bands:
        return dict(self.by_discipline).get(discipline, Bands()).over(self.questions)


@dataclass(frozen=True)
class Content:
    """Of `readers`, the choices of confidentiality, the first is the one that is chosen already."""

    fr: Words
    en: Words
    criteria: tuple[str, ...] = ()
    chips: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()

    def words(self, language: str) -> Words:
        return self.fr if language == "fr" else self.en


@dataclass(frozen=True)
class Known:
    """The codes that exist, for who checks a content."""

    criteria: frozenset[str] = frozenset()
    chips: frozenset[str] = frozenset()
    disciplines: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Problem:
    place: str  # such as "fr.subject" or "en.by_discipline.yoga.low"
    message: str


class BadWording(Refused):
    """Nothing was saved; each problem names its place."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems[0].message)
        self.problems = problems


# JSON


def to_json(content: Content) -> dict[str, Any]:
    written = asdict(content)
    for language in LANGUAGES:
        written[language]["by_discipline"] = dict(written[language]["by_discipline"])
    return {
        key: list(value) if isinstance(value, tuple) else value for key, value in written.items()
    }


def from_json(value: object) -> Content:
    """Raises `BadWording` for anything but what `to_json` writes."""
    parts = _object(value, "content", _names(Content), optional=_names(Content)[2:])
    return Content(
        fr=_words(parts["fr"], "fr"),
        en=_words(parts["en"], "en"),
        criteria=_codes(parts.get("criteria", ()), "criteria"),
        chips=_codes(parts.get("chips", ()), "chips"),
        readers=_codes(parts.get("readers", ()), "readers"),
    )


def _words(value: object, place: str) -> Words:
    parts = _object(value, place, _names(Words), optional=_names(Words))
    bands = parts.pop("by_discipline", {})
    own = {
        "questions": _bands(parts.pop("questions", {}), f"{place}.questions"),
        "by_discipline": tuple(
            (code, _bands(wording, f"{place}.by_discipline.{code}"))
            for code, wording in _object(bands, f"{place}.by_discipline", None).items()
        ),
    }
    return Words(**_strings(parts, place), **own)  # type: ignore[arg-type]


def _bands(value: object, place: str) -> Bands:
    return Bands(**_strings(_object(value, place, BANDS, optional=BANDS), place))


def _object(
    value: object, place: str, names: tuple[str, ...] | None, optional: tuple[str, ...] = ()
) -> dict[str, Any]:
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise _malformed(place)
    if names is not None:
        for name in [*value, *names]:
            if name not in names or (name not in value and name not in optional):
                raise _malformed(f"{place}.{name}")
    return dict(value)


def _strings(parts: dict[str, Any], place: str) -> dict[str, str]:
    for name, text in parts.items():
        if not isinstance(text, str):
            raise _malformed(f"{place}.{name}")
    return parts


def _codes(value: object, place: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(code, str) for code in value):
        raise _malformed(place)
    return tuple(value)


def _names(kind: type) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind))


def _malformed(place: str) -> BadWording:
    return BadWording([Problem(place, _("This part is missing, unknown or of another kind."))])


# What may be saved


def has_page(about: str) -> bool:
    """The debrief has its own form on the partner's pages; the others ask by our answer page."""
    return about != About.DEBRIEF


def has_grid(about: str) -> bool:
    return about in OF_CLIENT


def has_disciplines(about: str) -> bool:
    return about in (About.INTERVENTION, About.CANCELLATION)


def problems(content: Content, *, about: str, known: Known) -> list[Problem]:
    """All that keeps this content from being saved, in the order of the form."""
    found = [
        problem
        for language in LANGUAGES
        for problem in _problems_in(content.words(language), language, about, known)
    ]
    found += _code_problems(content.criteria, "criteria", known.criteria, has_grid(about))
    if content.criteria and not FEWEST_CRITERIA <= len(content.criteria) <= MOST_CRITERIA:
        found.append(Problem("criteria", _("Choose three to six criteria, or none.")))
    found += _code_problems(content.chips, "chips", known.chips, has_grid(about))
    if len(content.chips) > MOST_CHIPS:
        found.append(Problem("chips", _("Choose twelve chips at most, or none.")))
    found += _code_problems(content.readers, "readers", frozenset(READERS), has_grid(about))
    if has_grid(about) and not content.readers:
        found.append(Problem("readers", _("Offer at least one choice.")))
    return found


def _problems_in(words: Words, language: str, about: str, known: Known) -> Iterator[Problem]:
    def in_text(name: str, text: str, **rules: Any) -> Iterator[Problem]:
        place = f"{language}.{name}"
        return (Problem(place, message) for message in _text_problems(text, **rules))

    for name in ("subject", "reminder_subject"):
        yield from in_text(
            name, getattr(words, name), most=SUBJECT_MAX, may_hold=IN_SUBJECTS, is_line=True
        )
    for name in ("body", "reminder_body"):
        yield from in_text(
            name, getattr(words, name), most=BODY_MAX, may_hold=_in_bodies(about), also=_asks(about)
        )
    may_say = has_page(about)
    for name in ("intro", "thanks"):
        yield from in_text(
            name, getattr(words, name), most=NOTE_MAX, may_hold=ON_PAGES, needed=False, may=may_say
        )
    for band in BANDS:
        yield from in_text(
            f"questions.{band}",
            getattr(words.questions, band),
            most=QUESTION_MAX,
            may_hold=ON_PAGES,
            is_line=True,
            needed=may_say,
            may=may_say,
        )
    for code, bands in words.by_discipline:
        if code not in known.disciplines:
            yield Problem(f"{language}.by_discipline.{code}", _unknown(code))
        for band in BANDS:
            yield from in_text(
                f"by_discipline.{code}.{band}",
                getattr(bands, band),
                most=QUESTION_MAX,
                may_hold=ON_PAGES,
                is_line=True,
                needed=False,
                may=has_disciplines(about),
            )


def _text_problems(
    text: str,
    *,
    most: int,
    may_hold: tuple[str, ...],
    is_line: bool = False,
    needed: bool = True,
    may: bool = True,
    also: Callable[[str], Iterator[str]] | None = None,
) -> Iterator[str]:
    if not text.strip():
        if needed:
            yield _("This text is needed.")
        return
    if not may:
        yield _("This survey does not say this.")
        return
    if len(text) > most:
        yield _("Please keep to %(limit)s characters.") % {"limit": f"{most:,}"}
        return
    if CONTROL.search(text) or (is_line and "\n" in text):
        yield _("Keep this to one line of plain text.") if is_line else _("Plain text only.")
    names = BRACED.findall(text)
    for name in dict.fromkeys(names):
        if name not in may_hold:
            yield _misplaced(name) if name in PLACEHOLDERS else _unknown("{" + name + "}")
    if re.search(r"[{}]", BRACED.sub("", text)):
        yield _("A brace belongs to a placeholder, such as {first_name}.")
    if also:
        yield from also(text)


def _in_bodies(about: str) -> tuple[str, ...]:
    """What has its own page of another kind is asked by a link, without scores."""
    return PLACEHOLDERS if has_page(about) else (*IN_SUBJECTS, LINK)


def _asks(about: str) -> Callable[[str], Iterator[str]]:
    """A mail without a way to answer asks nothing."""

    def look(text: str) -> Iterator[str]:
        lines = [line.strip() for line in text.splitlines()]
        if not has_page(about) and "{link}" not in text:
            yield _("The mail needs {link}: without it nobody can answer.")
        if has_page(about) and "{scores}" not in text and "{link}" not in text:
            yield _("The mail needs {scores} or {link}: without them nobody can answer.")
        if text.count("{scores}") > 1 or ("{scores}" in text and "{scores}" not in lines):
            yield _("{scores} stands once, alone on its line.")

    return look


def _code_problems(
    codes: tuple[str, ...], place: str, known: frozenset[str], may: bool
) -> Iterator[Problem]:
    if codes and not may:
        yield Problem(place, _("This survey does not ask this."))
        return
    for code in codes:
        if code not in known or codes.count(code) > 1:
            yield Problem(place, _unknown(code))


def _unknown(name: str) -> str:
    return _("“%(name)s” is not known.") % {"name": name[:80]}


def _misplaced(name: str) -> str:
    return _("{%(name)s} has no place in this text.") % {"name": name}


# Filling


def french(text: str) -> str:
    """As French is set: no line breaks before a colon or inside quotation marks."""
    return re.sub(r" (?=[:;?!»])|(?<=«) ", NO_BREAK, text)


@dataclass(frozen=True)
class Hole:
    """A place for a value. Without one, the space before it goes too ("Hello {first_name},"),
    and at the start of a line what follows it ("{manager}, {company}")."""

    name: str
    before: str = ""
    after: str = ""

    def fill(self, value: str) -> str:
        return f"{self.before}{value}{self.after}" if value else ""


Cut = tuple[str | Hole, ...]


def cut(text: str) -> Cut:
    """The text between its holes."""
    pieces: list[str | Hole] = []
    end = 0
    while found := HOLE.search(text, end):
        is_first = not found["before"] and text[: found.start()][-1:] in ("", "\n")
        following = FOLLOWING.match(text, found.end()) if is_first else None
        hole = Hole(found["name"], found["before"] or "", following[0] if following else "")
        pieces += [text[end : found.start()], hole]
        end = following.end() if following else found.end()
    return tuple(piece for piece in (*pieces, text[end:]) if piece)


def fill(text: Cut, values: Mapping[str, str], *, escape: Callable[[str], str] = str) -> str:
    """One pass: what a value says is never looked at again."""
    return "".join(
        piece if isinstance(piece, str) else piece.fill(escape(values[piece.name]))
        for piece in text
    )
