"""Turns chunks of rows into columns of values, and says of each row that cannot be why."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from feedback.marketplace.cells import NOT_APPLICABLE, BadCell, Cell
from feedback.marketplace.columns import Column, Fault, Kind, Reading, Values
from feedback.marketplace.csv_reader import Chunk
from feedback.marketplace.report import VALUE_SHOWN, RowError


@dataclass(frozen=True)
class Batch:
    """Accepted rows, by column; `words` are (line, word) pairs by column."""

    values: Values
    words: dict[str, list[tuple[int, str]]]
    errors: list[RowError]
    read: int


def convert(chunk: Chunk, reading: Reading) -> Batch:
    rows, lines, errors = _whole_rows(chunk, reading)
    cells = list(zip(*rows, strict=True)) or [()] * len(reading.header)
    values: Values = {}
    faults: list[Fault] = []
    for column, texts in zip(reading.columns, cells, strict=True):
        if column:
            values[column.key] = _column(column, texts, faults)
    faulty = {index for index, _column_name, _reason in faults}
    faults += [fault for fault in reading.spec.faults(values) if fault[0] not in faulty]
    errors += _errors(faults, rows, lines, reading)
    values["line"] = lines
    if faults:
        values = _without({index for index, _name, _reason in faults}, values)
    words = {column.key: _pairs(values, column.key) for column in _words(reading)}
    _split_instants(values, reading)
    if reading.criteria_slots:
        _set_not_applicable(values, reading.criteria_slots)
    return Batch(values, words, errors, len(chunk.rows))


def _whole_rows(
    chunk: Chunk, reading: Reading
) -> tuple[list[list[str]], list[int], list[RowError]]:
    width = len(reading.header)
    if all(len(row) == width for row in chunk.rows):
        return chunk.rows, list(chunk.lines), []
    rows, lines, errors = [], [], []
    for line, row in zip(chunk.lines, chunk.rows, strict=True):
        if len(row) == width:
            rows.append(row)
            lines.append(line)
        else:
            reason = _("%(n)s cells where the first line names %(width)s columns")
            what = {"n": len(row), "width": width}
            errors.append(
                RowError(reading.spec.name, line, "", row[0][:VALUE_SHOWN], reason % what)
            )
    return rows, lines, errors


def _column(column: Column, texts: tuple[str, ...], faults: list[Fault]) -> list[Cell]:
    convert = column.convert
    try:
        values = [convert(text) for text in texts]
    except BadCell:
        values = [_cell(column, index, text, faults) for index, text in enumerate(texts)]
    if column.is_required and not all(value is not None and value != () for value in values):
        failed = {index for index, name, _reason in faults if name == column.name}
        faults += [
            (index, column.name, _("must not be empty"))
            for index, value in enumerate(values)
            if (value is None or value == ()) and index not in failed
        ]
    return values


def _cell(column: Column, index: int, text: str, faults: list[Fault]) -> Cell:
    try:
        return column.convert(text)
    except BadCell as bad:
        faults.append((index, column.name, bad.reason))
        return None


def _errors(
    faults: list[Fault], rows: list[list[str]], lines: list[int], reading: Reading
) -> list[RowError]:
    """One error for each row, its first: the row is what is set aside."""
    first: dict[int, Fault] = {}
    for fault in faults:
        first.setdefault(fault[0], fault)
    places = {name: place for place, name in enumerate(reading.header)}
    return [
        RowError(
            reading.spec.name,
            lines[index],
            column,
            rows[index][places[column]][:VALUE_SHOWN] if column in places else "",
            str(reason),
        )
        for index, (_same, column, reason) in sorted(first.items())
    ]


def _without(faulty: set[int], values: Values) -> Values:
    return {
        name: [value for index, value in enumerate(column) if index not in faulty]
        for name, column in values.items()
    }


def _words(reading: Reading) -> list[Column]:
    return [column for column in reading.known if column.kind == Kind.WORDS]


def _pairs(values: Values, key: str) -> list[tuple[int, str]]:
    lists = values.pop(key)
    return [
        (line, word) for line, words in zip(values["line"], lists, strict=True) for word in words
    ]


def _split_instants(values: Values, reading: Reading) -> None:
    for column in reading.known:
        if column.kind == Kind.INSTANT:
            pairs = values[column.key]
            values[column.key] = [pair and pair[0] for pair in pairs]
            values[column.day_key] = [pair and pair[1] for pair in pairs]


def _set_not_applicable(values: Values, slots: list[int]) -> None:
    """ "Not applicable" leaves its column empty and sets the bit of its slot."""
    marks = [0] * len(values["line"])
    for slot in slots:
        satisfaction = values.get(f"satisfaction_{slot}")
        importance = values.get(f"importance_{slot}")
        for answers in filter(None, (importance, satisfaction)):
            if NOT_APPLICABLE not in answers:
                continue
            for index, answer in enumerate(answers):
                if answer == NOT_APPLICABLE:
                    answers[index] = None
                    if not satisfaction or satisfaction[index] in (None, NOT_APPLICABLE):
                        marks[index] |= 1 << slot - 1
    values["not_applicable"] = marks
