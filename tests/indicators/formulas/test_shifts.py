"""A detector is as good as its false alarms are rare and its power is known: both are measured.

Many walks are looked at side by side, each day of each of them as `find` looks at one.
"""

import sys
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from indicators.formulas.shifts import (
    BASELINE_DAYS,
    MINIMUM_AFTER,
    MINIMUM_BEFORE,
    ONCE_IN_TWENTY_MONTHS,
    ONCE_IN_TWENTY_YEARS,
    WINDOW_DAYS,
    Sample,
    find,
    z_of,
)

USUAL, LOVED = (0.5, 0.3, 0.2), (0.85, 0.12, 0.03)  # promoters, passives, detractors
LOWER_BY_15, HIGHER_BY_15, LOWER_BY_45 = (
    (0.425, 0.3, 0.275),
    (0.575, 0.3, 0.125),
    (0.275, 0.3, 0.425),
)
YEAR = Sample(2400, 1200, 480)
HISTORY = BASELINE_DAYS + WINDOW_DAYS
MONTHS, YEARS = ONCE_IN_TWENTY_MONTHS, ONCE_IN_TWENTY_YEARS
NEAR = 0.03  # of shares among thousands of walks


def walks(shape, *, runs, days, a_month=200, then=None, seed=1):
    """All, promoters and detractors of each run up to each day: a quiet year, then so many days."""
    draw = np.random.default_rng(seed)
    n = draw.poisson(a_month / 30, size=(runs, HISTORY + days))
    promoters, passives, detractors = (np.repeat(one, HISTORY + days) for one in shape)
    if then:
        promoters[HISTORY:], passives[HISTORY:], detractors[HISTORY:] = then
    happy = draw.binomial(n, promoters)
    sad = draw.binomial(n - happy, detractors / (passives + detractors))
    return np.stack([np.pad(one, ((0, 0), (1, 0))).cumsum(axis=1) for one in (n, happy, sad)])


def drifting(*, runs, days, points_a_month, a_month=200, seed=1):
    """The level itself walks by chance."""
    draw = np.random.default_rng(seed)
    steps = draw.standard_normal((runs, HISTORY + days)) * points_a_month / 100 / 30**0.5
    level = np.clip(steps.cumsum(axis=1) / 2, -0.15, 0.2)
    n = draw.poisson(a_month / 30, size=level.shape)
    happy = draw.binomial(n, 0.5 + level)
    sad = draw.binomial(n - happy, (0.2 - level) / (0.5 - level))
    return np.stack([np.pad(one, ((0, 0), (1, 0))).cumsum(axis=1) for one in (n, happy, sad)])


def sides(until):
    """What each daily look compares, from the last quiet day on, by run."""
    days = np.arange(HISTORY, until.shape[2])
    start = days - WINDOW_DAYS
    before = until[:, :, start] - until[:, :, start - BASELINE_DAYS]
    return before, until[:, :, days] - until[:, :, start]


def looks(until):
    """z of each daily look; 0 where too few have answered."""
    return z_of_many(*sides(until))


def z_of_many(before, after):
    (n_before, happy_before, sad_before), (n_after, happy_after, sad_after) = before, after
    enough = (n_before >= MINIMUM_BEFORE) & (n_after >= MINIMUM_AFTER)
    n_before, n_after = np.maximum(n_before, 1), np.maximum(n_after, 1)
    n, happy, sad = n_before + n_after, happy_before + happy_after, sad_before + sad_after
    variance = (happy + sad) / n - ((happy - sad) / n) ** 2
    error = np.sqrt(variance * (1 / n_before + 1 / n_after))
    moved = (happy_after - sad_after) / n_after - (happy_before - sad_before) / n_before
    return np.divide(moved, error, out=np.zeros_like(error), where=enough & (error > 0))


def false_alarms(until, limit):
    return float((np.abs(looks(until)) >= limit.z).any(axis=1).mean())


def false_alarms_a_year(until, z_of_looks, limit_z):
    """As the nights go: after an alert the later days are compared with those since."""
    runs, nights = np.arange(until.shape[1]), range(HISTORY + 1, until.shape[2])
    normal_from, alerts = np.zeros(len(runs), int), 0
    for day in nights:
        start = day - WINDOW_DAYS
        first = np.minimum(np.maximum(start - BASELINE_DAYS, normal_from), start)
        before = until[:, :, start] - until[:, runs, first]
        told = z_of_looks(before, until[:, :, day] - until[:, :, start]) >= limit_z
        normal_from[told] = day
        alerts += told.sum()
    return alerts / len(runs) / len(nights) * 365


@cache
def shifted(a_month, then):
    """Looks from the last quiet day on; a shift in its own direction is above 0."""
    z = looks(walks(USUAL, runs=4000, days=60, a_month=a_month, then=then))
    return z if then == HIGHER_BY_15 else -z


def found(limit, a_month, then):
    """Shares found within 30 and 60 days, and at the look after 30, of those quiet until then."""
    z = shifted(a_month, then)
    told = z[np.abs(z[:, 0]) < limit.z] >= limit.z
    return told[:, 1:31].any(axis=1).mean(), told[:, 1:].any(axis=1).mean(), told[:, 30].mean()


def say(measured):
    sys.stdout.write(f"{measured}\n")


