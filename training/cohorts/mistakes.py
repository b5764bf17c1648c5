"""What a team finds hard: which codes its exercises asked for and did not get, and which came instead. Codes only,
nobody's words, and nothing where fewer than five people tried."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from uuid import UUID

from sqlmodel import Session, col, select

from coding.scheme.codes import Speaker
from coding.scheme.glossary import CODES
from models.cohort import Cohort, PathwayModule
from models.exercise import ExerciseAttempt, Outcome
from training.exercises.attempts import written_words
from training.exercises.format import Written
from training.exercises.view import wanted_words
from training.modules.library import library_for

FEWEST = 5
MOST = 5
INSTEAD_FEWEST = 3
TOLD = (Outcome.MET, Outcome.PARTLY, Outcome.NOT_YET)
"""An answer too close to call says nothing of anybody."""


@dataclass(frozen=True)
class Tried:
    """Somebody's first answer to one exercise. `wanted` in words; `codes` are the names of what was said."""

    person_id: UUID
    wanted: str
    met: bool
    codes: frozenset[str]


@dataclass(frozen=True)
class Mistake:
    """`instead` are the two names of codes that stood most often in answers that did not do it, with in how many; none
    of fewer than INSTEAD_FEWEST people, who could be known by it."""

    wanted: str
    answers: int
    met: int
    people: int
    instead: tuple[tuple[str, int], ...]


def mistakes(tried: Iterable[Tried]) -> tuple[Mistake, ...]:
    """Those met least often first. Pure."""
    by_wanted: dict[str, list[Tried]] = defaultdict(list)
    for one in tried:
        by_wanted[one.wanted].append(one)
    found = [_mistake(wanted, answers) for wanted, answers in by_wanted.items()]
    told = [one for one in found if one.people >= FEWEST and one.met < one.answers]
    return tuple(sorted(told, key=lambda one: (one.met / one.answers, one.wanted))[:MOST])


def _mistake(wanted: str, answers: Sequence[Tried]) -> Mistake:
    missed = [one for one in answers if not one.met]
    instead = Counter(name for one in missed for name in one.codes)
    whose = {name: {one.person_id for one in missed if name in one.codes} for name in instead}
    told = [(name, count) for name, count in instead.items() if len(whose[name]) >= INSTEAD_FEWEST]
    most = sorted(told, key=lambda pair: (-pair[1], pair[0]))[:2]
    people = len({one.person_id for one in answers})
    return Mistake(wanted, len(answers), len(answers) - len(missed), people, tuple(most))


def common_mistakes(session: Session, cohort: Cohort, people: Sequence[UUID]) -> tuple[Mistake, ...]:
    """Of first answers in the pathway's modules since the team began, by who is in it today. Nothing is opened where
    fewer than FEWEST of them answered anything."""
    modules = select(PathwayModule.module).where(col(PathwayModule.pathway_id) == cohort.pathway_id)
    rows = session.exec(
        select(ExerciseAttempt).where(
            col(ExerciseAttempt.person_id).in_(people), col(ExerciseAttempt.module).in_(modules),
            col(ExerciseAttempt.number) == 1, col(ExerciseAttempt.outcome).in_(TOLD),
            col(ExerciseAttempt.at) >= datetime.combine(cohort.starts_on, time(), UTC),
        )
    ).all()  # fmt: skip
    if len({one.person_id for one in rows}) < FEWEST:
        return ()
    library = library_for(session, cohort.organisation_id)
    found = []
    for row in rows:
        placed = library.exercise(row.exercise)
        if placed is not None and isinstance(placed.exercise, Written):
            wanted = wanted_words(placed.exercise.want)
            codes = _codes(session, row, len(placed.exercise.before)) if row.outcome is not Outcome.MET else frozenset()
            found.append(Tried(row.person_id, wanted, row.outcome is Outcome.MET, codes))
    return mistakes(found)


def _codes(session: Session, row: ExerciseAttempt, turn: int) -> frozenset[str]:
    """No code where the words are gone."""
    kept = written_words(session, row)
    lines = kept.lines if kept else ()
    return frozenset(CODES[one.code].name for one in lines if one.turn == turn and one.speaker is Speaker.PRACTITIONER)
