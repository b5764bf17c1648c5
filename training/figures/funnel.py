"""Funnel plots: which teams differ from the authority by more than their size explains, without a ranking
(Spiegelhalter 2005, Statistics in Medicine 24: 1185–1202). Pure; the limits need scipy, so only the worker makes them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from statistics import NormalDist, fmean

from training.figures.rates import SHARE, Observed, Range

INNER, OUTER = 0.90, 0.998
"""By chance alone one team in ten lies outside the inner limits, one in 500 outside the outer."""
WINSORISED = 0.10
"""The share at either end whose distance counts only as far as the next: what is really different should not widen the
limits so far that it lies within."""
FEWEST_FOR_SPREAD = 10
"""Groups from which it can be told that groups differ more than chance makes them."""
CURVE = 40
_NOTHING = 1e-9


class Place(StrEnum):
    WITHIN = "within"
    ABOVE = "above"
    BELOW = "below"
    FAR_ABOVE = "far_above"
    FAR_BELOW = "far_below"


@dataclass(frozen=True)
class Counted:
    """A group: `met` of `of` sessions."""

    name: str
    met: int
    of: int


@dataclass(frozen=True)
class Limits:
    """For a group of size `of`: the inner and the outer limits, lower and upper."""

    of: float
    low: float
    high: float
    far_low: float
    far_high: float


@dataclass(frozen=True)
class Group:
    name: str
    value: float
    limits: Limits
    place: Place


@dataclass(frozen=True)
class Funnel:
    """`phi` is by how much groups vary more than their size explains, as a factor of the variance; 1 where they do not.
    `curve` are limits from the smallest size to the largest, to draw. `unit` is the variance of a group of size 1;
    None where the limits are binomial."""

    centre: float
    phi: float
    groups: tuple[Group, ...]
    curve: tuple[Limits, ...]
    unit: float | None = None


def funnel_of_shares(groups: Sequence[Counted], *, widened: bool = True) -> Funnel | None:
    """Around the share of all groups together, with exact binomial limits, interpolated between the whole numbers so
    that they do not jump (Spiegelhalter 2005, A.1.1). With `widened` and at least ten groups the distance of the limits
    from the centre is multiplied by the root of `phi`. Groups of nothing are left out; None where none is left."""
    there = [group for group in groups if group.of > 0]
    if not there:
        return None
    centre = sum(group.met for group in there) / sum(group.of for group in there)
    unit = centre * (1 - centre)
    phi = _phi([(group.met / group.of - centre, unit / group.of) for group in there]) if widened else 1.0

    def limits(sizes: Sequence[float]) -> list[Limits]:
        return [_widened(one, centre, phi, within=SHARE) for one in binomial_limits(centre, [int(n) for n in sizes])]

    sizes = [group.of for group in there]
    placed = tuple(
        _group(group.name, group.met / group.of, own) for group, own in zip(there, limits(sizes), strict=True)
    )
    return Funnel(centre, phi, placed, tuple(limits(sorted({round(n) for n in _grid(sizes)}))))


def binomial_limits(centre: float, sizes: Sequence[int]) -> list[Limits]:
    """Of `sizes` chances each. The lower limit is (r − α) / n, where r is the least number with P(R ≤ r) > p and
    α = (P(R ≤ r) − p) / P(R = r); the upper is that of the chances not met. So a group lies outside exactly where a
    number as far off, or farther, has at most the probability p."""
    if centre <= 0 or centre >= 1:
        return [Limits(size, centre, centre, centre, centre) for size in sizes]
    inner, outer = (1 - INNER) / 2, (1 - OUTER) / 2
    low, far_low = _lower(inner, centre, sizes), _lower(outer, centre, sizes)
    high, far_high = _lower(inner, 1 - centre, sizes), _lower(outer, 1 - centre, sizes)
    return [Limits(size, low[at], 1 - high[at], far_low[at], 1 - far_high[at]) for at, size in enumerate(sizes)]


def _lower(p: float, share: float, sizes: Sequence[int]) -> list[float]:
    import numpy as np
    from scipy.stats import binom

    n = np.asarray(sizes, dtype=float)
    r = binom.ppf(p, n, share)
    r = np.where(binom.cdf(r, n, share) > p, r, r + 1)
    alpha = (binom.cdf(r, n, share) - p) / binom.pmf(r, n, share)
    return [float(end) for end in np.clip((r - alpha) / n, 0.0, 1.0)]


def funnel_of_ratios(groups: Mapping[str, Iterable[Observed]], *, within: Range, widened: bool = True) -> Funnel | None:
    """Of ratios of sums and of means (`rates.Observed`), with normal limits. The size of a group is the sum of its
    denominators: questions for R:Q, sessions for a rating. The variance of size 1 is that of people within a group,
    each weighed by their own denominators: `WLS(r / q, group, weights=q).fit().scale` of statsmodels over people. None
    where nobody shares a group with another, as it cannot be told then. Who has nothing to divide by counts in the
    value of the group, not in the variance."""
    summed = {name: _by_person(observed) for name, observed in groups.items()}
    people = {name: one for name, one in summed.items() if any(q > 0 for _, q in one)}
    freedom = sum(q > 0 for one in people.values() for _, q in one) - len(people)
    if freedom < 1:
        return None
    size = {name: sum(q for _, q in one) for name, one in people.items()}
    value = {name: sum(r for r, _ in one) / size[name] for name, one in people.items()}
    off = (q * (r / q - value[name]) ** 2 for name, one in people.items() for r, q in one if q > 0)
    unit = sum(off) / freedom
    centre = sum(value[name] * size[name] for name in people) / sum(size.values())
    phi = _phi([(value[name] - centre, unit / size[name]) for name in people]) if widened else 1.0

    def limits(of: float) -> Limits:
        inner, outer = (NormalDist().inv_cdf((1 + level) / 2) * sqrt(unit / of) for level in (INNER, OUTER))
        plain = Limits(of, centre - inner, centre + inner, centre - outer, centre + outer)
        return _widened(plain, centre, phi, within=within)

    placed = tuple(_group(name, value[name], limits(size[name])) for name in people)
    return Funnel(centre, phi, placed, tuple(limits(of) for of in _grid(size.values())), unit)


def _by_person(observed: Iterable[Observed]) -> list[tuple[float, float]]:
    """The sums of each person."""
    sums: dict[str, tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))
    for one in observed:
        r, q = sums[one.person]
        sums[one.person] = r + one.numerator, q + one.denominator
    return list(sums.values())


def _phi(off: Sequence[tuple[float, float]]) -> float:
    """From (distance from the centre, variance) of each group: the mean square of the winsorised z (Spiegelhalter 2005,
    A.3.1), at least 1."""
    if len(off) < FEWEST_FOR_SPREAD or any(variance <= 0 for _, variance in off):
        return 1.0
    z = sorted(distance / sqrt(variance) for distance, variance in off)
    cut = int(WINSORISED * len(z))
    low, high = z[cut], z[-1 - cut]
    return max(1.0, fmean(min(max(one, low), high) ** 2 for one in z))


def _widened(plain: Limits, centre: float, phi: float, *, within: Range) -> Limits:
    ends = (
        min(max(centre + (end - centre) * sqrt(phi), within.least), within.most)
        for end in (plain.low, plain.high, plain.far_low, plain.far_high)
    )
    return Limits(plain.of, *ends)


def _group(name: str, value: float, limits: Limits) -> Group:
    if value > limits.far_high + _NOTHING:
        place = Place.FAR_ABOVE
    elif value < limits.far_low - _NOTHING:
        place = Place.FAR_BELOW
    elif value > limits.high + _NOTHING:
        place = Place.ABOVE
    elif value < limits.low - _NOTHING:
        place = Place.BELOW
    else:
        place = Place.WITHIN
    return Group(name, value, limits, place)


def _grid(sizes: Collection[float]) -> list[float]:
    """Sizes to draw a curve through, closer where it bends: even steps of 1 / √n."""
    least, most = min(sizes, default=1.0), max(sizes, default=1.0)
    if most <= least:
        return [least]
    steep, flat = 1 / sqrt(least), 1 / sqrt(most)
    inner = [(steep + (flat - steep) * step / (CURVE - 1)) ** -2 for step in range(1, CURVE - 1)]
    return [least, *inner, most]
