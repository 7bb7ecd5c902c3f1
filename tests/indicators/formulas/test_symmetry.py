from datetime import date
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.formulas.symmetry import Voices, related, symmetry

MONTHS = [date(2025, month, 1) for month in range(1, 13)]


def market(seed, *, lag=None, partners=20, level=0.0, shuffle=False):
    """Each month four voices of each side; clients follow their partner at once, or `lag` later."""
    draw = Random(seed)
    cells = {}
    for partner in range(partners):
        happy, loved = draw.gauss(0, 1), draw.gauss(0, 1)
        moods = [draw.gauss(0, 1) for _ in range(len(MONTHS) + 1)]
        for place, month in enumerate(MONTHS):
            own = 7 + happy + moods[place + 1]
            felt = 0.0 if lag is None else moods[place + 1 - lag]
            clients = 7 + level * happy + (1 - level) * loved + felt + draw.gauss(0, 0.7)
            cells[partner, month] = Voices(4, round(4 * own), 4, round(4 * clients))
    if shuffle:
        voices = [(one.clients_n, one.clients_sum) for one in cells.values()]
        draw.shuffle(voices)
        cells = {
            key: Voices(one.own_n, one.own_sum, *other)
            for (key, one), other in zip(cells.items(), voices, strict=True)
        }
    return cells


def told(cells):
    return {one.name: one for one in symmetry(cells, minimum=8).relations}


def test_nobody_has_no_symmetry():
    nobody = symmetry({}, minimum=8)
    assert (nobody.places, nobody.few, nobody.cut, nobody.strongest) == ((), 0, None, None)
    assert [one.rho for one in nobody.relations] == [None] * 3


@pytest.mark.parametrize("seed", range(5))
def test_a_lag_of_one_month_is_found(seed):
    found = symmetry(market(seed, lag=1), minimum=8)
    assert found.strongest.name == "month_later"
    assert found.strongest.rho > 0.4 > 2 * abs(found.relations[1].rho)


@pytest.mark.parametrize("seed", range(5))
def test_what_is_felt_at_once_is_found(seed):
    assert symmetry(market(seed, lag=0), minimum=8).strongest.name == "same_month"


@pytest.mark.parametrize("seed", range(5))
def test_satisfied_partners_with_satisfied_clients_are_found(seed):
    found = symmetry(market(seed, level=1.0, partners=40), minimum=8)
    assert found.strongest.name == "levels"


@pytest.mark.parametrize("shuffle", [True, False])
def test_without_a_relation_none_is_named(shuffle):
    """In at most one of twenty markets, though their partners differ for good."""
    lag = 1 if shuffle else None
    markets = (market(seed, lag=lag, shuffle=shuffle) for seed in range(200))
    named = sum(symmetry(cells, minimum=8).strongest is not None for cells in markets)
    assert named <= 10


def test_it_is_the_correlation_of_the_ranks():
    draw = np.random.default_rng(3)
    pairs = draw.permutation(200).reshape(100, 2).astype(float)
    ranks = pairs.argsort(axis=0).argsort(axis=0)
    found = related("levels", [tuple(pair) for pair in pairs], needed=10)
    assert found.rho == pytest.approx(np.corrcoef(ranks.T)[0, 1], abs=1e-12)
    assert found.low < found.rho < found.high


def test_a_published_example():
    """Twelve students, rho 0.82: Siegel, Nonparametric Statistics, 1956, chapter 9."""
    authority = (82, 98, 87, 40, 116, 113, 111, 83, 85, 126, 106, 117)
    striving = (42, 46, 39, 37, 65, 88, 86, 56, 62, 92, 54, 81)
    found = related("levels", list(zip(authority, striving, strict=True)), needed=10)
    assert found.rho == pytest.approx(0.82, abs=0.005)
    assert found.p < 0.01


@given(st.lists(st.tuples(st.integers(0, 10), st.integers(0, 10)), min_size=10, max_size=60))
def test_order_and_scale_change_nothing(pairs):
    found = related("levels", pairs, needed=10)
    same = related("levels", [(3 * x + 1, y**3) for x, y in reversed(pairs)], needed=10)
    assert (found.rho is None) == (same.rho is None)
    assert found.rho is None or found.rho == pytest.approx(same.rho, abs=1e-12)


@pytest.mark.parametrize(("partners", "rho"), [(9, False), (10, True)])
def test_few_partners_tell_no_relation(partners, rho):
    assert (told(market(1, partners=partners))["levels"].rho is not None) == rho


def test_who_said_little_is_placed_nowhere():
    cells = {(1, MONTHS[0]): Voices(8, 64, 8, 64), (2, MONTHS[0]): Voices(7, 56, 30, 240)}
    found = symmetry(cells, minimum=8)
    assert ([one.partner for one in found.places], found.few) == ([1], 1)


def test_four_quadrants():
    scores = {1: (9, 9), 2: (5, 9), 3: (9, 5), 4: (5, 5)}
    cells = {(key, MONTHS[0]): Voices(8, 8 * x, 8, 8 * y) for key, (x, y) in scores.items()}
    found = symmetry(cells, minimum=8)
    assert found.cut == (7, 7)
    assert {one.partner: one.quadrant for one in found.places} == {
        1: "in_tune",
        2: "early_warning",
        3: "blind_spot",
        4: "both",
    }


def test_a_month_without_debrief_is_no_pair():
    cells = {
        (1, MONTHS[0]): Voices(1, 8, 0, 0),
        (1, MONTHS[1]): Voices(0, 0, 1, 9),
        (1, MONTHS[2]): Voices(1, 7, 1, 8),
        (1, MONTHS[4]): Voices(1, 7, 1, 8),
    }
    assert (told(cells)["same_month"].n, told(cells)["month_later"].n) == (2, 0)


def test_means_have_intervals_which_narrow_with_answers():
    few, many = Voices(4, 32, 4, 20, 258, 104), Voices(40, 320, 40, 200, 2580, 1040)
    assert (few.own_mean.value, few.clients_mean.value) == (8, 5)
    assert many.own_mean.high - many.own_mean.low < few.own_mean.high - few.own_mean.low
    assert Voices().own_mean.value is None
