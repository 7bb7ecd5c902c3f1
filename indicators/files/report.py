"""What a page of figures shows, as typed tables: the one source of its CSV, XLSX and PDF."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from indicators.changes import said
from indicators.dashboard import Dashboard
from indicators.fact_rows import Behind
from indicators.figures import Figures
from indicators.formulas.estimates import Difference, Mean, Nps, Rate
from indicators.gap_words import GAPS, amount
from indicators.gaps import Gap
from indicators.models.target import SHARES
from indicators.partner_board import PartnerBoard, PartnerRow
from indicators.tiles import Tile
from triangle.templatetags.ui import days


class Share(float):
    """A part of 1, written in percent where a file can."""


class Points(float):
    """A score from -100 to 100, or a gap: written with its sign."""


Cell = str | int | float | date | None
Line = tuple[Cell, ...]
Measure = Nps | Rate | Mean

CHUNK = 1000  # rows read at once
CHANGE_AT = 5  # among the columns of the dashboard
SCORED = {"rating", "debrief"}  # kinds of facts that have a score and a why
BANDS = {
    "above": gettext_lazy("Above expected"),
    "below": gettext_lazy("Below expected"),
    "as_expected": gettext_lazy("As expected"),
}
MEASURED: dict[str, Callable[[Figures], Measure]] = {
    "nps": lambda figures: figures.nps,
    "company": lambda figures: figures.company,
    "partner": lambda figures: figures.partner,
    "cancellations": lambda figures: figures.cancellation.rate,
    "response": lambda figures: figures.response.rate,
    "returns": lambda figures: figures.returns.positive,
    "punctuality": lambda figures: figures.volume.punctuality,
}
COUNTED: dict[str, Callable[[Figures], int]] = {
    "completed": lambda figures: figures.volume.completed,
}
CORNERS = {
    "expected": pgettext_lazy("quality", "Expected"),
    "delivered": pgettext_lazy("quality", "Delivered"),
    "perceived": pgettext_lazy("quality", "Perceived"),
}


@dataclass(frozen=True)
class Table:
    """`rows` may be a stream, read once; one column may say how much a figure moved."""

    title: str
    head: tuple[str, ...]
    rows: Iterable[Line]
    change_at: int | None = None


def dashboard_tables(page: Dashboard) -> list[Table]:
    """A table for the tiles, the triangle and each chart, all with the same columns."""
    parts: list[tuple[str, Iterable[Line]]] = [
        (_("Figures"), _tiles(page)),
        (_("The triangle"), _triangle(page)),
        (_("NPS by month"), _months(page)),
        (_("Scores 0 to 10"), (_count(str(score), count) for _rows, score, count in page.scores)),
        (_("Satisfaction mapping"), _mapping(page)),
        (_("Changes of zone"), _zone_changes(page)),
        (_("Cancellations by side"), (_count(name, count) for _rows, name, count in page.sides)),
        (_("From eligible to explained"), _funnel(page)),
        (_("Partners by band"), (_partner(row) for row in page.partners.some)),
    ]
    head = _columns(page)
    return [Table(title, head, tuple(_padded(lines, head)), CHANGE_AT) for title, lines in parts]


def _padded(lines: Iterable[Line], head: Sequence[str]) -> Iterator[Line]:
    """Every line with every column: only some have a target."""
    for line in lines:
        yield (*line, *[None] * (len(head) - len(line)))


def joined(tables: Sequence[Table], *, head: str) -> Table:
    """One table of several that have the same columns, the name of each in front."""
    first, *_others = tables
    rows = ((table.title, *row) for table in tables for row in table.rows)
    return Table(first.title, (head, *first.head), rows)


def partner_table(board: PartnerBoard) -> Table:
    head = (
        _("Partner"),
        _("Band"),
        _("Score"),
        pgettext("interval", "from"),
        pgettext("interval", "to"),
        "n",
        pgettext("count", "Completed"),
    )
    return Table(_("Partners by band"), head, tuple(map(_of_board, board.rows)))


def rows_table(behind: Behind, facts: QuerySet[Any]) -> Table:
    """The list behind a number, whole, in its order; whys in full."""
    head: tuple[str, ...] = (_("Day"), _("Client"), _("Service"), _("Partner"))
    if behind.value:
        head = (*head, str(behind.value[0]))
    if behind.kind in SCORED:
        return Table(str(behind.title), (*head, _("Score"), _("Why")), _voices(behind, facts))
    labels = [_labels(facts, "status")]
    head = (*head, _("Status"))
    if behind.kind == "intervention":
        head, labels = (*head, _("Cancelled by")), [*labels, _labels(facts, "cancelled_by")]
    return Table(str(behind.title), head, _steps(behind, facts, labels))


def _labels(facts: QuerySet[Any], name: str) -> tuple[str, dict[str, str]]:
    """Words of a field in the reader's language: a stream is written after the page is left."""
    choices = facts.model._meta.get_field(name).flatchoices
    return name, {str(value): str(label) for value, label in choices}


