"""The mapping equals an independent computation over the single answers, to the sixth decimal."""

from itertools import pairwise

import numpy as np
import pytest

from feedback.models import Rating, RatingCriterion
from indicators.figures import figures
from indicators.mapping import CriterionCounts, mapping, mean_cut
from indicators.recount import drain_all
from indicators.sums import Answers, Pairs
from partners.scope import Scope
from tests.factories import NOON, InterventionFactory
from triangle.periods import Period, local_day

CRITERIA = 5
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
    rows = drawn(130_000)
    points = mapping(counted(*rows, derived=derived))
    x, y, zones = expected(*rows, derived=derived)
    assert_equal(points, x, y, zones)
    assert len(set(zones)) >= 3


def test_sums_of_parts_are_those_of_the_whole():
    rows = drawn(130_000)
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
    score, satisfaction, importance = drawn(130_000)
    x, _y, _zones = expected(score, satisfaction, importance)
    satisfaction[np.flatnonzero(satisfaction[:, 0] == 5)[0], 0] = 0
    moved = mapping(counted(score, satisfaction, importance, derived=False))[0].satisfaction
    assert moved != pytest.approx(x[0], abs=1e-6)


@pytest.mark.parametrize("derived", [False, True])
def test_three_thousand_ratings_of_the_database(db, derived):
    rows = drawn(3_000)
    slots = _write(*rows)
    drain_all(now=NOON)
    found = figures(Scope(), Period(local_day(NOON), local_day(NOON)))
    points = found.mapping_derived if derived else found.mapping
    codes = dict(RatingCriterion.objects.values_list("slot", "code"))
    assert [point.criterion for point in points] == [codes[slot] for slot in slots]
    assert_equal(points, *expected(*rows, derived=derived))
    cut = mean_cut(found.criterion_counts(derived=derived))
    assert cut.satisfaction == pytest.approx(expected(*rows)[0].mean(), abs=1e-9)


def _write(score, satisfaction, importance):
    """Ratings by bulk, each of its own intervention; what is NaN is "not applicable"."""
    slots = list(RatingCriterion.objects.order_by("slot").values_list("slot", flat=True))[:CRITERIA]
    first = InterventionFactory(completed=True)
    model = type(first)
    copied = {name: getattr(first, name) for name in ("service_id", "client_id", "status")}
    when = {name: getattr(first, name) for name in ("scheduled_at", "scheduled_on", "completed_at")}
    held = model.objects.bulk_create(model(**copied, **when) for _ in score)
    Rating.objects.bulk_create(
        Rating(
            **one.scope(),
            intervention=one,
            score=int(score[row]),
            answered_at=NOON,
            answered_on=local_day(NOON),
            source="import",
            not_applicable=sum(
                1 << slot - 1
                for place, slot in enumerate(slots)
                if np.isnan(satisfaction[row, place])
            ),
            **_columns("satisfaction", slots, satisfaction[row]),
            **_columns("importance", slots, importance[row]),
        )
        for row, one in enumerate(held)
    )
    return slots


def _columns(name, slots, marks):
    return {
        f"{name}_{slot}": int(mark)
        for slot, mark in zip(slots, marks, strict=True)
        if not np.isnan(mark)
    }
