"""The columns of each file: which are required, how a cell is read, what must hold in one row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feedback.marketplace import cells
from feedback.marketplace.cells import Cell
from feedback.marketplace.report import BundleRefused
from feedback.models import SLOTS
from partners.models import CancelledBy, Status


class Kind(StrEnum):
    """How a column is kept while it waits to be written."""

    TEXT = "text"
    NUMBER = "number"
    AMOUNT = "amount"
    DAY = "day"
    INSTANT = "instant"  # two columns: the instant in UTC and, named `..._on`, its local day
    WORDS = "words"  # rows of a table of its own


@dataclass(frozen=True)
class Column:
    name: str
    convert: Callable[[str], Cell]
    kind: Kind = Kind.TEXT
    is_required: bool = False
    label: str = ""  # the kind of label its cells name
    staged: str = ""  # its name while it waits, when that is another

    @property
    def key(self) -> str:
        return self.staged or self.name

    @property
    def day_key(self) -> str:
        return f"{self.key.removesuffix('_at')}_on"


Values = dict[str, list]
Fault = tuple[int, str, str | Promise]  # index of the row in its chunk, column, reason


def _no_fault(values: Values) -> Iterator[Fault]:
    yield from ()


@dataclass(frozen=True)
class FileSpec:
    name: str
    columns: tuple[Column, ...]
    references: Mapping[str, str]  # column: the file its cells refer to
    faults: Callable[[Values], Iterator[Fault]] = _no_fault

    @property
    def table(self) -> str:
        return f"import_{self.name.removesuffix('.csv')}"


def _required(name: str, convert: Callable[[str], Cell], kind: Kind = Kind.TEXT) -> Column:
    return Column(name, convert, kind, is_required=True)


def _label(name: str, *, is_required: bool = False) -> Column:
    return Column(name, cells.text(80), is_required=is_required, label=name)


def _intervention_faults(values: Values) -> Iterator[Fault]:
    statuses = values["status"]
    ends = values.get("completed_at")
    for index, status in enumerate(statuses):
        if status == "completed" and not (ends and ends[index]):
            yield index, "completed_at", gettext_lazy("a completed intervention has its instant")
    for index, side in enumerate(values.get("cancelled_by", ())):
        if side and statuses[index] != "cancelled":
            yield index, "cancelled_by", gettext_lazy("only a cancelled intervention has a side")


ID = cells.text(100)
SPECS = {
    spec.name: spec
    for spec in (
        FileSpec(
            "services.csv",
            (
                _required("external_id", ID),
                _required("name", cells.text(200)),
                _label("discipline", is_required=True),
            ),
            {},
        ),
        FileSpec(
            "partners.csv",
            (
                _required("external_id", ID),
                _required("name", cells.text(200)),
                Column(
                    "disciplines", cells.words, Kind.WORDS, is_required=True, label="discipline"
                ),
                Column("settings", cells.words, Kind.WORDS, label="setting"),
                _label("region"),
                Column("email", cells.email),
                Column("joined_on", cells.day, Kind.DAY),
            ),
            {},
        ),
        FileSpec(
            "clients.csv",
            (
                _required("external_id", ID),
                _required("name", cells.text(200)),
                Column("kind", cells.choice("company", "individual")),
                _label("setting"),
                _label("segment"),
                _label("region"),
                Column("language", cells.language),
                Column("email", cells.email),
                Column("manager", cells.lower_email),
            ),
            {},
        ),
        FileSpec(
            "interventions.csv",
            (
                _required("external_id", ID),
                _required("client", ID),
                _required("service", ID),
                Column("partner", ID),
                _required("status", cells.choice(*Status.values)),
                _label("setting"),
                Column("requested_at", cells.instant, Kind.INSTANT),
                Column("scheduled_at", cells.instant, Kind.INSTANT),
                Column("completed_at", cells.instant, Kind.INSTANT),
                Column("cancelled_at", cells.instant, Kind.INSTANT),
                Column("cancelled_by", cells.choice(*CancelledBy.values)),
                Column("cancel_reason", cells.text(500)),
                Column("amount", cells.amount, Kind.AMOUNT),
                Column("currency", cells.currency),
            ),
            {"client": "clients.csv", "service": "services.csv", "partner": "partners.csv"},
            _intervention_faults,
        ),
        FileSpec(
            "ratings.csv",
            (
                _required("external_id", ID),
                _required("intervention", ID),
                _required("score", cells.score, Kind.NUMBER),
                Column("why", cells.why),
                Column("reasons", cells.words, Kind.WORDS, label="reason"),
                Column("invited_at", cells.instant, Kind.INSTANT),
                _required("answered_at", cells.instant, Kind.INSTANT),
                Column("language", cells.language),
            ),
            {"intervention": "interventions.csv"},
        ),
    )
}
CRITERION = re.compile(r"(satisfaction|importance):\s*([a-z0-9_-]{1,80})")


@dataclass(frozen=True)
class Reading:
    """How the cells of one file are read: for each position of the header its column, or none."""

    spec: FileSpec
    header: list[str]
    columns: tuple[Column | None, ...]
    unknown: tuple[str, ...]

    @property
    def known(self) -> list[Column]:
        return [column for column in self.columns if column]

    def has(self, name: str) -> bool:
        return any(column.name == name for column in self.known)

    @property
    def criteria_slots(self) -> list[int]:
        """Slots of the criteria whose answers the file holds."""
        keys = [column.key for column in self.known if column.key != column.name]
        return sorted({int(key.rpartition("_")[2]) for key in keys})


def read_header(name: str, header: list[str], slots: dict[str, int]) -> Reading:
    """`slots` maps the criteria to their slots; criteria it did not know are added to it."""
    spec = SPECS[name]
    doubled = sorted({cell for cell in header if cell and header.count(cell) > 1})
    if doubled:
        raise BundleRefused(
            _("%(file)s names a column twice: %(columns)s.")
            % {"file": name, "columns": ", ".join(doubled)},
            file=name,
            line=1,
        )
    required = {column.name for column in spec.columns if column.is_required}
    missing = sorted(required - set(header))
    if missing:
        raise BundleRefused(
            _("%(file)s lacks the column %(columns)s; its first line names: %(header)s.")
            % {"file": name, "columns": ", ".join(missing), "header": ", ".join(header)[:200]},
            file=name,
            line=1,
        )
    by_name = {column.name: column for column in spec.columns}
    columns = [by_name.get(cell) or _criterion(name, cell, slots) for cell in header]
    unknown = [cell for cell, column in zip(header, columns, strict=True) if cell and not column]
    return Reading(spec, header, tuple(columns), tuple(unknown))


def _criterion(file: str, cell: str, slots: dict[str, int]) -> Column | None:
    found = CRITERION.fullmatch(cell) if file == "ratings.csv" else None
    if not found:
        return None
    measure, code = found.groups()
    if code not in slots:
        free = set(range(1, SLOTS + 1)) - set(slots.values())
        if not free:
            raise BundleRefused(
                _("%(file)s brings the criterion %(code)s, but all %(n)s places are taken.")
                % {"file": file, "code": code, "n": SLOTS},
                file=file,
                line=1,
            )
        slots[code] = min(free)
    staged = f"{measure}_{slots[code]}"
    return Column(cell, cells.five_points, Kind.NUMBER, staged=staged)
