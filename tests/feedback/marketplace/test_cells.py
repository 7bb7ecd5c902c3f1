from __future__ import annotations

import pytest

from feedback.marketplace import cells
from feedback.marketplace.cells import BadCell
from triangle import whys


@pytest.mark.parametrize("cell", ["-1", "11", "9.5", "9 ", " 9", "NaN", "٩", "", "09", "1e1", "+9"])
def test_a_score_is_nothing_but_a_whole_number_from_0_to_10(cell):
    with pytest.raises(BadCell):
        cells.score(cell)


def test_each_score_is_read():
    assert [cells.score(str(score)) for score in range(11)] == list(range(11))


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("", None),
        ("2026-03-10T12:00:00+01:00", ("2026-03-10 11:00:00", "2026-03-10")),
        ("2026-03-10T23:30:00Z", ("2026-03-10 23:30:00", "2026-03-11")),
        ("2026-03-10 12:00", ("2026-03-10 11:00:00", "2026-03-10")),
        ("2026-07-10T12:00:00", ("2026-07-10 10:00:00", "2026-07-10")),
        ("2026-03-10", ("2026-03-09 23:00:00", "2026-03-10")),
        ("2018-07-29T13:54:51-0300", ("2018-07-29 16:54:51", "2018-07-29")),
        ("2026-10-25T02:30:00", ("2026-10-25 00:30:00", "2026-10-25")),  # the first of two
    ],
)
def test_an_instant_is_utc_and_its_local_day(cell, value):
    assert cells.instant(cell) == value


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("2026-02-30T12:00:00+01:00", "this instant does not exist"),
        ("2026-03-29T02:30:00", "this hour does not exist: clocks went forward"),
        ("2026-03-10T25:00:00Z", "this instant does not exist"),
        ("0001-01-01T00:00:00Z", "not between 1970 and 2100"),
        ("9999-12-31T23:59:59Z", "not between 1970 and 2100"),
        ("10/03/2026", "an instant is written 2026-11-21T14:30:00+01:00"),
        ("٢٠٢٦-03-10T12:00:00Z", "an instant is written 2026-11-21T14:30:00+01:00"),
        ("soon", "an instant is written 2026-11-21T14:30:00+01:00"),
    ],
)
def test_an_impossible_instant_says_why(cell, reason):
    with pytest.raises(BadCell) as refusal:
        cells.instant(cell)
    assert str(refusal.value.reason) == reason


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("", None),
        ("120", "120"),
        ("120.5", "120.5"),
        ("120,50", "120.50"),
        ("1 250,50", "1250.50"),
        ("1\u202f250,50", "1250.50"),
    ],
)
def test_an_amount_has_a_point_or_a_comma(cell, value):
    assert cells.amount(cell) == value


@pytest.mark.parametrize("cell", ["-5", "1,250", "1.250,50", "12€", "1e3", "١٢", "12345678901"])
def test_an_amount_that_could_mean_two_things_is_refused(cell):
    with pytest.raises(BadCell):
        cells.amount(cell)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("", ""),
        ("   ", ""),
        ("\u200b\u2060\n", ""),
        (" Late. ", "Late."),
        ("=1+1", "=1+1"),
        (".", "."),
        ("deux\r\nlignes", "deux\nlignes"),
    ],
)
def test_a_why_is_cleaned_and_kept_as_text(cell, value):
    assert cells.why(cell) == value


def test_a_why_of_fifty_thousand_characters_is_refused():
    with pytest.raises(BadCell):
        cells.why("a" * 50_000)


@pytest.mark.parametrize(
    ("cell", "value"), [("", None), ("0", 0), ("5", 5), ("na", -1), ("NA", -1)]
)
def test_five_points_may_be_not_applicable_or_not_answered(cell, value):
    assert cells.five_points(cell) == value


@pytest.mark.parametrize("cell", ["6", "-1", "2.5", " 3", "n.a."])
def test_five_points_are_nothing_else(cell):
    with pytest.raises(BadCell):
        cells.five_points(cell)


@pytest.mark.parametrize(
    ("cell", "value"), [("", ()), ("a", ("a",)), (" a | b||a ", ("a", "b")), ("|", ())]
)
def test_words_stand_between_bars_each_once(cell, value):
    assert cells.words(cell) == value


@pytest.mark.parametrize("cell", ["2026-02-29", "2026-13-01", "01/02/2026", "2026-1-1"])
def test_an_impossible_day_is_refused(cell):
    with pytest.raises(BadCell):
        cells.day(cell)


def test_a_language_is_a_code():
    assert cells.language("pt-BR") == "pt-BR"
    with pytest.raises(BadCell):
        cells.language("français")


def test_a_currency_has_three_letters():
    assert cells.currency("eur") == "EUR"
    with pytest.raises(BadCell):
        cells.currency("€")


def test_an_address_is_checked():
    assert cells.email(" nadia@example.org ") == "nadia@example.org"
    with pytest.raises(BadCell):
        cells.email("nadia@")


@pytest.mark.parametrize(
    "text", ["Très bien", "e\u0301te\u0301", "a\u3164b", "a\u200bb", "\u2800", "x\n"]
)
def test_a_plain_why_takes_a_shorter_way_to_the_same_end(text):
    assert cells.why(text) == whys.clean(text)
