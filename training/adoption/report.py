"""The figures of an evaluator's report, from the rows of the file and nothing else. Pure.

Each person counts once, with the mean of their sessions. Periods follow each other in blocks: a block ends as soon as it
has 10 sessions of 10 people; what is left over at the end is in no block. The interval is Student's t around the mean.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from training.adoption.measures import MEASURES

LEAST = 10
LEVEL = 0.90
DIGITS = 4
ALL, BASELINE, FOLLOW_UP = "all", "baseline", "follow_up"
SliceName = tuple[str, str, str, str]
"""Authority, kind, picked, coded_by."""


@dataclass(frozen=True)
class Row:
    """Of the file's rows, what figures are made of."""

    slice: SliceName
    person: str
    session: str
    period: str
    measure: str
    value: float


@dataclass(frozen=True)
class ReportFigure:
    """Of the periods `first` to `last`, both included."""

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
    mean: float
    low: float
    high: float


def with_bands(row: Row) -> list[Row]:
    """The row itself, and where it has bands, whether it is fair or better and good: 100 or 0."""
    found = [row]
    for measure in MEASURES:
        if measure.name == row.measure and (lines := measure.thresholds):
            for name, line in zip(("fair_or_better", "good"), lines, strict=True):
                value = 100.0 if row.value >= line else 0.0
                found.append(Row(row.slice, row.person, row.session, row.period, f"{row.measure}_{name}", value))
    return found


def report_figures(rows: Iterable[Row], *, live: Mapping[str, str], t_of: Callable[[int], float]) -> list[ReportFigure]:
    """`live` is by authority the period in which it went live, in the unit of its rows. `t_of` gives for degrees of
    freedom how many standard errors the interval reaches."""
    by_slice: dict[SliceName, list[Row]] = defaultdict(list)
    for row in rows:
        by_slice[row.slice].extend(with_bands(row))
    figures = []
    for name, found in sorted(by_slice.items()):
        blocks = blocks_of(found)
        before = [block for block in blocks if block[-1] < live.get(name[0], "")]
        baseline = before[-1] if before else blocks[0] if blocks else ()
        wanted = [(ALL, tuple(sorted({row.period for row in found})))]
        if baseline:
            wanted.append((BASELINE, baseline))
        if blocks and blocks[-1] != baseline:
            wanted.append((FOLLOW_UP, blocks[-1]))
        for when, periods in wanted:
            figures += _figures(name, when, periods, [row for row in found if row.period in periods], t_of)
    return figures


def blocks_of(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    """Periods that follow each other, in blocks of 10 sessions of 10 people and more."""
    by_period: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_period[row.period].append(row)
    blocks, gathered = [], list[str]()
    people, sessions = set[str](), set[str]()
    for period in sorted(by_period):
        gathered.append(period)
        people |= {row.person for row in by_period[period]}
        sessions |= {row.session for row in by_period[period]}
        if len(people) >= LEAST and len(sessions) >= LEAST:
            blocks.append(tuple(gathered))
            gathered, people, sessions = [], set(), set()
    return blocks


def _figures(
    name: SliceName, when: str, periods: Sequence[str], rows: Iterable[Row], t_of: Callable[[int], float]
) -> list[ReportFigure]:
    """Of measures that 10 people have a value of."""
    by_measure: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        by_measure[row.measure][row.person].append(row.value)
    found = []
    for measure, people in sorted(by_measure.items()):
        means = [sum(values) / len(values) for _, values in sorted(people.items())]
        if len(means) < LEAST:
            continue
        mean = sum(means) / len(means)
        spread = sum((value - mean) ** 2 for value in means) / (len(means) - 1)
        half = t_of(len(means) - 1) * (spread / len(means)) ** 0.5
        sessions = sum(len(values) for values in people.values())
        numbers = (round(value, DIGITS) for value in (mean, mean - half, mean + half))
        found.append(ReportFigure(*name, when, periods[0], periods[-1], measure, len(means), sessions, *numbers))
    return found
