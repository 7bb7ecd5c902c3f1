import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.formulas.delays import ERROR, bucket, merged, middle, quantile

SECONDS = st.floats(1, 90 * 86_400)
SHARES = st.sampled_from([0.1, 0.5, 0.9, 0.99, 1.0])


def counted(delays):
    return merged({bucket(delay): 1} for delay in delays)


def exact(delays, share):
    return sorted(delays)[max(1, math.ceil(share * len(delays))) - 1]


def test_nobody_has_no_delay():
    nobody = quantile({}, 0.5)
    assert (nobody.seconds, nobody.low, nobody.high, nobody.n) == (None, None, None, 0)


def test_the_error_is_what_is_promised():
    assert ERROR <= 0.021


@given(SECONDS)
def test_a_bucket_tells_its_delays_within_the_error(delay):
    assert abs(middle(bucket(delay)) - delay) <= (ERROR + 1e-12) * delay


@pytest.mark.parametrize("seconds", [-5, 0, 0.3, 1])
def test_what_is_shorter_than_a_second_counts_as_one(seconds):
    assert bucket(seconds) == 0


@given(st.lists(SECONDS, min_size=1, max_size=300), SHARES)
def test_a_quantile_is_the_exact_one_within_the_error(delays, share):
    truth = exact(delays, share)
    assert abs(quantile(counted(delays), share).seconds - truth) <= (ERROR + 1e-12) * truth


@given(st.lists(st.lists(SECONDS, max_size=30), max_size=5), SHARES)
def test_parts_add_up(parts, share):
    whole = [delay for part in parts for delay in part]
    assert quantile(merged(map(counted, parts)), share) == quantile(counted(whole), share)


@given(st.lists(SECONDS, min_size=2), SHARES)
def test_the_interval_holds_the_value(delays, share):
    found = quantile(counted(delays), share)
    assert found.low <= found.seconds <= found.high


def test_one_delay_alone_has_no_interval():
    assert (quantile({3: 1}, 0.5).low, quantile({3: 1}, 0.5).high) == (None, None)


@pytest.mark.parametrize("share", [0.5, 0.9])
@pytest.mark.parametrize("n", [50, 400])
def test_the_interval_covers_the_true_quantile(share, n):
    truth, draw = math.exp(9) * -math.log(1 - share), Random(5)
    held = 0
    for _survey in range(600):
        found = quantile(counted(draw.expovariate(math.exp(-9)) for _ in range(n)), share)
        held += found.low * (1 - ERROR) <= truth <= found.high * (1 + ERROR)
    assert held / 600 >= 0.93
