"""The numbers of one authority as its files and programs are told them, series by series: as the page rounds what is
estimated, to six places what is counted. Shares are from 0 to 1. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from training.adoption.chart import Point
from training.adoption.numbers import Numbers
from training.figures.measures import MEASURES, Measure
from training.figures.rows import Slice

PRACTICE, TEAMS, WORKBOOK, OUTCOME = "practice", "teams", "workbook", "outcome"
LEGS = (PRACTICE, TEAMS, WORKBOOK)
"""In the order of `Numbers.legs`."""
SHARE, NUMBER, COUNT = "share", "number", "count"
MOST_PLACES = 6


@dataclass(frozen=True)
class ToldPoint:
    """From the month `first` to the month `last`, such as 2026-03. `value` None for what is not told; `shown` then says
    why. `shown` and `more` are the words of the page, `behind` the numbers in `more`."""

    first: str
    last: str
    value: float | None
    low: float | None
    high: float | None
    shown: str
    more: str
    behind: Mapping[str, float]


@dataclass(frozen=True)
class ToldSeries:
    """`slice` is of practice alone."""

    table: str
    slice: Slice | None
    measure: str
    title: str
    unit: str
    points: tuple[ToldPoint, ...]


def told_series(numbers: Numbers) -> Iterator[ToldSeries]:
    """None for what there is nothing of."""
    for one in numbers.slices:
        for measure, points in numbers.practice(one):
            yield _practice(one, measure, points)
    for table, name, title, points in (
        (TEAMS, "posts_filled", "Posts filled", numbers.filled),
        (WORKBOOK, "families_with_workbook", "Families with a workbook", numbers.books),
    ):  # fmt: skip
        if points:
            told = tuple(_told(point, 100, MOST_PLACES) for point in points)
            yield ToldSeries(table, None, name, title, SHARE, told)
    for name, points in numbers.outcomes.items():
        yield ToldSeries(OUTCOME, None, "count", name, COUNT, tuple(_told(point, 1, 2) for point in points))


def _practice(one: Slice, name: Measure, points: tuple[Point, ...]) -> ToldSeries:
    """More places than the page prints would tell evaluators of the sessions that they may take no rows of."""
    about = MEASURES[name]
    told = tuple(_told(point, 100, 2) if about.percent else _told(point, 1, 1) for point in points)
    return ToldSeries(PRACTICE, one, name.value, about.name, SHARE if about.percent else NUMBER, told)


def _told(point: Point, parts: int, places: int) -> ToldPoint:
    value, low, high = (
        None if one is None else round(one / parts, places) for one in (point.value, point.low, point.high)
    )
    return ToldPoint(
        f"{point.first:%Y-%m}", f"{point.last:%Y-%m}", value, low, high, point.with_interval, point.more, point.behind
    )
