"""Motivational interviewing in an authority over time, as may be shown outside it: periods of whole months that follow
each other, with 10 people and 10 sessions and more in each. Pure.

A period ends as soon as there are enough, and periods begin anew each January, so that one which was shown does not
grow. A year is shown as long as no session of it can have gone because its time was over: they go one by one, and who
looked every day would see by how much the figures change. There are no totals beside the periods.

Evaluators may also get rows of sessions, and of these those are left out whose people refused research. Whoever has
the rows of all but a few sessions of a period could take them from its figure, and hold those few. So a figure is
withheld where what is not among the rows is of 1 to 4 sessions or people; always, because an authority may let them
have rows of what is past at any time.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from models.practice import SessionKind
from training.figures.measures import MEASURES, Measure, measured, observed
from training.figures.rates import Estimate
from training.figures.rows import FigureRow, Slice

LEAST = 10
FEW = 5
ROUNDED_TO = 5
YEARS = 3
SHOWN = (
    Measure.REFLECTION_TO_QUESTION, Measure.PERCENT_COMPLEX, Measure.PERCENT_CHANGE_TALK, Measure.MI_ADHERENT,
    Measure.MI_NON_ADHERENT, Measure.AT_FAIR, Measure.AT_GOOD,
)  # fmt: skip


@dataclass(frozen=True)
class MiPeriod:
    """From the month `first` to the month `last`. `sessions` is rounded to 5 where it is `rounded`. A measure of which
    too few people have a value is left out. Shares are from 0 to 1. `withheld` are those that nobody may subtract
    from."""

    first: date
    last: date
    sessions: int
    measures: Mapping[Measure, Estimate]
    rounded: bool = True
    withheld: frozenset[Measure] = frozenset()


Series = Mapping[Slice, Sequence[MiPeriod]]


def mi_series(
    rows: Mapping[Slice, Sequence[FigureRow]], *, given: Mapping[Slice, Collection[UUID]], today: date,
    kept_months: Mapping[SessionKind, int] | None = None,
) -> Series:  # fmt: skip
    """Of each slice with at least one period that can be shown, the earliest first. `given` are the sessions whose
    rows evaluators get, or would."""
    kept = kept_months or {}
    found: dict[Slice, Sequence[MiPeriod]] = {}
    for one, sessions in rows.items():
        years = [
            year
            for year in range(today.year - YEARS + 1, today.year + 1)
            if one.kind not in kept or (today.year - year) * 12 + today.month - 1 < kept[one.kind]
        ]
        among = given.get(one, ())
        if periods := [period for year in years for period in _year(year, sessions, among, today)]:
            found[one] = periods
    return found


def _year(year: int, sessions: Sequence[FigureRow], given: Collection[UUID], today: date) -> Iterator[MiPeriod]:
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
            about, found = ROUNDED_TO * round(len(gathered) / ROUNDED_TO), _measures(gathered)
            withheld = _withheld(found, [row for row in gathered if row.session_id not in given])
            told = {name: value for name, value in found.items() if name not in withheld}
            yield MiPeriod(first, month, about, told, withheld=withheld)
            first, gathered = None, []


def _measures(rows: Sequence[FigureRow]) -> dict[Measure, Estimate]:
    sessions = _counted(rows)
    found = ((name, measured(name, sessions)) for name in SHOWN)
    return {name: value for name, value in found if value is not None and value.people >= LEAST}


def _withheld(names: Collection[Measure], others: Sequence[FigureRow]) -> frozenset[Measure]:
    """`others` are the sessions of the period that are not among the rows. One that has nothing to count of a measure
    takes no part in it, so each measure is looked at by itself too."""
    if _few([str(row.person) for row in others]):
        return frozenset(names)
    sessions = _counted(others)
    return frozenset(
        name
        for name in names
        if _few([one.person for one in observed(name, sessions) if one.numerator or one.denominator])
    )


def _few(people: Sequence[str]) -> bool:
    """Of whom each session is."""
    return 0 < len(set(people)) < FEW


def _counted(rows: Sequence[FigureRow]) -> list[tuple[str, Mapping[str, int], Mapping[str, int]]]:
    return [(str(row.person), row.counts, row.ratings) for row in rows]


def shown(name: Measure, value: float) -> str:
    """ "45 %", "1.2"."""
    return f"{100 * value:.0f}\u00a0%" if MEASURES[name].percent else f"{value:.1f}"
