"""The mapping equals an independent computation over the single answers, to the sixth decimal."""

from datetime import date, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest

from feedback.models import RatingCriterion
from indicators.document import document
from indicators.figures import figures
from indicators.formulas.mapping import CriterionCounts, mapping, mean_cut
from indicators.formulas.sums import Answers, Pairs
from indicators.models import RatingTally
from indicators.tallies.recount import drain
from partners.scope import Scope
from tests.factories import NOON
from tests.indicators import copies
from triangle.periods import Period

NUMBER, CRITERIA = 130_000, 5
FIRST, DAYS = date(2026, 2, 10), 60  # the day of the first answers, and how many follow
LEVELS = ((1.2, 0.9, 0.2), (-0.7, 1.0, 0.3), (1.4, -0.8, 0.1), (-0.4, -0.6, 0.6), (0.3, 0.2, 0.4))


def drawn(n, seed=5):
    """Score, satisfactions and importances; NaN where the answer was "not applicable" or none."""
    draw = np.random.default_rng(seed)
    score = draw.integers(0, 11, size=n).astype(float)
    satisfaction, importance = np.full((2, n, CRITERIA), np.nan)
    for place, (pleased, cared, pulled) in enumerate(LEVELS):
        felt = 2.5 + pleased + pulled * (score - 5) / 3 + draw.normal(size=n)
        satisfaction[:, place] = np.clip(np.rint(felt), 0, 5)
        importance[:, place] = np.clip(np.rint(2.5 + cared + draw.normal(size=n)), 0, 5)
    satisfaction[draw.random((n, CRITERIA)) < 0.2] = np.nan
    importance[draw.random((n, CRITERIA)) < 0.15] = np.nan
    return score, satisfaction, importance


def expected(score, satisfaction, importance, *, derived=False):
    """Means, correlations and zones from the rows, by numpy alone."""
    x = np.nanmean(satisfaction, axis=0)
    y = np.nanmean(importance, axis=0)
    if derived:
        known = [~np.isnan(column) for column in satisfaction.T]
        y = np.array(
            [
                np.corrcoef(column[told], score[told])[0, 1]
                for column, told in zip(satisfaction.T, known, strict=True)
            ]
        )
    words = {(1, 1): "strength", (1, 0): "act_now", (0, 1): "watch", (0, 0): "medium_term"}
    zones = [words[int(b), int(a)] for a, b in zip(x >= x.mean(), y >= y.mean(), strict=True)]
    return x, y, zones


def counted(score, satisfaction, importance, *, derived):
    """The sums a tally keeps, made of two halves."""
    points = []
    for place in range(CRITERIA):
        pleased = _answers(satisfaction[:, place])
        cared = _pairs(satisfaction[:, place], score) if derived else _answers(importance[:, place])
        points.append(CriterionCounts(str(place), pleased, cared))
    return points


def _answers(column):
    marks = column[~np.isnan(column)].astype(int)
    return Answers(len(marks), int(marks.sum()), int((marks**2).sum()))


def _pairs(column, score):
    told = ~np.isnan(column)
    x, y = column[told].astype(int), score[told].astype(int)
    return Pairs(len(x), *(int(s.sum()) for s in (x, x * x, y, y * y, x * y)))


def assert_equal(points, x, y, zones):
    assert [point.satisfaction for point in points] == pytest.approx(list(x), abs=1e-9)
    assert [point.importance for point in points] == pytest.approx(list(y), abs=1e-9)
    assert [point.zone for point in points] == zones


@pytest.mark.parametrize("derived", [False, True])
def test_130_000_answers(derived):
    rows = drawn(NUMBER)
    points = mapping(counted(*rows, derived=derived))
    x, y, zones = expected(*rows, derived=derived)
    assert_equal(points, x, y, zones)
    assert len(set(zones)) >= 3


