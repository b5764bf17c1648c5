"""How wide an interval is: Wilson's for a share, Student's t for a mean. Plain Python, for the website needs both."""

from functools import lru_cache
from math import exp, lgamma, log, log1p, pi, sqrt
from statistics import NormalDist

LEVEL = 0.90
Z90 = NormalDist().inv_cdf((1 + LEVEL) / 2)
"""Half the width of a 90 % interval, in standard deviations: 1.645."""
_NEARLY_NORMAL = 1000
"""Degrees of freedom from which the expansion around the normal quantile is exact to the last digits of a float."""


def wilson(share: float, of: float) -> tuple[float, float]:
    """The 90 % interval of a share, 0–1, of `of` independent chances (Wilson 1927). `of` may be a fraction, where some
    chances count less than others; it must be above nought."""
    z2 = Z90 * Z90
    middle = share + z2 / (2 * of)
    half = Z90 * sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return max(0.0, (middle - half) / (1 + z2 / of)), min(1.0, (middle + half) / (1 + z2 / of))


@lru_cache(maxsize=4096)
def student_t(freedom: float, level: float = LEVEL) -> float:
    """How many standard errors a two-sided interval of `level` reaches with so many degrees of freedom, which may be a
    fraction. ValueError for less than one, where an interval means nothing."""
    if freedom < 1:
        raise ValueError("an interval needs at least one degree of freedom")
    tail = (1 - level) / 2
    reach = NormalDist().inv_cdf(1 - tail)
    if freedom >= _NEARLY_NORMAL:
        return _around_normal(reach, freedom)
    # Above the middle the tail is convex, and the normal quantile lies below the one sought: Newton's steps only rise.
    for _ in range(100):
        step = (_tail(reach, freedom) - tail) / _density(reach, freedom)
        reach += step
        if step <= 1e-13 * reach:
            break
    return reach


def _around_normal(z: float, freedom: float) -> float:
    """Abramowitz and Stegun, 26.7.5."""
    return (
        z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
        + (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / (92160 * freedom**4)
    )  # fmt: skip


def _density(t: float, freedom: float) -> float:
    constant = lgamma((freedom + 1) / 2) - lgamma(freedom / 2) - log(freedom * pi) / 2
    return exp(constant - (freedom + 1) / 2 * log1p(t * t / freedom))


def _tail(t: float, freedom: float) -> float:
    """The chance of more than `t`, by the incomplete beta function (Abramowitz and Stegun, 26.7.1 and 26.5.4), summed
    from the side where the series ends sooner."""
    far = freedom / (freedom + t * t)
    if far < 0.5:
        return _beta(far, freedom / 2, 0.5) / 2
    return (1 - _beta(t * t / (freedom + t * t), 0.5, freedom / 2)) / 2


def _beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function; every term of the series is above nought, so nothing cancels out."""
    if x == 0:
        return 0.0
    term = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    total, n = term, 0
    while term > 1e-17 * total:
        term *= (a + b + n) / (a + 1 + n) * x
        total, n = total + term, n + 1
    return total
