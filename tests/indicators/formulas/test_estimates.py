import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.formulas.estimates import (
    Difference,
    answers_to_decide,
    band,
    correlation,
    maturity_band,
    mean,
    mean_difference,
    normal_margin,
    nps,
    nps_difference,
    rate_difference,
    wilson,
)
from indicators.formulas.sums import Answers, Pairs

NOBODY = [0] * 11
MOSTLY_HAPPY = [0.02, 0, 0, 0.01, 0, 0.03, 0.03, 0.11, 0.18, 0.24, 0.38]  # 62 / 29 / 9
EVEN = [0.05, 0, 0.02, 0.03, 0.05, 0.05, 0.10, 0.15, 0.15, 0.20, 0.20]  # 40 / 30 / 30
NEARLY_ALL_FANS = [0, 0, 0, 0, 0, 0.02, 0.03, 0.05, 0.10, 0.20, 0.60]  # 80 / 15 / 5

distributions = st.lists(st.integers(0, 10_000), min_size=11, max_size=11)
marks = st.lists(st.integers(0, 5), max_size=60)


def scores(promoters, passives, detractors):
    return [0, 0, 0, 0, 0, 0, detractors, 0, passives, 0, promoters]


def answers(marks):
    return Answers(len(marks), sum(marks), sum(mark**2 for mark in marks))


def pairs(points):
    x, y = [x for x, _ in points], [y for _, y in points]
    products = [sum(a * b for a, b in zip(p, q, strict=True)) for p, q in ((x, x), (y, y), (x, y))]
    return Pairs(len(points), sum(x), products[0], sum(y), products[1], products[2])


@pytest.mark.parametrize(
    ("distribution", "value"),
    [
        (NOBODY, None),
        ([1] * 11, 100 * (2 - 7) / 11),
        (scores(50, 30, 20), 30),
        (scores(7, 0, 0), 100),
        (scores(0, 7, 0), 0),
        (scores(0, 0, 7), -100),
        (scores(8_465, 3_953, 1_194), pytest.approx(53.416, abs=5e-4)),
        (scores(2_293, 765, 928), pytest.approx(34.245, abs=5e-4)),
    ],
)
def test_nps(distribution, value):
    assert nps(distribution).value == value


def test_nps_of_nobody_has_nothing_to_show():
    nobody = nps(NOBODY)

    assert (nobody.low, nobody.high, nobody.n) == (None, None, 0)
    assert nobody.margin() is None
    assert normal_margin(nobody) is None


def test_nps_sorts_scores_into_three_groups():
    one_each = nps([1] * 11)

    assert (one_each.promoters, one_each.passives, one_each.detractors) == (2, 2, 7)


@pytest.mark.parametrize("counts", [[], [1] * 10, [1] * 12])
def test_nps_needs_eleven_counts(counts):
    with pytest.raises(ValueError, match="eleven counts"):
        nps(counts)


def test_margins_of_a_hundred_answers():
    score = nps(scores(50, 30, 20))

    assert round(normal_margin(score), 1) == 15.3
    assert (round(score.low, 1), round(score.high, 1)) == (14.1, 44.2)
    assert round(score.margin(), 1) == 15.1


@pytest.mark.parametrize("unanimous", [scores(7, 0, 0), scores(0, 7, 0), scores(0, 0, 7)])
def test_unanimous_answers_are_no_certainty(unanimous):
    score = nps(unanimous)

    assert normal_margin(score) == 0
    assert score.margin() > 20


@given(distributions)
def test_nps_interval_holds_the_value_inside_the_scale(distribution):
    score = nps(distribution)

    assert score.n == 0 or -100 <= score.low <= score.value <= score.high <= 100


@given(distributions, distributions)
def test_nps_of_merged_parts_is_that_of_the_whole(one, other):
    whole = nps([a + b for a, b in zip(one, other, strict=True)])
    a, b = nps(one), nps(other)

    assert whole.n == a.n + b.n
    assert whole.n == 0 or whole.value == (
        100 * (a.promoters + b.promoters - a.detractors - b.detractors) / whole.n
    )


