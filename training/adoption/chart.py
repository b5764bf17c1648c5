"""A small chart of a few months, drawn as the charts of progress are. Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from training.adoption.months import last_day

WIDTH, HEIGHT = 300, 110
"""Units of a chart inside its margins."""


@dataclass(frozen=True)
class Point:
    """From the month `first` to the month `last`. `value` None for what is not shown; `shown` then says why. `low` and
    `high` None where it has no interval. `more` is how much lies behind it, `behind` the same in numbers by name."""

    first: date
    last: date
    value: float | None
    shown: str
    low: float | None = None
    high: float | None = None
    interval: str = ""
    more: str = ""
    behind: Mapping[str, float] = field(default_factory=dict)

    @property
    def months(self) -> str:
        if self.first == self.last:
            return f"{self.last:%B %Y}"
        if self.first.year == self.last.year:
            return f"{self.first:%B} to {self.last:%B %Y}"
        return f"{self.first:%B %Y} to {self.last:%B %Y}"

    @property
    def with_interval(self) -> str:
        return f"{self.shown} ({self.interval})" if self.interval else self.shown


@dataclass(frozen=True)
class Dot:
    """`y_low` and `y_high` None where there is no interval."""

    x: float
    y: float
    y_low: float | None
    y_high: float | None


@dataclass(frozen=True)
class Chart:
    """`name` tells it from others on the page. `live_x` is where the authority went live, None where that lies outside
    the drawing. `sentence` says what is seen, `explanation` what it is."""

    name: str
    title: str
    sentence: str
    explanation: str
    points: tuple[Point, ...]
    dots: tuple[Dot, ...]
    notch: str
    foot: str
    first: date
    last: date
    live_x: float | None


@dataclass(frozen=True)
class Axis:
    """The months that every chart of a page reaches over."""

    first: date
    last: date
    live_on: date | None = None

    def place(self, day: date) -> float:
        span = (last_day(self.last) - self.first).days or 1
        return round(WIDTH * (day - self.first).days / span, 1)

    @property
    def live_x(self) -> float | None:
        inside = self.live_on is not None and self.first <= self.live_on <= last_day(self.last)
        return self.place(self.live_on) if inside and self.live_on is not None else None


def draw(
    name: str, title: str, points: Sequence[Point], axis: Axis, *, sentence: str, explanation: str = "",
    top: float | None = None, unit: str = "",
) -> Chart:  # fmt: skip
    """From nought to `top`, or where that is None to a round number that holds every point. `unit` follows the numbers
    of the scale."""
    if top is None:
        top = round_up(max((point.high or point.value or 0 for point in points), default=1))
    dots = tuple(_dot(point, point.value, axis, top) for point in points if point.value is not None)
    return Chart(
        name, title, sentence, explanation, tuple(points), dots, f"{top:g}{unit}", f"0{unit}", axis.first, axis.last,
        axis.live_x,
    )  # fmt: skip


def round_up(most: float) -> float:
    """1, 2 or 5 times a power of ten, and 1 at the least."""
    if most <= 1:
        return 1
    power = 10 ** math.floor(math.log10(most))
    return float(next(step * power for step in (1, 2, 5, 10) if most <= step * power))


def baseline_of(points: Sequence[Point], live_on: date | None) -> Point | None:
    """The last that was over before the authority went live; where there is none, the first."""
    shown = [point for point in points if point.value is not None]
    before = [point for point in shown if live_on is not None and last_day(point.last) < live_on]
    return before[-1] if before else shown[0] if shown else None


def latest_of(points: Sequence[Point]) -> Point | None:
    return next((point for point in reversed(points) if point.value is not None), None)


def _dot(point: Point, value: float, axis: Axis, top: float) -> Dot:
    middle = point.first + (last_day(point.last) - point.first) / 2
    low, high = point.low, point.high
    return Dot(
        axis.place(middle), _y(value, top), None if low is None else _y(low, top),
        None if high is None else _y(high, top),
    )  # fmt: skip


def _y(value: float, top: float) -> float:
    return round(HEIGHT * (1 - min(max(value, 0.0), top) / top), 1)
