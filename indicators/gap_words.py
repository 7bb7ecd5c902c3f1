"""The gaps in words: which one is the widest, by how much and of how many; and how it is told."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from indicators.gap_lines import GapLine, is_worse
from indicators.gaps import Gap, GapName, Triangle, half_width
from indicators.gaps_board import GapsBoard, Line
from triangle import typography

GAPS: dict[GapName, Promise] = {
    "delivered_expected": gettext_lazy("Delivered against expected"),
    "perceived_delivered": gettext_lazy("Felt against delivered"),
    "partner_client": gettext_lazy("Partner’s view against client’s view"),
}
SAID: dict[tuple[GapName, bool], Promise] = {  # whether the first of the two is higher
    ("delivered_expected", True): pgettext_lazy("gap", "delivered above what is expected"),
    ("delivered_expected", False): pgettext_lazy("gap", "delivered below what is expected"),
    ("perceived_delivered", True): pgettext_lazy("gap", "perceived better than delivered"),
    ("perceived_delivered", False): pgettext_lazy("gap", "perceived worse than delivered"),
    ("partner_client", True): pgettext_lazy("gap", "partner’s view above the clients’"),
    ("partner_client", False): pgettext_lazy("gap", "partner’s view below the clients’"),
}
HEADLINES: dict[tuple[GapName, bool], Promise] = {
    ("partner_client", True): gettext_lazy(
        "Partners rate their interventions %(size)s higher than their clients do."
    ),
    ("partner_client", False): gettext_lazy(
        "Clients rate the interventions %(size)s higher than the partners do."
    ),
    ("delivered_expected", True): gettext_lazy(
        "What is delivered stands %(size)s above what we expect."
    ),
    ("delivered_expected", False): gettext_lazy(
        "What is delivered stands %(size)s below what we expect."
    ),
    ("perceived_delivered", True): gettext_lazy(
        "Clients feel %(size)s more than what was delivered."
    ),
    ("perceived_delivered", False): gettext_lazy(
        "Clients feel %(size)s less than what was delivered."
    ),
}
WELL = pgettext_lazy("gap", "delivered well, perceived worse")
SIDES: dict[GapName, tuple[Promise, Promise]] = {
    "delivered_expected": (pgettext_lazy("gap", "delivered"), pgettext_lazy("gap", "expected")),
    "perceived_delivered": (pgettext_lazy("gap", "perceived"), pgettext_lazy("gap", "delivered")),
    "partner_client": (pgettext_lazy("gap", "partners"), pgettext_lazy("gap", "clients")),
}


def headline(triangle: Triangle) -> str:
    """What the triangle tells: its widest gap, or why none is named."""
    found = triangle.widest
    if triangle.is_undecided:
        minimum = {"minimum": _number(triangle.partner_client.minimum)}
        return _("Undecided: no gap has %(minimum)s answers on both sides.") % minimum
    if found is None:
        return _("No gap is certain in this period.")
    said = str(HEADLINES[found.name, (found.value or 0) > 0])
    return said % {"size": _number(found.size, 1)}


def verdict(line: GapLine) -> str:
    """Delivered well, perceived worse by 1.4 ± 0.5, n 34 and 40.

    Where the widest gap is to the better side, the one that needs attention is told as well.
    """
    if line.widest is None:
        return _("undecided") if line.state == "undecided" else _("no gap is certain")
    if line.worst is None or is_worse(line.widest):
        return _told(line, line.widest)
    told = {"widest": _told(line, line.widest), "worst": _told(line, line.worst)}
    return _("%(widest)s; but %(worst)s") % told


def _told(line: GapLine, found: Gap) -> str:
    is_well = found.name == "perceived_delivered" and line.is_delivered_well
    is_up = (found.value or 0) > 0
    said = WELL if is_well and not is_up else SAID[found.name, is_up]
    return _("%(what)s by %(size)s, n %(first)s and %(second)s") % {
        "what": said,
        "size": _with_margin(_number(found.size, 1), found),
        "first": _number(found.first.n),
        "second": _number(found.second.n),
    }


def amount(gap: Gap) -> str:
    """−1.4 ± 0.5, or how few answers there are."""
    if not gap.is_decided:
        few = {"n": _number(gap.fewest), "minimum": _number(gap.minimum)}
        return _("undecided (%(n)s of %(minimum)s)") % few
    return _with_margin(typography.signed(gap.value, _language(), places=1), gap)


def how(board: GapsBoard) -> str:
    """The definitions, how many gaps chance alone would name, and the first line worked out."""
    figures = {
        "minimum": _number(board.minimum),
        "tested": _number(board.tested),
        "by_chance": _number(board.by_chance),
    }
    parts = [
        _(
            "Expected: share of the grid the partners held when they were assigned. Delivered: "
            "share kept of the steps and of the brief. Perceived, or clients: mean score of "
            "answers with a why. Partners: mean score of their debriefs. All from 0 to 10, each "
            "fact by its own day: interventions as planned, answers and debriefs as they came in."
        ),
        _(
            "A gap is the first mean minus the second. Its 95 %% interval adds the squares of the "
            "two half-widths, each by Student’s t. It is certain when the interval leaves 0 out, "
            "and undecided while one side has fewer than %(minimum)s answers. “Delivered well” "
            "is not certainly below what is expected. First come gaps to the worse side, by the "
            "bound nearer to 0: less delivered than expected, less perceived than delivered, the "
            "partner’s view above the clients’. Of the %(tested)s gaps decided here about "
            "%(by_chance)s would look certain by chance, were there none at all."
        )
        % figures,
    ]
    first = next((one for one in [*board.partners, *board.network] if one.found.widest), None)
    return "\n\n".join([*parts, *([_worked(first)] if first else [])])


def _worked(line: Line) -> str:
    found = line.found.widest
    if found is None:
        return ""
    first, second = SIDES[found.name]
    halves = [half_width(mean) for mean in (found.first, found.second)]
    return _(
        "%(line)s: %(first)s %(one)s (n %(one_n)s) − %(second)s %(other)s (n %(other_n)s) = "
        "%(gap)s; ± √(%(one_half)s² + %(other_half)s²) = ± %(margin)s."
    ) % {
        "line": line.name,
        "first": first,
        "one": _number(found.first.value, 2),
        "one_n": _number(found.first.n),
        "second": second,
        "other": _number(found.second.value, 2),
        "other_n": _number(found.second.n),
        "gap": typography.signed(found.value, _language(), places=2),
        "one_half": _number(halves[0], 2),
        "other_half": _number(halves[1], 2),
        "margin": _number(found.margin, 2),
    }


def _with_margin(size: str, gap: Gap) -> str:
    space = typography.NO_BREAK
    return f"{size}{space}±{space}{_number(gap.margin, 1)}"


def _number(value: float | None, places: int = 0) -> str:
    return typography.number(value, _language(), places=places)


def _language() -> str:
    return get_language() or "en"