def test_sums_of_parts_are_those_of_the_whole():
    rows = drawn(NUMBER)
    bounds = [0, 1, 500, 70_000, 130_000]
    parts = [
        counted(*(one[start:end] for one in rows), derived=True) for start, end in pairwise(bounds)
    ]
    merged = [
        CriterionCounts(
            same[0].criterion,
            sum((one.satisfaction for one in same[1:]), start=same[0].satisfaction),
            sum((one.importance for one in same[1:]), start=same[0].importance),
        )
        for same in zip(*parts, strict=True)
    ]
    assert merged == counted(*rows, derived=True)


def test_one_answer_changed_shows():
    score, satisfaction, importance = drawn(NUMBER)
    x, _y, _zones = expected(score, satisfaction, importance)
    satisfaction[np.flatnonzero(satisfaction[:, 0] == 5)[0], 0] = 0
    moved = mapping(counted(score, satisfaction, importance, derived=False))[0].satisfaction
    assert moved != pytest.approx(x[0], abs=1e-6)


@pytest.mark.parametrize(
    "number",
    [
        NUMBER // 10,
        pytest.param(NUMBER, marks=pytest.mark.process),  # too long for the quick suite
    ],
)
def test_answers_of_the_database_from_facts_to_the_document(db, number):
    """Rows written, counted into tallies and read again: month, edges of a period, and one day."""
    rows = drawn(number)
    days, slots = _write(*rows)
    assert drain(now=NOON, limit=10 * number) > DAYS  # all that was touched, at once
    codes = dict(RatingCriterion.objects.values_list("slot", "code"))
    for first, last in ((0, DAYS), (9, 50), (25, 25)):
        within = (days >= first) & (days <= last)
        part = [one[within] for one in rows]
        period = Period(FIRST + timedelta(days=first), FIRST + timedelta(days=last))
        found = figures(Scope(), period)
        for derived, points in ((False, found.mapping), (True, found.mapping_derived)):
            assert [point.criterion for point in points] == [codes[slot] for slot in slots]
            assert_equal(points, *expected(*part, derived=derived))
            cut = mean_cut(found.criterion_counts(derived=derived))
            assert cut == pytest.approx([axis.mean() for axis in means(part, derived)], abs=1e-9)
        x, y, zones = expected(*part)
        for place, point in enumerate(document(found)["mapping"]):
            assert point["satisfaction"] == pytest.approx(x[place], abs=1e-6)
            assert point["importance"] == pytest.approx(y[place], abs=1e-6)
            assert (point["zone"], point["n"]) == (zones[place], told(part[1][:, place]))
    marked = {f"criterion_{slots[0]}_not_applicable__gt": 0}
    assert RatingTally.objects.filter(**marked).exists()


def means(rows, derived):
    return expected(*rows, derived=derived)[:2]


def told(column):
    return int((~np.isnan(column)).sum())


def _write(score, satisfaction, importance):
    """Ratings over sixty days; what is NaN is "not applicable", of importance not asked.

    Gives back the day of each, and the columns of the criteria.
    """
    slots = list(RatingCriterion.objects.order_by("slot").values_list("slot", flat=True))[:CRITERIA]
    names = [f"{name}_{slot}" for name in ("satisfaction", "importance") for slot in slots]
    days = np.arange(len(score)) % (DAYS + 1)
    bits = (np.isnan(satisfaction) * [1 << slot - 1 for slot in slots]).sum(axis=1)
    copies.interventions(len(score), completed=True)
    instants = [
        datetime.combine(FIRST + timedelta(days=day), NOON.timetz()) for day in range(DAYS + 1)
    ]
    marks = np.hstack([satisfaction, importance])
    known = np.where(np.isnan(marks), None, marks)
    copies.answers(
        ["answered_on", "answered_at", "score", "not_applicable", *names],
        (
            (instants[day].date().isoformat(), instants[day].isoformat(" "), *row)
            for day, *row in zip(
                days.tolist(),
                score.astype(int).tolist(),
                bits.tolist(),
                *([None if m is None else int(m) for m in column] for column in known.T),
                strict=True,
            )
        ),
    )
    return days, slots
