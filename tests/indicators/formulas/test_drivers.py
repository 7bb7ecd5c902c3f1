import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.formulas.drivers import Products, drivers, relative_weights, shared

ANSWERS = st.lists(st.tuples(*[st.integers(0, 5)] * 3, st.integers(0, 10)), min_size=30)


def products(rows, slots=(1, 2, 3)):
    """Of rows of satisfactions and a score, all answered."""
    rows = np.asarray(rows, dtype=np.int64).reshape(-1, len(slots) + 1)
    whole = np.column_stack([np.ones(len(rows), dtype=np.int64), rows])
    return Products(tuple(slots), whole.T @ whole)


def answered(seed, n, *, weights, halo=0.0, noise=1.0):
    """Criteria 0 to 5 that share a mood, and a score 0 to 10 that follows them by the weights."""
    draw = np.random.default_rng(seed)
    mood = draw.normal(size=(n, 1))
    felt = halo * mood + np.sqrt(1 - halo**2) * draw.normal(size=(n, len(weights)))
    criteria = np.clip(np.rint(3 + felt), 0, 5)
    score = 6 + (criteria - 3) @ np.asarray(weights) + noise * draw.normal(size=n)
    return np.column_stack([criteria, np.clip(np.rint(score), 0, 10)])


def regressed(rows):
    """Standardised coefficients, their t and R2 by least squares over the rows themselves."""
    z = (rows - rows.mean(axis=0)) / rows.std(axis=0)
    x, y = z[:, :-1], z[:, -1]
    betas = np.linalg.lstsq(x, y, rcond=None)[0]
    left = y - x @ betas
    variance = left @ left / (len(y) - x.shape[1] - 1)
    return (
        betas,
        betas / np.sqrt(variance * np.diag(np.linalg.inv(x.T @ x))),
        1 - left @ left / len(y),
    )


def by_slot(found):
    return {driver.slot: driver for driver in found.drivers}


def test_nobody_has_no_driver():
    nobody = drivers([])
    assert (nobody.n, nobody.drivers, nobody.r_squared, nobody.has_enough) == (0, (), None, False)


@pytest.mark.parametrize(("n", "enough"), [(29, False), (30, True)])
def test_thirty_answers_are_needed(n, enough):
    found = drivers([products(answered(1, n, weights=(1, 0, 0)))])
    assert (found.n, found.has_enough, bool(found.drivers)) == (n, enough, enough)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("n", [30, 300, 20_000])
def test_it_is_the_regression_over_the_rows(seed, n):
    rows = answered(seed, n, weights=(0.8, 0.4, 0, 0.1), halo=0.6)
    found = drivers([products(rows, (2, 3, 5, 7))])
    betas, ts, r_squared = regressed(rows)
    told = by_slot(found)
    assert found.r_squared == pytest.approx(r_squared, abs=1e-9)
    assert [told[slot].beta for slot in (2, 3, 5, 7)] == pytest.approx(list(betas), abs=1e-9)
    point = {30: 2.06, 300: 1.968, 20_000: 1.96}[n]
    for slot, beta, t in zip((2, 3, 5, 7), betas, ts, strict=True):
        assert told[slot].margin == pytest.approx(point * abs(beta / t), rel=1e-3)


