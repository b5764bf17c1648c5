"""Motivational interviewing in an authority over time, as may be shown outside it: periods of whole months that follow
each other, with 10 people and 10 sessions and more in each. Pure.

The same rules as `training.evaluation_figures`: a period ends as soon as there are enough, periods begin anew each
January, and a year is shown as long as no session of it can have gone because its time was over.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from models.practice import SessionKind
from training.figures.measures import MEASURES, Measure, measured
from training.figures.rates import Estimate
from training.figures.rows import FigureRow, Slice

LEAST = 10
ROUNDED_TO = 5
YEARS = 3
SHOWN = (
    Measure.REFLECTION_TO_QUESTION, Measure.PERCENT_COMPLEX, Measure.PERCENT_CHANGE_TALK, Measure.MI_ADHERENT,
    Measure.MI_NON_ADHERENT, Measure.AT_FAIR, Measure.AT_GOOD,
)  # fmt: skip


@dataclass(frozen=True)
class MiPeriod:
    """From the month `first` to the month `last`. `sessions` is rounded to 5 where it is `rounded`. A measure of which
    too few people have a value is left out. Shares are from 0 to 1."""

    first: date
    last: date
    sessions: int
    measures: Mapping[Measure, Estimate]
    rounded: bool = True


Series = Mapping[Slice, Sequence[MiPeriod]]


def mi_series(
    rows: Mapping[Slice, Sequence[FigureRow]], *, today: date, kept_months: Mapping[SessionKind, int] | None = None
) -> Series:
    """Of each slice with at least one period that can be shown, the earliest first."""
    kept = kept_months or {}
    found: dict[Slice, Sequence[MiPeriod]] = {}
    for one, sessions in rows.items():
        years = [
            year
            for year in range(today.year - YEARS + 1, today.year + 1)
            if one.kind not in kept or (today.year - year) * 12 + today.month - 1 < kept[one.kind]
        ]
        if periods := [period for year in years for period in _year(year, sessions, today)]:
            found[one] = periods
    return found


def _year(year: int, sessions: Sequence[FigureRow], today: date) -> Iterator[MiPeriod]:
    by_month: dict[date, list[FigureRow]] = defaultdict(list)
    for row in sessions:
        if row.month.year == year and row.month < today.replace(day=1):
            by_month[row.month].append(row)
    first: date | None = None
    gathered: list[FigureRow] = []
    for number in range(1, 13):
        month = date(year, number, 1)
        first = first or month
        gathered += by_month[month]
        if month < today.replace(day=1) and min(len(gathered), len({row.person for row in gathered})) >= LEAST:
            yield MiPeriod(first, month, ROUNDED_TO * round(len(gathered) / ROUNDED_TO), _measures(gathered))
            first, gathered = None, []


def _measures(rows: Sequence[FigureRow]) -> dict[Measure, Estimate]:
    sessions = [(str(row.person), row.counts, row.ratings) for row in rows]
    found = ((name, measured(name, sessions)) for name in SHOWN)
    return {name: value for name, value in found if value is not None and value.people >= LEAST}


def shown(name: Measure, value: float) -> str:
    """ "45 %", "1.2"."""
    return f"{100 * value:.0f}\u00a0%" if MEASURES[name].percent else f"{value:.1f}"
