"""Cancellations by the company: found when they rise, seldom told when they come in bunches."""

import numpy as np
import pytest

from indicators.formulas.rises import Days, dispersion, find, z_of
from indicators.formulas.shifts import (
    BASELINE_DAYS,
    MINIMUM_AFTER,
    MINIMUM_BEFORE,
    ONCE_IN_TWENTY_MONTHS,
    ONCE_IN_TWENTY_YEARS,
    WINDOW_DAYS,
)
from tests.indicators.formulas import test_shifts as scores

HISTORY = BASELINE_DAYS + WINDOW_DAYS
MONTHS, YEARS = ONCE_IN_TWENTY_MONTHS, ONCE_IN_TWENTY_YEARS
YEAR = Days(360, 3000, 90, 13.2)  # 3 %, each drawn alone


def walks(rate, *, runs, days, a_month=250, then=None, bunch=1, seed=1):
    """As those of scores: days with interventions, n, hits and squares up to each day."""
    draw = np.random.default_rng(seed)
    rates = np.repeat((rate, then or rate), (HISTORY, days))
    bunches = draw.poisson(a_month / 30 / bunch, size=(runs, HISTORY + days))
    n, hits = bunches * bunch, draw.binomial(bunches, rates) * bunch
    each = (n > 0, n, hits, hits**2 / np.maximum(n, 1))
    return np.stack([np.pad(one, ((0, 0), (1, 0))).cumsum(axis=1) for one in each])


def looks(until):
    return z_of_many(*scores.sides(until))


def z_of_many(before, after):
    both = before + after
    n, hits = np.maximum(both[1], 1), both[2]
    rate = hits / n
    some = (before[1] >= MINIMUM_BEFORE) & (after[1] >= MINIMUM_AFTER) & (rate > 0) & (rate < 1)
    rate = np.where(some, rate, 0.5)
    ratio, around, rates = 0, 0, []
    for _days, n_side, hits_side, squares in (before, after):
        n_side = np.maximum(n_side, 1)
        for part, share in ((hits_side, rate), (n_side - hits_side, 1 - rate)):
            ratio += 2 * part * np.log(np.maximum(part, 1) / (n_side * share))
        around += squares - hits_side**2 / n_side
        rates.append(hits_side / n_side)
    spread = around / (rate * (1 - rate)) / np.maximum(both[0] - 2, 1)
    root = np.sqrt(np.maximum(ratio, 0) / np.maximum(spread, 1))
    return np.where(some, np.sign(rates[1] - rates[0]) * root, 0)


def false_alarms(until, limit):
    return float((looks(until) >= limit.rise_z).any(axis=1).mean())


def test_many_looks_at_once_say_what_one_look_says():
    until = walks(0.03, runs=20, days=9, then=0.15, bunch=2)
    every_look = looks(until)
    for run, day in np.ndindex(20, 10):
        start = HISTORY + day - WINDOW_DAYS
        before = until[:, run, start] - until[:, run, start - BASELINE_DAYS]
        after = until[:, run, HISTORY + day] - until[:, run, start]
        before, after = Days(*before.tolist()), Days(*after.tolist())
        assert every_look[run, day] == pytest.approx(z_of(before, after))
        assert bool(find(before, after, MONTHS)) == (every_look[run, day] >= MONTHS.rise_z)


@pytest.mark.parametrize(
    ("rate", "a_month", "bunch"), [(0.01, 250, 1), (0.03, 250, 1), (0.08, 1000, 1), (0.03, 250, 3)]
)
def test_without_rise_less_than_1_in_100_months_raises_an_alert(rate, a_month, bunch):
    until = walks(rate, runs=2000, days=30, a_month=a_month, bunch=bunch)
    alerted = false_alarms(until, MONTHS)
    scores.say(f"{rate:.0%} of {a_month}, in bunches of {bunch}: {alerted:.2%}")
    assert alerted <= 0.01


def test_the_promise_of_5_percent_is_that_of_score_and_cancellations_together():
    for limit, days, runs in ((MONTHS, 30, 3000), (YEARS, 365, 500)):
        of_scores = scores.false_alarms(scores.walks(scores.USUAL, runs=runs, days=days), limit)
        of_rates = false_alarms(walks(0.03, runs=runs, days=days), limit)
        scores.say(f"{days} days: {of_scores:.1%} and {of_rates:.1%}")
        assert of_scores + of_rates <= 0.05


@pytest.mark.parametrize("limit", [MONTHS, YEARS])
def test_the_false_alarms_a_year_that_are_told_are_those_that_are_measured(limit):
    def either_way(before, after):
        return np.abs(scores.z_of_many(before, after))

    quiet = scores.walks(scores.USUAL, runs=1000, days=730)
    of_scores = scores.false_alarms_a_year(quiet, either_way, limit.z)
    of_rates = scores.false_alarms_a_year(walks(0.03, runs=500, days=730), z_of_many, limit.rise_z)
    scores.say(f"false alarms a year at {limit.z}: {of_scores:.3f} and {of_rates:.3f}")
    assert limit.false_a_year == pytest.approx(of_scores + of_rates, rel=0.2)


@pytest.mark.parametrize("limit", [MONTHS, YEARS])
def test_the_power_that_is_told_is_the_power_that_is_measured(limit):
    z = looks(walks(0.03, runs=1000, days=60, then=0.09))
    told = z[z[:, 0] < limit.rise_z] >= limit.rise_z
    found = told[:, 1:31].any(axis=1).mean(), told[:, 1:].any(axis=1).mean()
    assert limit.risen == pytest.approx(found, abs=0.03)


def test_bunches_that_are_taken_for_single_ones_cry_wolf():
    until = walks(0.03, runs=1000, days=30, bunch=3)
    until[3] = 0  # as if no day differed from the others
    assert false_alarms(until, MONTHS) > 0.1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Days(), Days()),
        (Days(), Days(30, 250, 50, 12.0)),
        (YEAR, Days()),
        (YEAR, Days(29, 29, 29, 29.0)),
        (Days(99, 99, 1, 1.0), Days(30, 250, 50, 12.0)),
        (Days(360, 3000), Days(30, 250)),
        (Days(360, 3000, 3000, 3000.0), Days(30, 250, 250, 250.0)),
        (YEAR, Days(30, 250, 14, 1.4)),
        (YEAR, Days(30, 250, 0, 0.0)),  # good news is no alert
    ],
)
def test_nothing_to_tell(before, after):
    assert find(before, after, MONTHS) is None


def test_what_an_alert_says():
    risen = find(YEAR, Days(30, 250, 22, 2.6), MONTHS)
    assert (risen.before, risen.before_n, risen.after, risen.after_n) == (0.03, 3000, 0.088, 250)
    assert (round(risen.p, 6), risen.limit_z) == (0.000018, 3.1)
    assert z_of(YEAR, Days(30, 250, 22, 2.6)) == pytest.approx(4.13, abs=0.01)


def test_a_day_that_is_cancelled_whole_is_no_run_of_cancellations():
    each, whole = Days.of([(8, 1)] * 22 + [(8, 0)] * 9), Days.of([(8, 8)] * 3 + [(8, 0)] * 28)
    assert dispersion(YEAR, each) < 1.2 < dispersion(YEAR, whole)
    assert find(YEAR, each, MONTHS)


def test_days():
    assert Days.of([]) == Days.of([(0, 0)]) == Days()
    assert Days.of([(4, 2), (0, 0), (1, 0)]) == Days(2, 5, 2, 1.0)