@given(distributions, st.permutations(range(7)))
def test_nps_does_not_see_which_detractor_score(distribution, order):
    shuffled = [distribution[score] for score in order] + distribution[7:]

    assert nps(shuffled).value == nps(distribution).value
    assert nps(shuffled).margin() == nps(distribution).margin()


def coverage(shape, n, interval):
    """Share of 2,000 drawn surveys whose interval holds the true score."""
    truth = 100 * (sum(shape[9:]) - sum(shape[:7]))
    drawn = np.random.default_rng(2016).multinomial(n, shape, size=2_000).tolist()
    bounds = [interval(nps(distribution)) for distribution in drawn]
    return np.mean([low <= truth <= high for low, high in bounds])


@pytest.mark.parametrize("shape", [MOSTLY_HAPPY, EVEN, NEARLY_ALL_FANS])
@pytest.mark.parametrize("n", [8, 9, 12, 15, 20, 30, 50, 100, 200, 500])
def test_nps_interval_covers_the_true_score(shape, n):
    assert 0.92 <= coverage(shape, n, lambda score: (score.low, score.high)) <= 0.97


def test_plain_interval_does_not_cover_when_few_answer():
    def plain(score):
        return score.value - normal_margin(score), score.value + normal_margin(score)

    assert coverage(NEARLY_ALL_FANS, 8, plain) < 0.85


@pytest.mark.parametrize(("a", "b"), [(NOBODY, NOBODY), (NOBODY, [1] * 11), ([1] * 11, NOBODY)])
def test_nps_difference_with_nobody(a, b):
    assert nps_difference(nps(a), nps(b)) == Difference(None, None, None)


@pytest.mark.parametrize(
    ("a", "b", "value", "p", "significant"),
    [
        ((50, 30, 20), (50, 30, 20), 0, 1, False),
        ((50, 30, 20), (40, 30, 30), 20, 0.0794, False),
        ((40, 30, 30), (50, 30, 20), -20, 0.0794, False),
        ((100, 60, 40), (80, 60, 60), 20, 0.0131, True),
        ((7, 0, 0), (7, 0, 0), 0, 1, False),
        ((7, 0, 0), (50, 30, 20), 70, 0.0458, True),
        ((7, 0, 0), (0, 0, 7), 200, 0, True),
        ((1, 0, 0), (0, 0, 1), 200, 0.3458, False),
    ],
)
def test_nps_difference(a, b, value, p, significant):
    difference = nps_difference(nps(scores(*a)), nps(scores(*b)))

    assert difference.value == pytest.approx(value)
    assert difference.p == pytest.approx(p, abs=1e-4)
    assert difference.significant is significant


@pytest.mark.parametrize(
    ("successes", "n", "value", "low", "high"),
    [
        (0, 0, None, None, None),
        (0, 10, 0, 0, 0.2775),
        (5, 10, 0.5, 0.2366, 0.7634),
        (10, 10, 1, 0.7225, 1),
        (81, 263, 0.3080, 0.2553, 0.3662),  # Newcombe, Statistics in Medicine 17, 1998
    ],
)
def test_wilson(successes, n, value, low, high):
    rate = wilson(successes, n)

    assert (rate.value, rate.low, rate.high) == pytest.approx((value, low, high), abs=5e-5)
    assert (rate.successes, rate.n) == (successes, n)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_rate_interval_holds_the_value_between_0_and_1(successes, failures):
    rate = wilson(successes, successes + failures)

    assert rate.n == 0 or 0 <= rate.low <= rate.value <= rate.high <= 1


@pytest.mark.parametrize(
    ("a", "b", "value", "p"),
    [
        ((0, 0), (5, 10), None, None),
        ((0, 10), (0, 10), 0, 1),
        ((10, 10), (10, 10), 0, 1),
        ((1, 1), (0, 1), 1, 0.3173),
        ((30, 100), (20, 100), 0.1, 0.1033),
        ((300, 1_000), (200, 1_000), 0.1, 0),
    ],
)
def test_rate_difference(a, b, value, p):
    difference = rate_difference(wilson(*a), wilson(*b))

    assert difference.value == pytest.approx(value)
    assert difference.p == pytest.approx(p, abs=1e-4)


