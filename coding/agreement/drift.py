"""Whether a coder drifts: a control chart of the share of codes that differ, month by month.

A p-chart (Shewhart 1931). Codes of one session are alike, so its limits are widened by what sessions differ beyond
single throws (an overdispersion factor, Spiegelhalter 2005), and by half a code, since codes are whole. Loads no numpy.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from math import sqrt

BASELINE = 6
"""Months from which the limits are drawn."""
FEWEST = 10
"""Sessions in them; with fewer the limits would be chance."""
RUN = 8
"""Months in a row on one side of the centre (Western Electric 1956)."""


class Signal(StrEnum):
    """A month says that something changed, and which way. Look why before anything else."""

    OUTSIDE_HIGH = "outside_high"
    OUTSIDE_LOW = "outside_low"
    RUN_HIGH = "run_high"
    RUN_LOW = "run_low"


@dataclass(frozen=True)
class Checked:
    """One session: of so many codes `compared`, this many `differ`."""

    held_on: date
    compared: int
    differ: int

    def __post_init__(self) -> None:
        if not 0 <= self.differ <= self.compared:
            raise ValueError(f"of {self.compared} codes {self.differ} cannot differ")


@dataclass(frozen=True)
class Month:
    """`begins` is its first day. `share`, `low` and `high` are of the codes compared, 0–1; no limits where the chart
    has none."""

    begins: date
    sessions: int
    compared: int
    differ: int
    low: float | None = None
    high: float | None = None
    signal: Signal | None = None

    @property
    def share(self) -> float:
        return self.differ / self.compared


@dataclass(frozen=True)
class Chart:
    """`centre` is the share that differs in the first months, None with fewer than `FEWEST` sessions in them. `widened`
    is how many times as far from it the limits are as for throws of a coin. `settled` once the first `BASELINE` months
    are over, so that limits no longer move."""

    months: tuple[Month, ...]
    centre: float | None
    widened: float
    settled: bool


def chart(sessions: Sequence[Checked]) -> Chart:
    """Months without a code compared are left out, and neither end nor make a run. Give the sessions of one coder
    against one other, or of one model: two models are two charts."""
    by_month: dict[date, list[Checked]] = defaultdict(list)
    for one in sessions:
        if one.compared:
            by_month[one.held_on.replace(day=1)].append(one)
    months = [
        Month(begins, len(there), sum(one.compared for one in there), sum(one.differ for one in there))
        for begins, there in sorted(by_month.items())
    ]
    first = [one for month in months[:BASELINE] for one in by_month[month.begins]]
    if len(first) < FEWEST:
        return Chart(tuple(months), None, 1, settled=False)
    compared, differ = sum(one.compared for one in first), sum(one.differ for one in first)
    likely = (differ + 0.5) / (compared + 1)  # months without any difference must not make the first one a signal
    throw = likely * (1 - likely)
    spread = sum((one.differ - likely * one.compared) ** 2 / (one.compared * throw) for one in first)
    widened = sqrt(max(1.0, spread / (len(first) - 1)))
    centre = differ / compared
    limited = [_limited(month, centre, 3 * widened * sqrt(throw / month.compared)) for month in months]
    return Chart(tuple(_with_runs(limited, centre)), centre, widened, settled=len(months) > BASELINE)


def _limited(month: Month, centre: float, reach: float) -> Month:
    half_a_code = 0.5 / month.compared
    low, high = max(0.0, centre - reach - half_a_code), min(1.0, centre + reach + half_a_code)
    signal = Signal.OUTSIDE_HIGH if month.share > high else Signal.OUTSIDE_LOW if month.share < low else None
    return replace(month, low=low, high=high, signal=signal)


def _with_runs(months: Sequence[Month], centre: float) -> list[Month]:
    """A run is a signal from its eighth month on; a month outside the limits says that instead."""
    found, run, side = [], 0, 0
    for month in months:
        now = (month.share > centre) - (month.share < centre)
        run = run + 1 if now and now == side else abs(now)
        side = now
        signal = month.signal
        if run >= RUN and signal is None:
            signal = Signal.RUN_HIGH if side > 0 else Signal.RUN_LOW
        found.append(replace(month, signal=signal))
    return found
