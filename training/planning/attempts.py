"""Exercises and attempts at them, as a plan needs them."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from models.exercise import ExerciseAttempt, Outcome
from training.modules.library import library_for
from training.modules.load import Library, Placed
from training.plan.values import Attempt, PlanExercise
from training.skills import Skill

_MET = {Outcome.MET: True, Outcome.NOT_YET: False}
"""What was met in part or is too close to call says neither; what could not be scored is no attempt."""


def exercises_for(session: Session, organisation_id: UUID) -> tuple[PlanExercise, ...]:
    """Those that the people of an authority may open, in the order of the map of modules."""
    return plan_exercises(library_for(session, organisation_id))


@lru_cache(maxsize=64)
def plan_exercises(library: Library) -> tuple[PlanExercise, ...]:
    return tuple(
        PlanExercise(one.exercise.id, one.module.slug, one.exercise.skill, one.exercise.level, one.exercise.kind)
        for one in library.exercises.values()
    )


def attempts_of(session: Session, person_id: UUID, organisation_id: UUID) -> tuple[Attempt, ...]:
    """The oldest first. One whose exercise was taken out since counts as of level 1."""
    known = library_for(session, organisation_id).exercises
    rows = session.exec(_ATTEMPTS, params={"id": person_id})
    return tuple(
        as_attempt(id_, skill, outcome, at, known=known) for id_, skill, outcome, at in rows if skill in {*Skill}
    )


_ATTEMPTS = (
    select(ExerciseAttempt.exercise, ExerciseAttempt.skill, ExerciseAttempt.outcome, ExerciseAttempt.at)
    .where(col(ExerciseAttempt.person_id) == bindparam("id"), col(ExerciseAttempt.outcome) != Outcome.NOT_SCORED)
    .order_by(col(ExerciseAttempt.at), col(ExerciseAttempt.id))
)


def as_attempt(id_: str, skill: str, outcome: str, at: datetime, *, known: Mapping[str, Placed]) -> Attempt:
    """From what is kept of it. `known` are the exercises there are."""
    level = known[id_].exercise.level if id_ in known else 1
    return Attempt(id_, Skill(skill), level, _MET.get(Outcome(outcome)), at)
