"""How improbable a t or an F is."""

import math

SMALLEST = 1e-300  # instead of a division by zero
PRECISION = 1e-15
STEPS = 10_000  # of the fraction; some sqrt(freedom) are needed


def student_p(t: float, freedom: float) -> float:
    """P(|T| >= |t|): the incomplete beta I_x(freedom / 2, 1 / 2) at x = freedom / (freedom + t^2).

    Abramowitz and Stegun, Handbook of Mathematical Functions, 1964, 26.7.1 and 26.5.27.
    """
    return _incomplete_beta(freedom / (freedom + t * t), freedom / 2, 0.5)


def fisher_p(f: float, more: float, freedom: float) -> float:
    """P(F >= f) with `more` and `freedom` degrees of freedom; the same Handbook, 26.6.2."""
    return _incomplete_beta(freedom / (freedom + more * f), freedom / 2, more / 2)


def _incomplete_beta(x: float, a: float, b: float) -> float:
    """I_x(a, b) by its continued fraction, DLMF 8.17.22, from the side where it is quick."""
    if x in (0.0, 1.0):
        return x
    if x > (a + 1) / (a + b + 2):
        return 1 - _incomplete_beta(1 - x, b, a)
    log_front = a * math.log(x) + b * math.log1p(-x) - math.log(a)
    log_front += math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    return math.exp(log_front) * _fraction(x, a, b)


def _fraction(x: float, a: float, b: float) -> float:
    """1 / (1 + d1 / (1 + d2 / ...)), evaluated forward (Lentz, Applied Optics 15, 1976)."""
    numerator, value = 1.0, 1 / _not_zero(1 - (a + b) * x / (a + 1))
    denominator = value
    for m in range(1, STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for step in (even, odd):
            denominator = 1 / _not_zero(1 + step * denominator)
            numerator = _not_zero(1 + step / numerator)
            value *= numerator * denominator
        if abs(numerator * denominator - 1) < PRECISION:
            break
    return value


def _not_zero(value: float) -> float:
    return value if abs(value) > SMALLEST else SMALLEST
