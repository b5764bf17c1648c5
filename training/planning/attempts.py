"""Exercises and attempts at them, as a plan needs them."""

from uuid import UUID

from sqlmodel import Session

from models.exercise import Outcome
from training.exercises.attempts import attempts_of as attempts_kept
from training.modules.library import library_for
from training.plan.values import Attempt, PlanExercise
from training.skills import Skill


def exercises_for(session: Session, organisation_id: UUID) -> tuple[PlanExercise, ...]:
    """Those that the people of an authority may open, in the order of the map of modules."""
    return tuple(
        PlanExercise(
            one.exercise.id, one.module.slug, one.exercise.skill, one.exercise.level, one.exercise.kind
        )
        for one in library_for(session, organisation_id).exercises.values()
    )  # fmt: skip


def attempts_of(session: Session, person_id: UUID) -> tuple[Attempt, ...]:
    """All whose outcome says something of a skill, the oldest first. An exercise that was taken out counts as easy."""
    rows = attempts_kept(session, person_id)
    if not rows:
        return ()
    known = library_for(session, rows[0].organisation_id).exercises
    return tuple(
        Attempt(
            one.exercise, Skill(one.skill), known[one.exercise].exercise.level if one.exercise in known else 1,
            one.outcome is Outcome.MET, one.at,
        )
        for one in rows if one.outcome in _TELLING and one.skill in {*Skill}
    )  # fmt: skip


_TELLING = (Outcome.MET, Outcome.PARTLY, Outcome.NOT_YET)
