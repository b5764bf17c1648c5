"""The figures of an evaluator's report, from the rows of the file and nothing else. Pure.

Periods follow each other in blocks: a block ends as soon as it has 10 sessions of 10 people, and what is left over at
the end is in no block. The baseline is the last block that was over before the authority went live, else the first; the
follow-up is the last.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from training.figures.measures import MEASURES, Measure
from training.figures.rates import Observed, estimate

LEAST = 10
DIGITS = 4
ALL, BASELINE, FOLLOW_UP = "all", "baseline", "follow_up"
SliceName = tuple[str, str, str, str]
"""Authority, kind, picked, coded_by."""


@dataclass(frozen=True, slots=True)
class Row:
    """Of a row of the file what figures are made of."""

    slice: SliceName
    person: str
    session: str
    period: str
    measure: Measure
    numerator: float
    denominator: float


@dataclass(frozen=True)
class ReportFigure:
    """Of the periods `first` to `last`, both included. `value` and its interval are rounded to four places."""

    authority: str
    kind: str
    picked: str
    coded_by: str
    when: str
    first: str
    last: str
    measure: str
    people: int
    sessions: int
    value: float
    low: float
    high: float


def report_figures(rows: Iterable[Row], *, live: Mapping[str, str]) -> list[ReportFigure]:
    """`live` is by authority the period in which it went live, in the unit of its rows; without those that have not
    said so."""
    by_slice: dict[SliceName, list[Row]] = defaultdict(list)
    for row in rows:
        by_slice[row.slice].append(row)
    figures = []
    for name, found in sorted(by_slice.items()):
        for when, periods in whens(found, live.get(name[0], "")):
            figures += _figures(name, when, periods, [row for row in found if row.period in periods])
    return figures


def whens(rows: Sequence[Row], live: str) -> list[tuple[str, tuple[str, ...]]]:
    """All periods, those of the baseline, and those of the follow-up where that is another."""
    blocks = blocks_of(rows)
    found = [(ALL, tuple(sorted({row.period for row in rows})))]
    if blocks:
        before = [block for block in blocks if block[-1] < live]
        baseline = before[-1] if before else blocks[0]
        found.append((BASELINE, baseline))
        if blocks[-1] != baseline:
            found.append((FOLLOW_UP, blocks[-1]))
    return found


def blocks_of(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    by_period: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_period[row.period].append(row)
    blocks: list[tuple[str, ...]] = []
    gathered: list[str] = []
    people: set[str] = set()
    sessions: set[str] = set()
    for period in sorted(by_period):
        gathered.append(period)
        people |= {row.person for row in by_period[period]}
        sessions |= {row.session for row in by_period[period]}
        if len(people) >= LEAST and len(sessions) >= LEAST:
            blocks.append(tuple(gathered))
            gathered, people, sessions = [], set(), set()
    return blocks


def _figures(name: SliceName, when: str, periods: Sequence[str], rows: Iterable[Row]) -> list[ReportFigure]:
    """Of measures that 10 people have something to count of."""
    by_measure: dict[Measure, list[Observed]] = defaultdict(list)
    for row in rows:
        by_measure[row.measure].append(Observed(row.person, row.numerator, row.denominator))
    figures = []
    for measure in Measure:
        found = estimate(by_measure.get(measure, []), within=MEASURES[measure].within)
        if found is None or found.people < LEAST:
            continue
        numbers = (round(value, DIGITS) for value in (found.value, found.low, found.high))
        figures.append(
            ReportFigure(
                *name, when, periods[0], periods[-1], measure.value, found.people, found.sessions, *numbers
            )
        )  # fmt: skip
    return figures
