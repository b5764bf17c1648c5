"""What an evaluator is shown of an authority: figures of at least ten people and ten sessions, and nothing to subtract.

Sessions of a kind are put into periods of whole months that follow each other and never overlap: a period ends as soon
as it has ten sessions of ten people. There are no totals beside them, so no difference of two numbers is about fewer.
What is left when the months run out is "fewer than 10", nought included. A session counts in the month in which it was
first coded and only once that month is over, and periods begin anew each January, so that a period which was shown once
does not grow. A year is shown as long as no session of it can have gone because its time was over: they go one by one,
and who looked every day would see by how much the figures change. Where a session is deleted for another reason the
rounding blurs it. Each person counts once, however many sessions they have.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean, quantiles, stdev
from uuid import UUID

from coding.scheme.summary import ScoreName
from models.practice import SessionKind
from training.intervals import student_t

LEAST = 10
ROUNDED_TO = 5
YEARS = 3
MEASURES = (
    ScoreName.REFLECTION_TO_QUESTION, ScoreName.PERCENT_COMPLEX, ScoreName.MI_ADHERENT, ScoreName.MI_NON_ADHERENT,
    ScoreName.PERCENT_CHANGE_TALK,
)  # fmt: skip
PERCENT = (ScoreName.PERCENT_COMPLEX, ScoreName.PERCENT_CHANGE_TALK)


@dataclass(frozen=True)
class CodedSession:
    """`month` is the first day of the month in which it was first coded; `scores` leaves out what could not be
    scored."""

    person_id: UUID
    kind: SessionKind
    month: date
    scores: dict[ScoreName, float]


@dataclass(frozen=True)
class Spread:
    """Of the people's own means: their mean with its 90 % interval, and the quartiles. Whole percent, else to 0.1."""

    mean: float
    low: float
    high: float
    lower_quartile: float
    median: float
    upper_quartile: float


@dataclass(frozen=True)
class Period:
    """From the month `first` to the month `last`. `sessions` is rounded to 5; None for fewer than 10 sessions or
    people, and then there is no measure. A measure is None where fewer than 10 people have a value."""

    kind: SessionKind
    first: date
    last: date
    sessions: int | None
    measures: dict[ScoreName, Spread | None]


def periods_of(
    sessions: Iterable[CodedSession], *, today: date, kept_months: Mapping[SessionKind, int] | None = None
) -> list[Period]:
    """Of every kind, whether or not there are sessions of it, the earliest first. `kept_months` is how long a session
    of a kind is kept from its coding; for ever where it is not given."""
    kept = kept_months or {}
    by_month: dict[tuple[SessionKind, date], list[CodedSession]] = defaultdict(list)
    for one in sessions:
        by_month[one.kind, one.month].append(one)
    years = range(today.year - YEARS + 1, today.year + 1)
    return [
        period
        for kind in SessionKind
        for year in years
        if kind not in kept or (today.year - year) * 12 + today.month - 1 < kept[kind]
        for period in _year(kind, [(month, by_month[kind, month]) for month in _finished_months(year, today)])
    ]


def _finished_months(year: int, today: date) -> list[date]:
    return [month for number in range(1, 13) if (month := date(year, number, 1)) < today.replace(day=1)]


def _year(kind: SessionKind, months: Sequence[tuple[date, list[CodedSession]]]) -> Iterator[Period]:
    first: date | None = None
    gathered: list[CodedSession] = []
    for month, found in months:
        first = first or month
        gathered += found
        if len(gathered) >= LEAST and len({one.person_id for one in gathered}) >= LEAST:
            measures = {name: _spread(name, gathered) for name in MEASURES}
            yield Period(kind, first, month, ROUNDED_TO * round(len(gathered) / ROUNDED_TO), measures)
            first, gathered = None, []
    if first is not None:
        yield Period(kind, first, months[-1][0], None, {})


def _spread(name: ScoreName, sessions: Iterable[CodedSession]) -> Spread | None:
    by_person: dict[UUID, list[float]] = defaultdict(list)
    for one in sessions:
        if name in one.scores:
            by_person[one.person_id].append(one.scores[name])
    means = [fmean(values) for values in by_person.values()]
    if len(means) < LEAST:
        return None
    mean = fmean(means)
    half = student_t(len(means) - 1) * stdev(means) / len(means) ** 0.5
    low, high = max(0.0, mean - half), mean + half
    if name in PERCENT:
        high = min(100.0, high)
    digits = 0 if name in PERCENT else 1
    quarters = quantiles(means, n=4, method="inclusive")
    return Spread(*(round(value, digits) for value in (mean, low, high, *quarters)))