@pytest.mark.parametrize(
    ("marks", "value", "low", "high"),
    [
        ([], None, None, None),
        ([4], 4, 0, 5),
        ([5] * 8, 5, 4.704, 5),
        ([4] * 8, 4, 3.704, 4.296),
        ([0, 5], 2.5, 0, 5),
        ([2, 3, 3, 4, 4, 4, 5, 5], 3.75, 2.884, 4.616),
    ],
)
def test_mean(marks, value, low, high):
    count = answers(marks)
    result = mean(count.n, count.total, count.squares)

    assert result.value == value
    assert (result.low, result.high) == pytest.approx((low, high), abs=1e-3)


@given(marks)
def test_mean_interval_holds_the_value_inside_the_scale(marks):
    count = answers(marks)
    result = mean(count.n, count.total, count.squares)

    assert result.n == 0 or 0 <= result.low <= result.value <= result.high <= 5


@pytest.mark.parametrize(
    ("freedom", "published"),
    [(4, 2.776), (7, 2.365), (10, 2.228), (30, 2.042), (120, 1.980)],
)
def test_mean_interval_is_student_s(freedom, published):
    n = freedom + 1
    result = mean(n, 0, n * freedom, scale=(-1e9, 1e9))  # variance n: the half-width is t

    assert published - 5e-4 <= result.high <= published * 1.005


@pytest.mark.parametrize(
    ("a", "b", "value", "p"),
    [
        ([], [3, 4], None, None),
        ([5], [3, 4], 1.5, None),
        ([4] * 8, [4] * 8, 0, 1),
        ([5] * 8, [4] * 8, 1, 0.0001),
        ([2, 3, 3, 4, 4, 4, 5, 5], [1, 2, 2, 3, 3, 3, 4, 4], 1, 0.0738),
    ],
)
def test_mean_difference(a, b, value, p):
    difference = mean_difference(answers(a), answers(b))

    assert difference.value == value
    assert difference.p == pytest.approx(p, abs=1e-4)


@pytest.mark.parametrize(
    ("points", "r"),
    [
        ([], None),
        ([(3, 8)], None),
        ([(3, 8), (3, 9)], None),
        ([(1, 2), (2, 4), (3, 6)], 1),
        ([(1, 6), (2, 4), (3, 2)], -1),
        ([(0, 0), (0, 1), (1, 0), (1, 1)], 0),
        ([(1, 1), (2, 3), (3, 2)], 0.5),
    ],
)
def test_correlation(points, r):
    assert correlation(*vars(pairs(points)).values()) == r


@given(marks, marks)
def test_sums_of_parts_add_up_to_the_whole(one, other):
    assert answers(one) + answers(other) == answers(one + other)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 10))), st.randoms())
def test_correlation_ignores_order_and_grouping(points, random):
    shuffled = random.sample(points, len(points))
    merged = sum([pairs([point]) for point in shuffled], Pairs())

    assert merged == pairs(points)


@pytest.mark.parametrize(
    ("low", "high", "reference", "expected"),
    [
        (None, None, 30, None),
        (10, 20, None, None),
        (31, 50, 30, "above"),
        (30, 50, 30, "as_expected"),
        (10, 30, 30, "as_expected"),
        (10, 29, 30, "below"),
    ],
)
def test_band(low, high, reference, expected):
    assert band(low, high, reference) == expected


@pytest.mark.parametrize(
    ("mean", "expected"),
    [
        (None, None),
        (6, "to_consolidate"),
        (6.5, "to_consolidate"),
        (7, "mastered"),
        (8, "mastered"),
        (8.9, "mastered"),
        (9, "excellence"),
    ],
)
def test_maturity_band(mean, expected):
    assert maturity_band(mean) == expected


@pytest.mark.parametrize(
    ("value", "low", "high", "target", "more"),
    [
        (4, 3, 5, 4, None),
        (4, 3, 5, 2.9, 0),
        (4, 3, 5, 3, 1),
        (4, 3, 5, 3.5, 31),
        (4, 3, 4.5, 4.25, 31),
    ],
)
def test_answers_to_decide(value, low, high, target, more):
    assert answers_to_decide(value, low, high, target, n=10) == more
