"""What a file holds: the tables of a page, the filter in words, and how many rows it may have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import IO, Any

from django.db import transaction
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from indicators.dashboard import dashboard
from indicators.fact_rows import BEHIND, rows
from indicators.files.pdf import Report, pdf
from indicators.files.pdf_charts import dashboard_charts
from indicators.files.report import (
    SCORED,
    Table,
    dashboard_tables,
    joined,
    partner_table,
    rows_table,
)
from indicators.files.sheet_files import csv_lines, workbook
from indicators.filter_words import comparison_words, filter_words
from indicators.gaps_board import gaps_board
from indicators.gaps_table import gaps_table, printed_table
from indicators.models import TallyState
from indicators.partner_board import partner_rows
from indicators.sharing.saved_views import as_query
from partners.period_choice import PeriodChoice
from partners.scope import Scope
from triangle import journal, typography
from triangle.errors import Refused
from triangle.models import User
from triangle.periods import Period

FORMS = ("csv", "xlsx", "pdf")
MOST_ROWS = {"csv": 100_000, "xlsx": 20_000, "pdf": 1_000}


class TooLarge(Refused):
    """More rows than a file of this kind takes."""


@dataclass(frozen=True)
class Export:
    """`name` begins the names of its files; tables that are streams are read once."""

    name: str
    title: str
    period: Period
    words: list[str]
    tables: list[Table]
    as_of: datetime | None
    charts: dict[str, Any] = field(default_factory=dict)
    is_wide: bool = False

    def file_name(self, form: str) -> str:
        """ASCII, so that no browser and no disk has to guess."""
        return f"{self.name}_{self.period.first}_{self.period.last}.{form}"

    def csv(self) -> Iterator[str]:
        table = self.tables[0]
        if len(self.tables) > 1:
            table = joined(self.tables, head=pgettext("of an export", "Part"))
        return csv_lines(table, get_language() or "en")

    def xlsx(self) -> IO[bytes]:
        return workbook(self.tables, about=(_("Filter"), [self.title, *self.words]))

    def pdf(self) -> bytes:
        report = Report(
            self.title, self.words, self.tables, self.as_of, self.charts, is_wide=self.is_wide
        )
        return pdf(report)


def of_dashboard(scope: Scope, choice: PeriodChoice, *, today: date) -> Export:
    page = dashboard(scope, choice, today=today)
    return Export(
        name="dashboard",
        title=_("Dashboard"),
        period=choice.period,
        words=[*filter_words(scope, choice), comparison_words(choice)],
        tables=dashboard_tables(page),
        as_of=page.now.as_of,
        charts={} if page.now.is_empty else dashboard_charts(page),
    )


def of_partners(scope: Scope, choice: PeriodChoice, *, form: str) -> Export:
    board = partner_rows(scope, choice.period)
    _check(len(board.rows), form)
    network = typography.number(board.network.value, get_language() or "en", places=2)
    words = filter_words(scope, choice)
    return Export(
        name="partners",
        title=_("Partners by band"),
        period=choice.period,
        words=[*words, _("mean score 0 to 10, network mean %(mean)s") % {"mean": network}],
        tables=[partner_table(board)],
        as_of=_counted_at(),
    )


def of_gaps(scope: Scope, choice: PeriodChoice, *, form: str) -> Export:
    board = gaps_board(scope, choice)
    _check(len(board.network) + len(board.partners), form)
    return Export(
        name="gaps",
        title=_("Where the gaps are"),
        period=choice.period,
        words=[*filter_words(scope, choice), _("points of 0 to 10, 95 %% intervals") % {}],
        tables=[printed_table(board) if form == "pdf" else gaps_table(board)],
        as_of=None,
        is_wide=True,
    )


def of_rows(
    name: str, scope: Scope, choice: PeriodChoice, *, form: str, by: User, now: datetime
) -> Export:
    """The list behind a number; that somebody took it out of the house is journalled."""
    behind = BEHIND[name]
    facts = rows(name, scope, choice.period)
    count = facts.order_by().count()
    _check(count, form)
    with transaction.atomic():
        kind = "export.whys" if behind.kind in SCORED else "export.rows"
        query = as_query(scope, choice)
        journal.record(kind, by, now=now, actor=by, of=name, query=query, form=form, rows=count)
    return Export(
        name=name.replace("_", "-"),
        title=str(behind.title),
        period=choice.period,
        words=[*filter_words(scope, choice), _rows(count)],
        tables=[rows_table(behind, facts[: MOST_ROWS[form]])],
        as_of=None,
        is_wide=True,
    )


def _check(count: int, form: str) -> None:
    if count <= MOST_ROWS[form]:
        return
    language = get_language() or "en"
    said = _("%(count)s rows are more than the %(most)s of one %(form)s file. Narrow the filter.")
    figures = {"count": count, "most": MOST_ROWS[form]}
    numbers = {key: typography.number(value, language) for key, value in figures.items()}
    raise TooLarge(said % {**numbers, "form": form.upper()})


def _rows(count: int) -> str:
    shown = typography.number(count, get_language() or "en")
    return ngettext("%(shown)s row", "%(shown)s rows", count) % {"shown": shown}


def _counted_at() -> datetime | None:
    return TallyState.objects.filter(pk=1).values_list("counted_at", flat=True).first()