def _voices(behind: Behind, facts: QuerySet[Any]) -> Iterator[Line]:
    for fact in facts.iterator(chunk_size=CHUNK):
        yield (*_about(behind, fact), fact.score, fact.why)


def _steps(
    behind: Behind, facts: QuerySet[Any], labels: Sequence[tuple[str, dict[str, str]]]
) -> Iterator[Line]:
    for fact in facts.iterator(chunk_size=CHUNK):
        yield (*_about(behind, fact), *(words.get(getattr(fact, name)) for name, words in labels))


def _about(behind: Behind, fact: Any) -> Line:
    """What it is about, and what the number reads of it."""
    about = (fact.day, fact.client.name, fact.service.name, fact.partner and fact.partner.name)
    return (*about, fact.value) if behind.value else about


def _columns(page: Dashboard) -> tuple[str, ...]:
    """The change says in its own name against what: a CSV has no other line for it."""
    return (
        pgettext("of an export", "Figure"),
        pgettext("of an export", "Value"),
        pgettext("interval", "from"),
        pgettext("interval", "to"),
        "n",
        _change_name(page.before),
        _("Verdict"),
        pgettext("of an export", "Target"),
        pgettext("of an export", "On target"),
    )


def _change_name(before: Figures | None) -> str:
    return _("Change against %(days)s") % {"days": days(before.period)} if before else _("Change")


def _tiles(page: Dashboard) -> Iterator[Line]:
    for tile in page.tiles:
        verdict = tile.change.said if tile.change else tile.few or None
        if count := COUNTED.get(tile.key):
            now = count(page.now)
            change = now - count(page.before) if page.before else None
            yield (tile.name, now, None, None, now, change, verdict)
            continue
        found = MEASURED[tile.key](page.now)
        before = MEASURED[tile.key](page.before).value if page.before else None
        moved = None
        if found.value is not None and before is not None:
            moved = found.value - before
        yield (tile.name, *_measured(found), _like(found, moved), verdict, *_target(page, tile))
        if tile.key == "nps":
            yield (_("NPS, all incl. unexplained"), *_measured(page.now.nps_all), None, None)


def _target(page: Dashboard, tile: Tile) -> tuple[Cell, Cell]:
    """In the unit of the figure, and whether it is met; of the year in which the period ends."""
    value = page.aims.value(tile.key, page.choice.period.last.year)
    if value is None:
        return None, None
    if tile.is_met is None:
        return _aim(tile.key, value), None
    said = pgettext("target", "met") if tile.is_met else pgettext("target", "not met")
    return _aim(tile.key, value), said


def _aim(key: str, value: float) -> Cell:
    if key in SHARES:
        return Share(value / 100)
    return Points(value) if key == "nps" else value


