"""A detector is as good as its false alarms are rare and its power is known: both are measured."""

import sys

import numpy as np
import pytest

from indicators import shifts
from indicators.shifts import BASELINE_DAYS, WINDOW_DAYS, Sample, find

USUAL, LOVED = (0.5, 0.3, 0.2), (0.85, 0.12, 0.03)  # promoters, passives, detractors
LOWER_BY_15, LOWER_BY_45 = (0.425, 0.3, 0.275), (0.275, 0.3, 0.425)
YEAR = Sample(2400, 1200, 480)
HISTORY = BASELINE_DAYS + WINDOW_DAYS


def first_alerts(shape, *, runs, days, a_month=200, then=None, seed=1):
    """Of each run the day of the first alert: a quiet year, then so many daily looks."""
    draw = np.random.default_rng(seed)
    for _run in range(runs):
        numbers = draw.poisson(a_month / 30, size=HISTORY + days)
        old = draw.multinomial(numbers[:HISTORY], shape)
        new = draw.multinomial(numbers[HISTORY:], then or shape)
        yield first_alert(np.concatenate([np.zeros((1, 3), int), old, new]).cumsum(axis=0))


def first_alert(until):
    """`until` holds the counts up to each day; windows are differences of two of them."""
    for day in range(HISTORY, len(until)):
        start = day - WINDOW_DAYS
        before = as_sample(until[start] - until[start - BASELINE_DAYS])
        if find(before, as_sample(until[day] - until[start])):
            return day - HISTORY
    return None


def as_sample(counts):
    promoters, passives, detractors = counts.tolist()
    return Sample(promoters + passives + detractors, promoters, detractors)


def share(alerts, *, within):
    found = list(alerts)
    return sum(day is not None and day <= within for day in found) / len(found)


def say(measured):
    sys.stdout.write(f"{measured}\n")


@pytest.mark.parametrize("shape", [USUAL, LOVED])
def test_a_year_of_daily_looks_without_shift_raises_an_alert_in_5_percent_of_1000_runs(shape):
    alerted = share(first_alerts(shape, runs=1000, days=365), within=365)
    say(f"false alarms in a year, {shape}: {alerted:.1%}")
    assert alerted <= 0.05


def test_looking_every_day_without_paying_for_it_cries_wolf(monkeypatch):
    monkeypatch.setattr(shifts, "LIMIT_Z", 1.96)
    assert share(first_alerts(USUAL, runs=50, days=365), within=365) > 0.8


@pytest.mark.parametrize(
    ("a_month", "then", "in_30", "in_60"),
    [
        (200, LOWER_BY_15, 0.15, 0.4),
        (400, LOWER_BY_15, 0.5, 0.8),
        (200, LOWER_BY_45, 0.95, 0.99),
    ],
)
def test_power(a_month, then, in_30, in_60):
    alerts = list(first_alerts(USUAL, runs=400, days=60, a_month=a_month, then=then))
    found = [share(alerts, within=days) for days in (30, 60)]
    say(f"{a_month} answers a month, {then}: {found[0]:.0%} in 30 days, {found[1]:.0%} in 60")
    assert found[0] >= in_30
    assert found[1] >= in_60


def test_a_collapse_is_told_within_a_fortnight():
    alerts = first_alerts(USUAL, runs=100, days=30, then=(0.1, 0.2, 0.7))
    assert share(alerts, within=14) >= 0.95


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Sample(), Sample()),
        (Sample(), Sample(200, 0, 200)),
        (Sample(99, 99, 0), Sample(200, 0, 200)),
        (YEAR, Sample()),
        (YEAR, Sample(29, 0, 29)),
        (YEAR, Sample(200, 100, 40)),
        (YEAR, Sample(200, 80, 60)),
        (Sample(500, 500, 0), Sample(500, 500, 0)),
    ],
)
def test_nothing_to_tell(before, after):
    assert find(before, after) is None


def test_what_an_alert_says():
    found = find(YEAR, Sample(200, 55, 85))
    assert (found.before, found.before_n, found.after, found.after_n) == (30, 2400, -15, 200)
    assert found.p == pytest.approx(9.3e-15, rel=0.1)


def test_a_rise_is_told_as_a_fall_is():
    assert find(YEAR, Sample(200, 150, 10)).after == 70


def test_a_sample_of_scores():
    assert Sample.of([1] * 11) == Sample(11, 2, 7)
    assert Sample.of([0] * 11) == Sample()