@given(ANSWERS, st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_parts_add_up_and_order_is_nothing(rows, random):
    whole = drivers([products(rows)])
    shuffled = random.sample(rows, len(rows))
    cut = random.randrange(len(rows))
    parts = [products(shuffled[:cut]), products(shuffled[cut:])]
    assert drivers(parts) == drivers([parts[0] + parts[1]]) == whole


@given(st.permutations((1, 2, 3, 4)))
def test_the_slot_of_a_criterion_is_only_its_name(order):
    rows = answered(4, 200, weights=(1, 0.5, 0.2, 0), halo=0.4)
    columns = [rows[:, slot - 1] for slot in order] + [rows[:, -1]]
    moved, first = (
        drivers([products(np.column_stack(columns), (1, 2, 3, 4))]),
        by_slot(drivers([products(rows, (1, 2, 3, 4))])),
    )
    for driver in moved.drivers:
        assert driver.strength == pytest.approx(first[order[driver.slot - 1]].strength, abs=1e-9)


def test_what_answers_other_criteria_does_not_add_up():
    with pytest.raises(ValueError, match="same criteria"):
        products([], (1, 2)) + products([], (1, 3))


def test_pure_noise_has_no_driver():
    named = 0
    for seed in range(400):
        rows = answered(seed, 120, weights=(0, 0, 0, 0, 0), halo=0.5)
        found = drivers([products(rows, (1, 2, 3, 4, 5))])
        named += any(driver.strength for driver in found.drivers)
    assert named <= 20


def test_without_the_correction_noise_would_have_drivers():
    """The test above can fail: one p in twenty falls below 5 %, and five are looked at."""
    named = 0
    for seed in range(100):
        _betas, ts, _r = regressed(answered(seed, 120, weights=(0,) * 5, halo=0.5))
        named += bool((np.abs(ts) > 1.98).any())
    assert named > 10


def test_relative_weights_recover_the_order_where_correlations_mislead():
    rows = answered(7, 2_000, weights=(0.6, 0.4, 0.2, 0), halo=0.7, noise=0.6)
    found = drivers([products(rows, (1, 2, 3, 4))])
    assert [driver.slot for driver in found.drivers] == [1, 2, 3, 4]
    last = found.drivers[-1]
    assert (last.strength, last.is_significant) == (0, False)
    assert last.correlation > 0.4


def test_relative_weights_add_up_to_r_squared():
    among = np.array([[1, 0.5, 0.2], [0.5, 1, 0.3], [0.2, 0.3, 1]])
    with_score = np.array([0.6, 0.5, 0.1])
    r_squared = with_score @ np.linalg.inv(among) @ with_score
    assert relative_weights(among, with_score).sum() == pytest.approx(r_squared, abs=1e-12)


def test_relative_weights_of_independent_criteria_are_squared_correlations():
    assert relative_weights(np.eye(2), np.array([0.6, -0.3])) == pytest.approx([0.36, 0.09])


def test_two_identical_drivers_are_flagged_and_the_third_is_not():
    rows = answered(3, 500, weights=(0.8, 0.5))
    twins = np.column_stack([rows[:, 0], rows])
    found = by_slot(drivers([products(twins)]))
    assert (found[1].inflation, found[1].nearest, found[2].nearest) == (math.inf, 2, 1)
    assert (found[1].beta, found[1].strength, found[2].strength) == (None, 0, 0)
    assert found[3].is_significant and not found[3].is_blurred
    assert found[1].weight == pytest.approx(found[2].weight)


def test_two_nearly_identical_drivers_are_flagged():
    rows = answered(3, 500, weights=(0.8, 0.5))
    near = np.where(np.arange(500) % 25 == 0, 5 - rows[:, 0], rows[:, 0])
    found = by_slot(drivers([products(np.column_stack([near, rows]))]))
    assert found[1].is_blurred and found[2].is_blurred and not found[3].is_blurred


def test_who_always_answers_alike_tells_nothing():
    rows = answered(3, 100, weights=(0.8, 0.5))
    found = drivers([products(np.column_stack([np.full(100, 4), rows]))])
    assert (found.constant, sorted(by_slot(found))) == ((1,), [2, 3])
    same_score = drivers([products(np.column_stack([rows[:, :2], np.full(100, 9)]), (1, 2))])
    assert (same_score.r_squared, same_score.drivers) == (None, ())


def test_a_perfect_line_is_one():
    marks = np.arange(60) % 6
    [driver] = drivers([products(np.column_stack([marks, 2 * marks]), (4,))]).drivers
    assert (driver.beta, driver.strength) == (pytest.approx(1), pytest.approx(1))


def patterns(**counts):
    """`abc=4`: four ratings that answered slots 1, 2 and 3."""
    parts = []
    for name, n in counts.items():
        slots = tuple("abcdef".index(letter) + 1 for letter in name)
        parts.append(products(answered(n, n, weights=(0.5,) * len(slots)), slots))
    return parts


@pytest.mark.parametrize(
    ("counts", "slots"),
    [
        ({}, ()),
        ({"abc": 100}, (1, 2, 3)),
        ({"abc": 60, "ab": 40}, (1, 2, 3)),
        ({"abc": 40, "ab": 60}, (1, 2)),
        ({"abc": 100, "def": 90}, (1, 2, 3)),
        ({"ab": 25, "a": 25}, (1,)),
        ({"ab": 35, "a": 25}, (1, 2)),
    ],
)
def test_criteria_that_share_their_ratings_are_compared(counts, slots):
    assert shared(patterns(**counts)) == slots


def test_who_answered_more_is_read_for_what_is_shared():
    found = drivers(patterns(ab=100, abc=40))
    assert (found.n, sorted(by_slot(found)), found.left_out) == (140, [1, 2], (3,))
