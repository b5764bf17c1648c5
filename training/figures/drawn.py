"""Where things stand in a drawing of figures: units inside the margins, x to the right and y down. Pure."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from training.figures.measures import MEASURES, Measure
from training.figures.rates import RATING, RATIO, Estimate
from training.figures.shown import number, short_month

WIDTH, HEIGHT, ROW = 560, 180, 34


@dataclass(frozen=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True)
class IntervalRow:
    """A line of a dot chart. All None where it may not be shown."""

    name: str
    y: float
    x: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class IntervalDrawing:
    """`bands` are where fair and good begin; `whole` is the figure of all together."""

    height: float
    rows: tuple[IntervalRow, ...]
    ticks: tuple[Tick, ...]
    bands: tuple[Tick, ...]
    whole: float | None


@dataclass(frozen=True)
class ControlPoint:
    name: str
    x: float
    y: float | None
    signals: bool


@dataclass(frozen=True)
class ControlDrawing:
    """`lower` and `upper` are the limits as points of a line, `area` both as a polygon."""

    points: tuple[ControlPoint, ...]
    line: tuple[str, ...]
    area: str
    centre: float
    ticks: tuple[Tick, ...]
    labels: tuple[Tick, ...]
    bands: tuple[Tick, ...]


@dataclass(frozen=True)
class FunnelPoint:
    key: str
    name: str
    x: float
    y: float
    outside: bool
    far: bool


@dataclass(frozen=True)
class FunnelDrawing:
    points: tuple[FunnelPoint, ...]
    inner: str
    outer: str
    centre: float
    ticks: tuple[Tick, ...]
    sizes: tuple[Tick, ...]


def scale(measure: Measure, values: Iterable[float]) -> tuple[float, float]:
    """The ends of the axis: the same for all shares and all ratings, so that drawings can be held beside each other."""
    within = MEASURES[measure].within
    if within is RATING:
        return 1.0, 5.0
    if within is not RATIO:
        return 0.0, 1.0
    most = max(values, default=0.0)
    return 0.0, max(3.0, float(math.ceil(most)))


def ticks(measure: Measure, ends: tuple[float, float], length: float, *, down: bool = False) -> tuple[Tick, ...]:
    bottom, top = ends
    steps = 4 if MEASURES[measure].within is not RATIO else 3
    places = [bottom + (top - bottom) * step / steps for step in range(steps + 1)]
    return tuple(Tick(_place(at, ends, length, down=down), number(measure, at)) for at in places)


def bands(measure: Measure, ends: tuple[float, float], length: float, *, down: bool = False) -> tuple[Tick, ...]:
    known = MEASURES[measure]
    return tuple(
        Tick(_place(at, ends, length, down=down), name)
        for name, at in (("fair", known.fair), ("good", known.good))
        if at is not None and ends[0] <= at <= ends[1]
    )


def interval_rows(
    measure: Measure, rows: Sequence[tuple[str, Estimate | None]], *, whole: Estimate | None
) -> IntervalDrawing:
    shown = [one for _, one in rows if one is not None]
    ends = scale(measure, [one.high for one in shown])

    def x(value: float) -> float:
        return _place(value, ends, WIDTH)

    made = tuple(
        IntervalRow(
            name, ROW * at + ROW / 2, x(one.value) if one else None, x(one.low) if one else None,
            x(one.high) if one else None,
        )
        for at, (name, one) in enumerate(rows)
    )  # fmt: skip
    return IntervalDrawing(
        ROW * len(rows), made, ticks(measure, ends, WIDTH), bands(measure, ends, WIDTH),
        x(whole.value) if whole else None,
    )  # fmt: skip


def control(measure: Measure, chart: Mapping[str, Any], months: Sequence[date]) -> ControlDrawing:
    """`chart` is `limits.Chart` as it was kept."""
    points = chart["points"]
    values = [one[name] for one in points for name in ("value", "upper") if one[name] is not None]
    ends = scale(measure, values)
    told = {at for one in chart["signals"] for at in range(one["first"], one["last"] + 1)}

    def y(value: float) -> float:
        return _place(value, ends, HEIGHT, down=True)

    xs = [_round(WIDTH * (at + 0.5) / len(points)) for at in range(len(points))]
    made = tuple(
        ControlPoint(short_month(month), x, y(one["value"]) if one["value"] is not None else None, at in told)
        for at, (one, x, month) in enumerate(zip(points, xs, months, strict=True))
    )
    edges = [
        (x, y(one["lower"]), y(one["upper"])) for one, x in zip(points, xs, strict=True) if one["value"] is not None
    ]
    area = " ".join([*(f"{x},{top}" for x, _, top in edges), *(f"{x},{low}" for x, low, _ in reversed(edges))])
    labels = tuple(Tick(xs[at], short_month(months[at])) for at in (*range(0, len(months) - 3, 6), len(months) - 1))
    return ControlDrawing(
        made, tuple(_lines(made)), area, y(chart["centre"]), ticks(measure, ends, HEIGHT, down=True), labels,
        bands(measure, ends, HEIGHT, down=True),
    )  # fmt: skip


def _lines(points: Sequence[ControlPoint]) -> Iterable[str]:
    """A line for each run of months without a gap."""
    run: list[str] = []
    for point in points:
        if point.y is None:
            if len(run) > 1:
                yield " ".join(run)
            run = []
        else:
            run.append(f"{point.x},{point.y}")
    if len(run) > 1:
        yield " ".join(run)


def funnel(measure: Measure, kept: Mapping[str, Any], names: Mapping[str, str]) -> FunnelDrawing:
    """`kept` is `funnel.Funnel` as it was kept; `names` of its groups by key."""
    curve, groups = kept["curve"], kept["groups"]
    ends = scale(measure, [*(one["high"] for one in curve), *(one["value"] for one in groups)])
    sizes = [one["of"] for one in curve] or [1.0]
    least, most = 0.0, max(sizes)

    def x(of: float) -> float:
        return _round(WIDTH * (of - least) / (most - least))

    def y(value: float) -> float:
        return _place(value, ends, HEIGHT, down=True)

    def area(low: str, high: str) -> str:
        upper = [f"{x(one['of'])},{y(one[high])}" for one in curve]
        return " ".join([*upper, *(f"{x(one['of'])},{y(one[low])}" for one in reversed(curve))])

    made = tuple(
        FunnelPoint(
            one["name"], names.get(one["name"], ""), x(one["limits"]["of"]), y(one["value"]),
            one["place"] != "within", one["place"].startswith("far"),
        )
        for one in groups
    )  # fmt: skip
    shown = tuple(Tick(x(of), f"{of:,.0f}") for of in (most / 4, most / 2, 3 * most / 4, most))
    return FunnelDrawing(
        made, area("low", "high"), area("far_low", "far_high"), y(kept["centre"]),
        ticks(measure, ends, HEIGHT, down=True), shown,
    )  # fmt: skip


def _place(value: float, ends: tuple[float, float], length: float, *, down: bool = False) -> float:
    bottom, top = ends
    share = min(1.0, max(0.0, (value - bottom) / (top - bottom)))
    return _round(length * (1 - share) if down else length * share)


def _round(value: float) -> float:
    return round(value, 1)
