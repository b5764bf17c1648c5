"""Statistical process control: whether a figure that goes up and down from month to month does more than it usually
does (Shewhart 1931; Montgomery 2013). Pure, and plain Python.

Limits are three sigma from the centre: when nothing changes, about one point in 400 falls outside.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby, pairwise
from math import inf, sqrt
from statistics import fmean

SIGMAS = 3
RUN = 8
"""Points in a row on one side of the centre that chance rarely makes: one time in 128."""
FEWEST_TO_ADJUST = 10
"""Months from which it can be told that they differ more than sessions drawn at random would."""
_RANGE_TO_SIGMA = 1.128
"""The mean range of two normal values, in sigmas (d2; Montgomery 2013, appendix VI)."""
XMR = 2.66
"""Three sigma in mean moving ranges: 3 / 1.128."""
_NOTHING = 1e-9


class Rule(StrEnum):
    ABOVE = "above"
    BELOW = "below"
    RUN_ABOVE = "run_above"
    RUN_BELOW = "run_below"


@dataclass(frozen=True)
class Counted:
    """A month: `met` of `of`. Of nothing there is no point, and the line has a gap."""

    met: float
    of: float


@dataclass(frozen=True)
class Point:
    """`lower` and `upper` are this month's own limits: the fewer sessions, the wider. All None where there is no point
    to draw."""

    value: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True)
class Signal:
    """From the point `first` to the point `last`, counted from nought; one point for what lies outside the limits."""

    rule: Rule
    first: int
    last: int


@dataclass(frozen=True)
class Chart:
    """`spread` is by how much the limits were widened because months differ more than sessions drawn at random would
    (Laney's sigma z); 1 where they were not."""

    centre: float
    points: tuple[Point, ...]
    signals: tuple[Signal, ...]
    spread: float = 1.0

    @property
    def settled(self) -> bool:
        """Whether there are months enough that another one would hardly move the limits."""
        return sum(point.value is not None for point in self.points) >= FEWEST_TO_ADJUST


def p_chart(months: Sequence[Counted], *, adjusted: bool = False) -> Chart | None:
    """Of shares. With `adjusted` and at least ten months it is Laney's p′ chart (2002): sessions of the same people are
    alike, so months differ more than single sessions would. Limits are never made narrower than the plain ones. None
    where no month has anything."""
    return _chart(months, lambda centre, of: sqrt(max(0.0, centre * (1 - centre)) / of), most=1.0, adjusted=adjusted)


def u_chart(months: Sequence[Counted], *, adjusted: bool = False) -> Chart | None:
    """Of how often something comes up in `of`, hours or sessions say, where it can come up more than once (Poisson);
    `adjusted` as in `p_chart`."""
    return _chart(months, lambda centre, of: sqrt(centre / of), most=inf, adjusted=adjusted)


def _chart(
    months: Sequence[Counted], sigma: Callable[[float, float], float], *, most: float, adjusted: bool
) -> Chart | None:
    there = [month for month in months if month.of > 0]
    if not there:
        return None
    centre = sum(month.met for month in there) / sum(month.of for month in there)
    spread = _laney(there, centre, sigma) if adjusted and len(there) >= FEWEST_TO_ADJUST else 1.0
    points = tuple(
        Point(
            month.met / month.of,
            max(0.0, centre - SIGMAS * spread * sigma(centre, month.of)),
            min(most, centre + SIGMAS * spread * sigma(centre, month.of)),
        )
        if month.of > 0
        else Point(None, None, None)
        for month in months
    )
    return Chart(centre, points, signals_of(points, centre), spread)


def _laney(there: Sequence[Counted], centre: float, sigma: Callable[[float, float], float]) -> float:
    if sigma(centre, 1) == 0:
        return 1.0
    z = [(month.met / month.of - centre) / sigma(centre, month.of) for month in there]
    return max(1.0, fmean(abs(after - before) for before, after in pairwise(z)) / _RANGE_TO_SIGMA)


def xmr_chart(means: Sequence[float | None], *, least: float = -inf, most: float = inf) -> Chart | None:
    """Of one number a month, a mean rating or R:Q say: limits by what neighbouring months usually differ. A month
    without a number is passed over. Limits are cut to what the measure can be. None with fewer than two numbers."""
    there = [value for value in means if value is not None]
    if len(there) < 2:
        return None
    centre = fmean(there)
    reach = XMR * fmean(abs(after - before) for before, after in pairwise(there))
    lower, upper = max(least, centre - reach), min(most, centre + reach)
    points = tuple(Point(None, None, None) if value is None else Point(value, lower, upper) for value in means)
    return Chart(centre, points, signals_of(points, centre))


def signals_of(points: Sequence[Point], centre: float) -> tuple[Signal, ...]:
    """Points outside their limits, then runs of RUN or more on one side; a point on the centre neither ends a run nor
    belongs to it (Perla, Provost and Murray 2011)."""
    return (*_outside(points), *_runs(points, centre))


def _outside(points: Sequence[Point]) -> Iterator[Signal]:
    for at, point in enumerate(points):
        if point.value is None or point.lower is None or point.upper is None:
            continue
        if point.value > point.upper + _NOTHING:
            yield Signal(Rule.ABOVE, at, at)
        elif point.value < point.lower - _NOTHING:
            yield Signal(Rule.BELOW, at, at)


def _runs(points: Sequence[Point], centre: float) -> Iterator[Signal]:
    sides = [
        (at, point.value > centre)
        for at, point in enumerate(points)
        if point.value is not None and abs(point.value - centre) > _NOTHING
    ]
    for above, run in groupby(sides, key=lambda one: one[1]):
        places = [at for at, _ in run]
        if len(places) >= RUN:
            yield Signal(Rule.RUN_ABOVE if above else Rule.RUN_BELOW, places[0], places[-1])


def in_words(signal: Signal, months: Sequence[str]) -> str:
    """A sentence; `months` are the names of the points, June 2026 say."""
    first, last = months[signal.first], months[signal.last]
    return {
        Rule.ABOVE: f"{first} is higher than the usual ups and downs explain.",
        Rule.BELOW: f"{first} is lower than the usual ups and downs explain.",
        Rule.RUN_ABOVE: f"From {first} to {last} every month is above the average: chance rarely does that.",
        Rule.RUN_BELOW: f"From {first} to {last} every month is below the average: chance rarely does that.",
    }[signal.rule]
