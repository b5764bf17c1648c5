"""A measure of a group from the sessions of its people, with its 90 % interval. Pure, and plain Python: small tables
are also made where the website is.

Sessions of one person are alike, so the interval counts people, not sessions: the variance is that of a ratio of sums
(linearised, Cochran 1977, 6.4) with the person as the unit that was drawn (Liang and Zeger 1986). It equals
`WLS(r / q, 1, weights=q).fit(cov_type="cluster", cov_kwds={"groups": person}, use_t=True)` of statsmodels with its
small-sample correction, which for a single number is people / (people − 1).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import inf, isinf, sqrt

from training.intervals import student_t, wilson

FEWEST_PEOPLE = 2
_NOTHING = 1e-9
"""Of a measure's size: a standard error below it is what floats leave of nought."""


@dataclass(frozen=True)
class Observed:
    """What one session adds. For a ratio of sums its two counts: R:Q = (SR + CR) / Q, %CR = CR / (SR + CR). For a mean
    the value and 1: a rating, or 1 and 0 for at fair and below."""

    person: str
    numerator: float
    denominator: float


@dataclass(frozen=True)
class Range:
    """Between what a measure lies; `most` may be infinite."""

    least: float
    most: float


SHARE, RATIO, RATING = Range(0.0, 1.0), Range(0.0, inf), Range(1.0, 5.0)


@dataclass(frozen=True)
class Estimate:
    """`sessions` and `people` are those with anything to count: a session without a question and without a reflection
    says nothing of R:Q."""

    value: float
    low: float
    high: float
    sessions: int
    people: int


def estimate(observed: Iterable[Observed], *, within: Range = SHARE) -> Estimate | None:
    """The sum of the numerators by the sum of the denominators, with an interval of Student's t with people − 1 degrees
    of freedom, cut to `within`. None with fewer than two people or nothing to divide by.

    Where people do not differ at all (every session reached it, or none; all ratings are 4) the variance is nought and
    would claim to be certain: there the interval is Wilson's of as many chances as there are people, so it always has
    a width."""
    told = [one for one in observed if one.numerator or one.denominator]
    below = sum(one.denominator for one in told)
    people = len({one.person for one in told})
    if people < FEWEST_PEOPLE or below <= 0:
        return None
    value = sum(one.numerator for one in told) / below
    off: dict[str, float] = defaultdict(float)
    for one in told:
        off[one.person] += one.numerator - value * one.denominator
    error = sqrt(sum(missed**2 for missed in off.values()) * people / (people - 1)) / below
    if error <= _NOTHING * max(abs(value), 1.0):
        low, high = without_spread(value, people, within=within)
    else:
        half = student_t(people - 1) * error
        low, high = max(within.least, value - half), min(within.most, value + half)
    return Estimate(value, low, high, len(told), people)


def without_spread(value: float, people: int, *, within: Range) -> tuple[float, float]:
    """The interval where all people have the same value: Wilson's, of `value` as a share of `within`. Of a ratio
    without an upper end, a : b is the share a of a + b. Nothing that lies within the range spreads more."""
    if isinf(within.most):
        low, high = wilson((value - within.least) / (1 + value - within.least), people)
        return within.least + low / (1 - low), within.least + high / (1 - high)
    width = within.most - within.least
    low, high = wilson((value - within.least) / width, people)
    return within.least + width * low, within.least + width * high
