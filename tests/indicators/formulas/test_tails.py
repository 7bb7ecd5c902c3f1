import math

import numpy as np
import pytest

from indicators.formulas.tails import fisher_p, student_p

# Two-sided 5 % and 1 % points: Fisher and Yates, Statistical Tables, 1938, table III.
POINTS = [
    (1, 12.706, 63.657),
    (2, 4.303, 9.925),
    (5, 2.571, 4.032),
    (10, 2.228, 3.169),
    (30, 2.042, 2.750),
    (120, 1.980, 2.617),
]


@pytest.mark.parametrize(("freedom", "five", "one"), POINTS)
def test_points_of_the_published_table(freedom, five, one):
    assert student_p(five, freedom) == pytest.approx(0.05, abs=4e-5)
    assert student_p(-one, freedom) == pytest.approx(0.01, abs=4e-5)


@pytest.mark.parametrize("freedom", [1, 2, 3, 7, 28, 500, 100_000, 5_000_000])
def test_nothing_is_as_probable_as_zero(freedom):
    assert student_p(0, freedom) == 1


@pytest.mark.parametrize("t", [0.001, 0.5, 1, 2.7, 40, 1e9])
def test_one_degree_of_freedom_is_cauchy_s(t):
    assert student_p(t, 1) == pytest.approx(2 * math.atan(1 / t) / math.pi, rel=1e-12)


@pytest.mark.parametrize("t", [0.1, 1, 1.96, 5])
def test_many_degrees_of_freedom_are_normal(t):
    assert student_p(t, 1e6) == pytest.approx(math.erfc(t / math.sqrt(2)), rel=1e-3)


@pytest.mark.parametrize("freedom", [4, 29, 101])
@pytest.mark.parametrize("t", [0.3, 1.7, 4])
def test_it_is_the_area_under_the_density(t, freedom):
    constant = math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2))
    x = np.linspace(0, t, 200_001)
    density = constant / math.sqrt(freedom * math.pi) * (1 + x**2 / freedom) ** (-(freedom + 1) / 2)
    assert student_p(t, freedom) == pytest.approx(1 - 2 * np.trapezoid(density, x), abs=1e-10)


@pytest.mark.parametrize(("freedoms", "point"), [((1, 10), 4.96), ((5, 20), 2.71), ((3, 60), 2.76)])
def test_points_of_fisher_s_f(freedoms, point):
    assert fisher_p(point, *freedoms) == pytest.approx(0.05, abs=2e-4)


@pytest.mark.parametrize("t", [0.5, 2, 7])
def test_f_of_one_and_more_is_the_square_of_t(t):
    assert fisher_p(t**2, 1, 25) == pytest.approx(student_p(t, 25), rel=1e-12)
