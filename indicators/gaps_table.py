"""The gaps as one typed table: lines of all partners, then of each, in the order of the page."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from indicators.gap_words import GAPS, verdict
from indicators.gaps import Gap
from indicators.gaps_board import GapsBoard
from indicators.report import Cell, Points, Table
from indicators.report import Line as Row


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
    sides = (
        pgettext("quality", "Expected"),
        pgettext("quality", "Delivered"),
        pgettext("quality", "Perceived"),
        _("Partners’ view"),
    )
    head = (*head, *(f"{side}, n" for side in sides))
    return Table(_("Where the gaps are"), head, tuple(_rows(board)))


def _rows(board: GapsBoard) -> Iterator[Row]:
    for line in [*board.network, *board.partners]:
        found = line.found
        yield (
            line.partner or _("All partners"),
            line.discipline,
            line.setting,
            verdict(found),
            *(cell for gap in found.gaps for cell in _bounds(gap)),
            *(side.n for side in (found.expected, found.delivered, found.perceived, found.partner)),
        )


def _bounds(gap: Gap) -> tuple[Cell, Cell, Cell]:
    if gap.value is None or gap.margin is None:
        return _("undecided"), None, None
    return Points(gap.value), Points(gap.value - gap.margin), Points(gap.value + gap.margin)