def test_many_looks_at_once_say_what_one_look_says():
    until = walks(USUAL, runs=20, days=9, then=LOWER_BY_45)
    every_look = looks(until)
    for run, day in np.ndindex(20, 10):
        start = HISTORY + day - WINDOW_DAYS
        counts = until[:, run]
        before = Sample(*(counts[:, start] - counts[:, start - BASELINE_DAYS]).tolist())
        after = Sample(*(counts[:, HISTORY + day] - counts[:, start]).tolist())
        z = every_look[run, day]
        assert z == pytest.approx(z_of(before, after))
        assert bool(find(before, after, MONTHS)) == (abs(z) >= MONTHS.z)


@pytest.mark.parametrize("shape", [USUAL, LOVED])
@pytest.mark.parametrize(("limit", "days", "thousands"), [(MONTHS, 30, 10), (YEARS, 365, 4)])
def test_without_shift_at_most_5_percent_of_1000_runs_raise_an_alert(limit, days, thousands, shape):
    """Of one thousand chance makes 3 to 5 %: more than one of them are looked at."""
    seeds = range(1, thousands + 1)
    shares = [false_alarms(walks(shape, runs=1000, days=days, seed=seed), limit) for seed in seeds]
    say(f"{shape}, {days} days of looks at {limit.z}: {np.mean(shares):.1%}, {shares}")
    assert np.mean(shares) <= 0.045
    assert sum(share > 0.05 for share in shares) <= thousands / 10


@pytest.mark.parametrize("a_month", [60, 200, 1000])
def test_the_price_is_the_same_for_many_answers_and_for_few(a_month):
    alerted = false_alarms(walks(USUAL, runs=3000, days=30, a_month=a_month), MONTHS)
    assert alerted == pytest.approx(0.037, abs=0.008)


def test_looking_every_day_without_paying_for_it_cries_wolf():
    assert false_alarms(walks(USUAL, runs=200, days=365), replace(MONTHS, z=1.96)) > 0.8


@pytest.mark.parametrize("a_month", [100, 200, 400])
@pytest.mark.parametrize("limit", [MONTHS, YEARS])
def test_the_power_that_is_told_is_the_power_that_is_measured(limit, a_month):
    in_30, in_60, at_30 = found(limit, a_month, LOWER_BY_15)
    say(f"fall at {limit.z}, {a_month}: {in_30:.1%}, {in_60:.1%}; at the look: {at_30:.1%}")
    assert limit.found[a_month] == pytest.approx((in_30, in_60), abs=NEAR)


def test_more_than_half_of_the_shifts_are_found_within_a_month_at_200_answers():
    for then in (LOWER_BY_15, HIGHER_BY_15):
        in_30, _in_60, at_30 = found(MONTHS, 200, then)
        assert 0.5 < in_30 < 0.54
        assert at_30 == pytest.approx(0.42, abs=NEAR)


def test_rises_by_15_are_found_about_as_often_as_falls():
    for limit, in_30, in_60 in ((MONTHS, 0.52, 0.82), (YEARS, 0.19, 0.43)):
        assert found(limit, 200, HIGHER_BY_15)[:2] == pytest.approx((in_30, in_60), abs=NEAR)


def test_what_no_chance_explains_is_found_at_the_surer_limit_too():
    assert found(YEARS, 200, LOWER_BY_45)[0] >= 0.99


def test_a_collapse_is_told_within_a_fortnight():
    z = looks(walks(USUAL, runs=400, days=14, then=(0.1, 0.2, 0.7)))
    assert (z <= -YEARS.z).any(axis=1).mean() >= 0.95


@pytest.mark.parametrize(("points_a_month", "at_most"), [(0.5, 0.06), (1, 0.08), (2, 0.15)])
def test_a_level_that_drifts_by_chance_raises_more(points_a_month, at_most):
    alerted = false_alarms(drifting(runs=3000, days=30, points_a_month=points_a_month), MONTHS)
    say(f"drift by {points_a_month} a month: {alerted:.1%}")
    assert 0.03 < alerted < at_most


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Sample(), Sample()),
        (Sample(), Sample(200, 0, 200)),
        (Sample(99, 99, 0), Sample(200, 0, 200)),
        (YEAR, Sample()),
        (YEAR, Sample(29, 0, 29)),
        (YEAR, Sample(200, 100, 40)),
        (YEAR, Sample(200, 86, 54)),
        (Sample(500, 500, 0), Sample(500, 500, 0)),
    ],
)
def test_nothing_to_tell(before, after):
    assert find(before, after, MONTHS) is None


def test_what_one_company_is_told_another_is_not():
    fallen = Sample(200, 84, 58)
    assert round(z_of(YEAR, fallen), 1) == -2.9
    assert (find(YEAR, fallen, MONTHS).after, find(YEAR, fallen, YEARS)) == (13, None)


def test_what_an_alert_says():
    found = find(YEAR, Sample(200, 55, 85), YEARS)
    assert (found.before, found.before_n, found.after, found.after_n) == (30, 2400, -15, 200)
    assert found.p == pytest.approx(9.3e-15, rel=0.1)


def test_a_rise_is_told_as_a_fall_is():
    assert find(YEAR, Sample(200, 150, 10), YEARS).after == 70


def test_a_sample_of_scores():
    assert Sample.of([1] * 11) == Sample(11, 2, 7)
    assert Sample.of([0] * 11) == Sample()
