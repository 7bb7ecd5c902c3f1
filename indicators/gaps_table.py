"""The gaps as one typed table: lines of all partners, then of each, in the order of the page."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from indicators.files.report import Cell, Points, Table
from indicators.files.report import Line as Row
from indicators.gap_words import GAPS, amount, verdict
from indicators.gaps import Gap
from indicators.gaps_board import GapsBoard

NAMES = [  # of the four sides
    pgettext_lazy("gap", "expected"),
    pgettext_lazy("gap", "delivered"),
    pgettext_lazy("gap", "clients"),
    pgettext_lazy("gap", "partners"),
]


def gaps_table(board: GapsBoard) -> Table:
    interval = (pgettext("interval", "from"), pgettext("interval", "to"))
    head: tuple[str, ...] = (
        _("Partner"),
        pgettext("filter", "Discipline"),
        pgettext("filter", "Setting"),
        _("What stands out"),
    )
    for name in GAPS.values():
        head = (*head, str(name), *interval)
    head = (*head, *(f"n, {side}" for side in NAMES))
    return Table(_("Where the gaps are"), head, tuple(_rows(board)))


def printed_table(board: GapsBoard) -> Table:
    """The same in as many columns as a sheet of paper takes, each gap beside its margin."""
    head = (
        _("Partner"),
        _("Discipline and setting"),
        _("What stands out"),
        *map(str, GAPS.values()),
        "n " + " · ".join(str(side) for side in NAMES),
    )
    return Table(_("Where the gaps are"), head, tuple(_printed_rows(board)))


def _printed_rows(board: GapsBoard) -> Iterator[Row]:
    for line in [*board.network, *board.partners]:
        yield (
            line.partner or _("All partners"),
            f"{line.discipline} · {line.setting}",
            verdict(line.found),
            *map(amount, line.found.gaps),
            " · ".join(str(side.n) for side in line.found.sides),
        )


def _rows(board: GapsBoard) -> Iterator[Row]:
    for line in [*board.network, *board.partners]:
        found = line.found
        yield (
            line.partner or _("All partners"),
            line.discipline,
            line.setting,
            verdict(found),
            *(cell for gap in found.gaps for cell in _bounds(gap)),
            *(side.n for side in found.sides),
        )


def _bounds(gap: Gap) -> tuple[Cell, Cell, Cell]:
    if gap.value is None or gap.margin is None:
        return _("undecided"), None, None
    return Points(gap.value), Points(gap.value - gap.margin), Points(gap.value + gap.margin)
