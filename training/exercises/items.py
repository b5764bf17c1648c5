"""How exercises do, for those who write and use them: how hard each is, whether it tells the practised from others, how
long it takes, and what goes wrong. Of first tries, and only where enough people made one. Pure but for `item_rows`."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import median
from uuid import UUID

from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from models.exercise import ExerciseAttempt, ExerciseObjection, ObjectionOutcome, Outcome
from training.exercises.format import Chosen
from training.intervals import wilson
from training.modules.load import Library, Placed

FEWEST = 5
"""People: of fewer nothing is shown, so that nobody can be picked out."""
FEWEST_OTHERS = 3
"""Other first tries of a person that make a figure to compare with."""
FEWEST_TO_COMPARE = 10


@dataclass(frozen=True)
class FirstTry:
    """A person's first scored answer to an exercise."""

    person_id: UUID
    exercise: str
    met: bool
    choice: str | None
    seconds: int | None


@dataclass(frozen=True)
class Item:
    """`met` is the share, 0–1, that met it at the first try, with its 90 % interval. `discrimination` is the point-
    biserial correlation of meeting it with the share of the person's other first tries that were met (−1 to 1); None
    where it cannot be told. `seconds` is the median. Everything but `people` is None, 0 or empty under FEWEST."""

    exercise: str
    people: int
    met: float | None
    low: float | None
    high: float | None
    discrimination: float | None
    compared: int
    seconds: float | None
    objections: int
    upheld: int
    wrong: tuple[tuple[str, int], ...]

    @property
    def shown(self) -> bool:
        return self.met is not None


def point_biserial(pairs: Sequence[tuple[bool, float]]) -> float | None:
    """The correlation of a yes or no with a number; None where either does not vary."""
    yes = [value for met, value in pairs if met]
    no = [value for met, value in pairs if not met]
    values = [value for _, value in pairs]
    if not yes or not no:
        return None
    mean = sum(values) / len(values)
    spread = sqrt(sum((one - mean) ** 2 for one in values) / len(values))
    if spread < 1e-12:
        return None
    share = len(yes) / len(pairs)
    return (sum(yes) / len(yes) - sum(no) / len(no)) / spread * sqrt(share * (1 - share))


def items(tries: Iterable[FirstTry], objections: Mapping[str, Sequence[bool]]) -> dict[str, Item]:
    """By exercise. `objections` has, for each exercise, whether each objection to it was upheld."""
    by_exercise: dict[str, list[FirstTry]] = defaultdict(list)
    totals: dict[UUID, list[int]] = defaultdict(lambda: [0, 0])
    for one in tries:
        by_exercise[one.exercise].append(one)
        totals[one.person_id][0] += one.met
        totals[one.person_id][1] += 1
    return {name: _item(name, found, totals, objections.get(name, ())) for name, found in by_exercise.items()}


def _item(
    name: str, tries: list[FirstTry], totals: Mapping[UUID, list[int]], objections: Sequence[bool]
) -> Item:  # fmt: skip
    if len(tries) < FEWEST:
        return Item(name, len(tries), None, None, None, None, 0, None, 0, 0, ())
    met = sum(one.met for one in tries)
    low, high = wilson(met / len(tries), len(tries))
    pairs = _pairs(tries, totals)
    seconds = [one.seconds for one in tries if one.seconds is not None]
    wrong = Counter(one.choice for one in tries if one.choice is not None and not one.met)
    return Item(
        name, len(tries), met / len(tries), low, high,
        point_biserial(pairs) if len(pairs) >= FEWEST_TO_COMPARE else None, len(pairs),
        median(seconds) if seconds else None, len(objections), sum(objections),
        tuple(sorted(((str(choice), count) for choice, count in wrong.items()), key=lambda one: (-one[1], one[0]))[:3]),
    )  # fmt: skip


def _pairs(tries: Iterable[FirstTry], totals: Mapping[UUID, list[int]]) -> list[tuple[bool, float]]:
    """With the person's other first tries, this one left out."""
    pairs = []
    for one in tries:
        met, of = totals[one.person_id]
        if of - 1 >= FEWEST_OTHERS:
            pairs.append((one.met, (met - one.met) / (of - 1)))
    return pairs


@dataclass(frozen=True)
class ItemRow:
    placed: Placed
    item: Item | None

    @property
    def is_chosen(self) -> bool:
        return isinstance(self.placed.exercise, Chosen)


def item_rows(session: Session, organisation_id: UUID, library: Library) -> list[ItemRow]:
    """Of every exercise there is, in the order of the map."""
    found = items(first_tries(session, organisation_id), _objections(session, organisation_id))
    return [ItemRow(placed, found.get(name)) for name, placed in library.exercises.items()]


def first_tries(session: Session, organisation_id: UUID) -> list[FirstTry]:
    """The first answer of each person to each exercise that was scored."""
    rows = select(ExerciseAttempt).where(
        col(ExerciseAttempt.organisation_id) == organisation_id,
        col(ExerciseAttempt.outcome) != Outcome.NOT_SCORED,
    ).options(defer(col(ExerciseAttempt.sealed)))  # type: ignore[arg-type]  # fmt: skip
    seen: dict[tuple[UUID, str], FirstTry] = {}
    for row in session.exec(rows.order_by(col(ExerciseAttempt.number))):
        key = (row.person_id, row.exercise)
        if key not in seen:
            met = row.outcome is Outcome.MET
            seen[key] = FirstTry(row.person_id, row.exercise, met, row.choice, row.seconds)
    return list(seen.values())


def _objections(session: Session, organisation_id: UUID) -> dict[str, list[bool]]:
    rows = (
        select(col(ExerciseAttempt.exercise), col(ExerciseObjection.outcome))
        .join(ExerciseObjection, col(ExerciseObjection.attempt_id) == col(ExerciseAttempt.id))
        .where(col(ExerciseAttempt.organisation_id) == organisation_id)
    )
    found: dict[str, list[bool]] = defaultdict(list)
    for exercise, outcome in session.exec(rows):
        found[exercise].append(outcome is ObjectionOutcome.UPHELD)
    return found