def _triangle(page: Dashboard) -> Iterator[Line]:
    for name, label in CORNERS.items():
        corner = getattr(page.triangle, name)
        change, verdict = _moved(page.moved.get(name))
        yield (str(label), corner.value, corner.low, corner.high, corner.n, change, verdict)
    for gap in page.triangle.gaps:
        yield (str(GAPS[gap.name]), *_bounds(gap), None, None, _widest(gap))


def _moved(difference: Difference | None) -> tuple[float | None, str | None]:
    if difference is None or difference.value is None:
        return None, None
    return difference.value, said(difference)


def _bounds(gap: Gap) -> tuple[float | None, float | None, float | None]:
    """Points of 0 to 10, written with their sign, and the interval around them."""
    if gap.value is None or gap.margin is None:
        return None, None, None
    return Points(gap.value), Points(gap.value - gap.margin), Points(gap.value + gap.margin)


def _widest(gap: Gap) -> str | None:
    """As the drawing says it."""
    if not gap.is_decided:
        return amount(gap)
    return _("Widest gap") if gap.is_widest else None


def _months(page: Dashboard) -> Iterator[Line]:
    for month in page.months:
        running = _("to date") if month.is_running else None
        target = None if month.target is None else Points(month.target)
        name = date_format(month.starts_on, "F Y")
        yield (name, *_measured(month.nps), None, running, target)


def _mapping(page: Dashboard) -> Iterator[Line]:
    for point, zone in page.zones:
        name = page.now.criterion_names[point.criterion]
        undecided = _("undecided")
        said = zone if point.decided or not zone else f"{zone} ({undecided})"
        yield (
            _("%(criterion)s, satisfaction") % {"criterion": name},
            point.satisfaction,
            point.satisfaction_low,
            point.satisfaction_high,
            point.n,
            None,
            said or None,
        )
        yield (
            _("%(criterion)s, importance") % {"criterion": name},
            point.importance,
            point.importance_low,
            point.importance_high,
            point.importance_n,
            None,
            None,
        )


def _zone_changes(page: Dashboard) -> Iterator[Line]:
    for change in page.zone_changes:
        zones = f"{change.get_from_zone_display()} → {change.get_to_zone_display()}"
        undecided = _("undecided")
        said = zones if change.decided else f"{zones} ({undecided})"
        name = f"{date_format(change.month, 'F Y')}, {change.criterion.name}"
        yield (name, None, None, None, None, None, said)


def _funnel(page: Dashboard) -> Iterator[Line]:
    found = page.now.response
    for name, count in (
        (_("Eligible"), found.eligible),
        (_("Invited"), found.invited),
        (pgettext("mail", "Delivered"), found.delivered),
        (pgettext("funnel", "Answered"), found.answered),
        (_("Explained"), found.explained),
    ):
        yield _count(name, count)


def _partner(row: PartnerRow) -> Line:
    band, value, low, high, n = _band(row)
    return (row.name, value, low, high, n, None, band)


def _of_board(row: PartnerRow) -> Line:
    band, value, low, high, n = _band(row)
    return (row.name, band, value, low, high, n, row.completed)


def _band(row: PartnerRow) -> tuple[str, float | None, float | None, float | None, int]:
    """With too few answers the phrase takes the place of band, interval and score."""
    if not row.has_enough or row.band is None:
        few = _("Not enough answers (%(n)s of %(minimum)s)")
        return few % {"n": row.n, "minimum": row.minimum}, None, None, None, row.n
    return str(BANDS[row.band]), row.score.value, row.score.low, row.score.high, row.n


def _count(name: str, count: int) -> Line:
    return (name, count, None, None, None, None, None)


def _measured(found: Measure) -> tuple[Cell, Cell, Cell, int]:
    value, low, high = (_like(found, part) for part in (found.value, found.low, found.high))
    return value, low, high, found.n


def _like(found: Measure, value: float | None) -> float | None:
    if value is None or isinstance(found, Mean):
        return value
    return Share(value) if isinstance(found, Rate) else Points(value)
