"""A mail of one wording, made ready once: styled, inlined, and cut where each reader's values go.

What is left for each mail is to escape a dozen values and join them.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import override

from feedback.models import About
from feedback.surveys import wording
from feedback.surveys.wording import Cut, Hole, Words

SCORES = range(11)
NARROW = 6  # score buttons side by side on the smallest phone; the other five stand below
# Values that the frame of the mail needs, beside those of the stored text
ANSWER, READ_BY, OPT_OUT_SURVEY, OPT_OUT_ALL = FRAME = (
    "_answer",
    "_read_by",
    "_opt_out_survey",
    "_opt_out_all",
)

_INLINER = css_inline.CSSInliner(keep_style_tags=False, load_remote_stylesheets=False)
_MARK = f"hole{secrets.token_hex(8)}n"  # nobody can type it: it is another one in each process
_LINE_OF_SCORES = re.compile(r"(?m)^[^\S\n]*(\{scores\})[^\S\n]*$")
_PARAGRAPHS = re.compile(r"\n[^\S\n]*\n\s*")
_MARKED = re.compile(rf"{_MARK}(\d+)x")


@dataclass(frozen=True)
class Skeleton:
    subject: Cut
    text: Cut
    html: Cut

    def fill(self, values: Mapping[str, str]) -> tuple[str, str, str]:
        """Subject, text part and HTML part."""
        return (
            wording.fill(self.subject, values),
            wording.fill(self.text, values),
            wording.fill(self.html, values, escape=escape),
        )


def of(words: Words, about: str, language: str, *, is_reminder: bool) -> Skeleton:
    company = (settings.COMPANY_NAME, settings.COMPANY_ADDRESS)
    return _make(words, About(about), language, is_reminder, company)


@lru_cache(maxsize=128)
def _make(
    words: Words, about: About, language: str, is_reminder: bool, company: tuple[str, str]
) -> Skeleton:
    body = words.reminder_body if is_reminder else words.body
    with override(language):
        return Skeleton(
            subject=wording.cut(words.reminder_subject if is_reminder else words.subject),
            text=_Sheet("txt", about, language, company).write(body),
            html=_Sheet("html", about, language, company).write(body),
        )


class _Sheet:
    """One part of a mail while it is made; its holes stand in it as marks until it is cut."""

    def __init__(self, kind: str, about: About, language: str, company: tuple[str, str]) -> None:
        self.kind = kind
        self._between = "\n" if kind == "html" else "\n\n"
        self.holes: list[Hole] = []
        self.page: dict[str, object] = {
            "company": company[0],
            "company_address": company[1],
            "language": language,
            "heading": _heading(about, company[0]),
            "button": _button(about),
            "why_you": _why_you(about),
            "until": self._mark(Hole("until")),
            "read_by": self._mark(Hole(READ_BY)),
            "opt_out_survey": self._mark(Hole(OPT_OUT_SURVEY)),
            "opt_out_all": self._mark(Hole(OPT_OUT_ALL)),
            "link": self._mark(Hole("link")),
        }
        answer = self._mark(Hole(ANSWER))
        scores = [(score, f"{answer}{score}/") for score in SCORES]
        self.page |= {"scores": scores, "rows": [scores[:NARROW], scores[NARROW:]]}

    def write(self, body: str) -> Cut:
        blocks = (self._block(block) for block in _PARAGRAPHS.split(body.strip()))
        # Each piece of text was escaped by `_line`; values are escaped when they are filled in.
        self.page["body"] = SafeString(self._between.join(blocks))
        whole = render_to_string(f"feedback/mail_survey.{self.kind}", self.page)
        return self._cut(_INLINER.inline(whole) if self.kind == "html" else whole)

    def _block(self, block: str) -> str:
        """A paragraph; where {scores} has a line of it, or {link} is all of it, their own part."""
        if block.strip() == "{link}":
            return self._part("button")
        parts = (part.strip("\n") for part in _LINE_OF_SCORES.split(block))
        return self._between.join(
            self._part("scores") if part == "{scores}" else self._paragraph(part)
            for part in parts
            if part
        )

    def _part(self, name: str) -> str:
        return render_to_string(f"feedback/_mail_{name}.{self.kind}", self.page).strip("\n")

    def _paragraph(self, text: str) -> str:
        pieces = (self._piece(piece) for piece in wording.cut(text))
        return "<p>{}</p>".format("".join(pieces)) if self.kind == "html" else "".join(pieces)

    def _piece(self, piece: str | Hole) -> str:
        if isinstance(piece, str):
            return self._line(piece)
        if piece.name != "link":
            return self._mark(Hole(piece.name, piece.before, self._line(piece.after)))
        words, address = _("your answer page"), self._mark(Hole("link"))
        if self.kind == "html":
            words = f'<a class="link" href="{address}">{escape(words)}</a>'
        else:
            words = f"{words} <{address}>"
        return f"{piece.before}{words}{self._line(piece.after)}"

    def _line(self, text: str) -> str:
        return escape(text).replace("\n", "<br>") if self.kind == "html" else text

    def _mark(self, hole: Hole) -> str:
        self.holes.append(hole)
        return f"{_MARK}{len(self.holes) - 1}x"

    def _cut(self, whole: str) -> Cut:
        pieces = _MARKED.split(whole)  # text and number of a hole in turn
        return tuple(
            self.holes[int(piece)] if place % 2 else piece for place, piece in enumerate(pieces)
        )


def _heading(about: About, company: str) -> str:
    if about == About.PULSE:
        return _("Would you advise a colleague to work with %(company)s?") % {"company": company}
    return _("Would you recommend %(company)s?") % {"company": company}


def _button(about: About) -> str:
    return _("Give my debrief") if about == About.DEBRIEF else _("Give my answer")


def _why_you(about: About) -> str:
    if about in (About.INTERVENTION, About.CANCELLATION):
        return _("You receive this message because you are the contact for this intervention.")
    if about == About.DEBRIEF:
        return _("You receive this message because you made this intervention.")
    if about == About.PULSE:
        return _("You receive this message because you work with us as a partner.")
    return _("You receive this message because you are our contact.")
